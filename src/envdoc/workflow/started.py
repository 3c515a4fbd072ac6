"""Which programs were started while looking, and why: what `check -v` says of itself."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.rules.masks import mask

# By the program's name; each is bounded in time, and nothing of the judged environment is among them but its Python,
# without site, where no file tells its version.
_WHY = {
    "nvidia-smi": "nvidia-smi",
    "nvcc": "nvcc",
    "gcc": "compiler",
    "g++": "compiler",
    "cl": "compiler",
    "vswhere": "vswhere",
    "sysctl": "sysctl",
}


def started() -> tuple[str, ...]:
    """One line a program that was started: `nvidia-smi --query-gpu=... (0.05 s): GPUs and driver, beside NVML`."""
    from envdoc.host.process import STARTED

    return tuple(
        text("started", "line", program=_told(argv), seconds=f"{seconds:.2f}", why=text("started", _why(argv)))
        for argv, seconds in tuple(STARTED)
    )


def _told(argv: tuple[str, ...]) -> str:
    words = [argv[0], *("CODE" if "\n" in word or len(word) > 80 else word for word in argv[1:])]
    return mask(" ".join(words))[:160]


def _why(argv: tuple[str, ...]) -> str:
    name = argv[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    if name.startswith("python"):
        return "cuda-init" if any(word.startswith("# asks libcuda") for word in argv) else "python"
    return _WHY.get(name, "tool")
