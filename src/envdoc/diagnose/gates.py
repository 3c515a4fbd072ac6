"""Gates: literals, one of which stands in every anchor. Chosen by tools/diagnose_gates.py.

Looking for a thousand anchors in every byte is slow. A log's words tell which of these it may hold (see `words`), and
only lines with such a gate are compared with the anchors behind it. Gates are without digits, because lines that
differ in digits only are looked at once (see `scan`), and ASCII, which every code page has; but for what only shells
with UTF-8 print.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.diagnose.values import GateTable

GATES = (
    b'annot', b'Error', b'require', b's not', b'ailed', b'llamafactory-cli', b'attribute', b'error', b'ommand',
    b'ould not', b'CUDA_ERROR_', b'LLAMA_', b'nable', b'version', b'No module na', b'found', b'_STATUS_',
    b'nvalid', b'No such file', b'argument', b'compatib', b'ndefined', b'connect', b'Befehl',
    b'CUDA_ARCHITECTUR', b'NVML_ERROR_', b'initialized', b'changed', b'exitcode', b'istributed', b'xception',
    b'available', b'driver', b'CUDA_HOME', b'DefaultCPUAllocator:', b'etected', b'the same', b'capability',
    b'externally', b'nvidia-', b'operati', b'reconnu', b'Could', b'ction', b'match', b'complet', b'dependency',
    b'hared memory', b'ut of memory', b'equest', b'ervice', b'unning', b'CERTIFICATE_VERIFY_F',
    b'ResolutionImpossible', b'itsandbytes-windows', b'dataset_info.json', b'NCCL INFO',
    b'ry Not Found for url', b'--resume-downloa', b'BNB_CUDA_VERSION', b'HfArgumentParser',
    b'`FORCE_TORCHRUN=', b'configur', b'er_schema(func):', b'itsandbytes-cuda', b'okenizer', b'has been',
    b'build', b'HF_HUB_OFFLINE', b'HeaderTooLarge', b'library', b'local object', b'custom code',
    b'timed out a', b'Access', b'Segmentation', b'`torch.load`', b'cuda/bin/nvc', b'cution', b'dequantizing',
    b'kill event', b'signed', b'codec can', b'exit code', b'Application', b'deaktiviert', b'device-side',
    b'encountered', b'unsatisfied', b'utilization', b'lease up', b"'nan'", b'BadZipFile', b'DataLoader',
    b'MATCH', b'Permission', b'`-sizes[i]', b'allocating', b'conda', b'extensions', b'fatal', b'newer',
    b'Blackwell', b'Bootstrap', b'Disabling', b'GGML_CUDA', b'[Xformers', b'following', b'offloaded',
    b'o long', b': Paste an API key f', b'CCL WARN Call to ibv', b'Max retries exceeded',
    b'No space left on dev', b'an be stored in KV c', b'as fallen off the bu', b'copies of the OpenMP',
    b'ddress already in us', b't find Rust compiler', b'Got unknown args', b': NaN', b': nan', b'GPU is lost',
    b'NVRM: Xid (', b'Ampere', b'Hopper', b'install', b'Repo id must', b'/usr/lib/wsl/lib/lib',
    b'CMakeCUDACompilerId.', b'dispatch', b'trying to', b'constructor', b'attempting', b'currently',
    b'ownership', b'A graphics adapter p', b'due to a circular im', b'renaming', b'ninja',
    b'No such option: --lo', b'Attempting', b'specified', b'must be', b'geschrieben', b'als Name eines Cmdle',
    b'recursion', b'o compile PyTorc', b'CachingAllocator', b'allocator', b'located', b'compiled', b'Gateway',
    b'CTED_EOF_WHILE_READI', b'std::bad_alloc', b'built', b'Compatibilit', b'unreachable', b'resolution',
    b'downgrade', b'violation', b'Too many open files', b'ame nor servname pro', b'operator',
    b'not a mach-o file', b'unknown variant `', b'No route to host', b'wrong ELF class', b'file too short',
    b'but you have', b'higher', b'static', b'and above', b'early EOF', b'should be', b'[Errno', b'inimum',
    b'upport', b'or later', b'needs', b'but got', b'too new', b'too old', b'at least', b'errno',
    b'`model_type`', b'clients joined', b'quantization', b'Authenticati', b'CUDA::', b'implementati',
    b'expected', b'StorageFull', b'certificate', b'Read-only', b'Disk quota exceeded', b'The actor is dead be',
    b'known model architec', b'Read timed out', b'ached torch-', b'wnloading torch-', b'issing tenso',
    b'hared-memory', b'o GPU', b'ated on this hardwar', b'are CUDA (sm', b'Requires SM', b'need an SM',
    b'. Upgrade', b'exits with return co', b'\\cl.exe', b'Signal', b'%llvm.nvvm.', b'No Target Architectu',
    b'conflicts with targe', b': Unknown option',
    *(each.encode() for each in (
        '未找到命令', 'внутренней', 'は、内部コマンド', 'コマンドが見つかりません', '不是内部或外部命令',
        'команда', '项识别为', 'выполнение', '因为在此系统上禁止运行脚本', '�����ڲ����ⲿ',
        'командлета', 'は、コマンドレット', '找不到命令',
    )),
)  # fmt: skip

# The same in the bytes of Windows' Chinese code page, for shells that print in it
ALSO = {each.encode(): each.encode("gbk") for each in ("不是内部或外部命令", "项识别为")}


def gate_of(anchor: bytes) -> bytes | None:
    """The first gate that stands in an anchor; None: the anchor would never be found."""
    return next((gate for gate in GATES if gate in anchor), None)


def behind(anchors: Iterable[str]) -> GateTable:
    """The anchors behind each gate.

    Raises:
        ValueError: no gate stands in an anchor.
    """
    table: dict[bytes, tuple[str, ...]] = {}
    for anchor in anchors:
        gate = gate_of(anchor.encode())
        if gate is None:
            raise ValueError(f"no gate stands in the anchor: {anchor}")
        for each in (gate, ALSO[gate]) if gate in ALSO else (gate,):
            table[each] = (*table.get(each, ()), anchor)
    return table
