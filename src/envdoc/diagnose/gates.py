"""Gates: literals, one of which stands in every anchor. Chosen by tools/diagnose_gates.py.

Looking for hundreds of anchors in every byte is slow; looking for these with `bytes.find` is fast (the longer, the
faster), and only lines with a gate are compared with the anchors behind it. Gates are ASCII and without digits,
because lines that differ in digits only are looked at once (see `fresh`).
"""

from __future__ import annotations

GATES = (
    b'found', b'CUDA', b'Error', b'recognized', b'ailed', b'require', b'cannot', b'undefined', b'supported',
    b'version', b'nable', b'ould', b'Cannot', b'named', b'directory', b'FlashAttenti', b'VERSION_MISMATCH',
    b'initialized', b'invalid', b'compatib', b'memory', b'available', b'ermission', b'error', b'NVIDIA',
    b'externally', b'doesn', b'deprecated', b'supports', b'exitcode', b'itsandbytes-', b'NVML_ERROR_', b'operat',
    b'capability', b'terminated', b'AS_STATUS_ALLOC_FAIL', b'CERTIFICATE_VERIFY_F', b'ResolutionImpossible',
    b'cudaGetDeviceCount', b'nvidia-container-cli', b'dataset_info.json', b'ccess', b'wheels', b"'huggingface-cli",
    b"'llamafactory-cl", b'--resume-downloa', b'-DLLAMA_CURL=OFF', b'DISTUTILS_USE_SD', b'`FORCE_TORCHRUN=',
    b'disabled', b'exceeded', b'mismatch', b'HF_HUB_OFFLINE', b'defined', b'NCCL', b'[Errno', b'cuda/bin/nvc',
    b'self-signed', b'unsatisfied', b'encountered', b'BadZipFile', b'DataLoader', b'fatal', b'runtime',
    b'Connection', b'dependency', b'Temporary', b'libaio.h:', b'requested', b'codec', b'Generator', b'Filename',
    b'PACKAGES', b'fix:', b'iterable', b'non-zero', b'already', b'kernels', b'service', b'fallen', b'enough',
    b"'nvcc", b'gated', b'timed', b"'git", b'lost', b'left', b'tokenizer', b'find', b'have',
)  # fmt: skip


def gate_of(anchor: bytes) -> bytes | None:
    """The first gate that stands in an anchor; None: the anchor would never be found."""
    return next((gate for gate in GATES if gate in anchor), None)
