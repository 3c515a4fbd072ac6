"""Every proof by name. A new one is a script in `smoke/proofs/` and its row here."""

from __future__ import annotations

from envdoc.smoke.base import Group, Proof

_TORCH = ("torch",)

_ROWS = (
    Proof("torch-arch-list", "torch has code for the GPUs", "torch_arch_list", needs=_TORCH, install=True),
    Proof("matmul-cpu", "fp32 matrix product on the CPU", "matmul_cpu", needs=_TORCH, install=True),
    Proof(
        "matmul-gpu",
        "small matrix product on the GPU",
        "matmul_gpu",
        group=Group.EACH_GPU,
        needs=_TORCH,
        timeout=120.0,
        install=True,
    ),
    Proof(
        "llamafactory-cli-version",
        "`llamafactory-cli version` ends well",
        "llamafactory_cli",
        {"arguments": ["version"], "expect": "LLaMA"},
        needs=("llamafactory",),
        timeout=180.0,
        install=True,
    ),
    Proof(
        "llamafactory-cli-train-help",
        "`llamafactory-cli train -h` ends well",
        "llamafactory_cli",
        {"arguments": ["train", "-h"], "expect": "--model_name_or_path"},
        needs=("llamafactory",),
        timeout=180.0,
        install=True,
    ),
)

PROOFS: dict[str, Proof] = {proof.name: proof for proof in _ROWS}
