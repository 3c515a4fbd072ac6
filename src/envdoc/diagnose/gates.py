"""Gates: few short literals, one of which stands in every anchor.

Looking for hundreds of anchors in every byte is slow; looking for these few with `bytes.find` runs at the speed
of memory, and only lines with a gate are compared with the anchors behind it. Gates are ASCII, lie within words
(so that colours and wraps seldom cut them), and are rare in logs of healthy runs.
"""

from __future__ import annotations

GATES = (
    b"rror", b"CUDA", b"ound", b"port", b"sion", b"able", b"iled", b"annot", b"s no", b"ould", b"requ", b"name", b"tion", b"ndefined", b"No s", b"cate", b"memory", b"code", b"comp", b"NCCL", b"system", b"MATCH", b"CE_TORCHR", b"externall", b"ccess", b"f the", b"match", b"only", b"itsandbyt", b"ML_ERROR_", b"already i", b"exceeded", b"_FAILED", b"Visual", b"[Errno", b"Loade", b"built", b"fatal", b"valid", b"ad t", b"repo", b"ignal", b"cuda", b"--local-d", b"-DLLAMA_C", b"-containe", b"-zero exi", b"::bad_all", b"A GPU det", b"ADDRINUSE", b"B_OFFLINE", b"BadZipFil", b"GPU is lo", b"Name or s", b"_info.jso", b"but you h", b"disk spac", b"oom-kill", b"o fix: ", b"ory-cli'", b"ace-cli'", b"'nvcc'", b"'git'",
)  # fmt: skip


def gate_of(anchor: bytes) -> bytes | None:
    """The first gate that stands in an anchor; None: the anchor would never be found."""
    return next((gate for gate in GATES if gate in anchor), None)
