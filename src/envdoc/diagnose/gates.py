"""Gates: literals, one of which stands in every anchor. Chosen by tools/diagnose_gates.py.

Looking for hundreds of anchors in every byte is slow; looking for these with `bytes.find` is fast (the longer, the
faster), and only lines with a gate are compared with the anchors behind it. Gates are without digits, because lines
that differ in digits only are looked at once (see `fresh`), and ASCII, which every code page has; but for what only
shells with UTF-8 print.
"""

from __future__ import annotations

GATES = (
    b'found', b'CUDA', b'Error', b'recognized', b'ailed', b'cannot', b'undefined', b'version', b'No module na',
    b'require', b'ould not', b'support', b'nable', b'Cannot', b'directory', b'VERSION_MISMATCH', b'connect',
    b'initialized', b'invalid', b'compatib', b'memory', b'available', b'NVIDIA', b'error', b'externally',
    b'deprecated', b'NCCL', b'exitcode', b'itsandbytes-', b'NVML_ERROR_', b'operat', b'capability',
    b'AS_STATUS_ALLOC_FAIL', b'CERTIFICATE_VERIFY_F', b'ResolutionImpossible', b'nvidia-container-cli',
    b'dataset_info.json', b'--resume-downloa', b'DISTUTILS_USE_SD', b'`FORCE_TORCHRUN=', b'llamafactory-cli',
    b'mismatch', b'ermission', b'HF_HUB_OFFLINE', b'defined', b'wheels with', b'Access', b'cuda/bin/nvc',
    b'codec can', b'self-signed', b'unsatisfied', b'BadZipFile', b'Could', b'DataLoader', b'fatal', b'runtime',
    b'dependency', b's not', b'libaio.h:', b'requested', b'ACKAGES DO NOT MATCH', b'Max retries exceeded',
    b'Name or service not know', b'No space left on dev', b'affic has been disab', b'as fallen off the bu',
    b'rejected', b'NVRM: Xid (', b'vulnerability issue', b'has no attribute', b'FA [Xformers', b'exception specifi',
    b'Application Control policy', b'nicht gefunden', b'ist entweder falsch', b'commande introuvable',
    b'est pas reconnu', *(each.encode() for each in (
        '未找到命令', '不是内部或外部命令', '项识别为', 'команда не найдена', 'не является внутренней',
        'コマンドが見つかりません', 'は、内部コマンド', 'выполнение сценариев', '因为在此系统上禁止运行脚本',
    )),
    b': nan', b"'nan'", b': NaN', b'conda', b'nvidia-smi', b'Too Many Requests', b'start a new process',
    b'Assertion', b'module build on', b'no socket interface', b'_STATUS_', b"Can't ", b'Connection reset',
    b'Disabling PyTorch', b'Duplicate GPU', b'Not Found for url', b'to be on the same', b'unknown args',
    b'HeaderTooLarge', b'MetadataIncomplete', b'InvalidHeader', b'core dumped', b'resource (gres)',
    b'Got completion', b'No valid exec', b'have the same dtype', b'SIGSEGV', b'SIGABRT', b'HfArgumentParser',
    b'Terms of Service', b'Nouveau kernel', b'client socket', b'Tokenizer class', b'X server',
    b'train a model that', b'rope_scaling', b'illegal instruction', b'sufficient samples', b'auto-gptq',
    b'column names', b'Rust compiler', b' in row', b'custom code', b'assert triggered', b'deaktiviert',
    b'exit code', b'unexpected keyword', b'on a different device', b'device_map', b'infer_schema',
    b'backend tokenizer', b'cution de scripts', b'stored in KV', b'num_samples=', b'offloaded', b'kill event',
    b'scripts is disabled', b'launch timed out', b'launch failure', b'dequantizing', b'git-lfs',
    b'api_key', b'Paste an API key',
    b'd non-zero exit stat', b'ddress already in us', b'Filename', b'GPU is lost', b'ncclInvalid', b'-DLLAMA_',
)  # fmt: skip

# The same in the bytes of Windows' Chinese code page, for shells that print in it
ALSO = {each.encode(): each.encode("gbk") for each in ("不是内部或外部命令", "项识别为")}


def gate_of(anchor: bytes) -> bytes | None:
    """The first gate that stands in an anchor; None: the anchor would never be found."""
    return next((gate for gate in GATES if gate in anchor), None)
