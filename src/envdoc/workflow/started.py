"""Which programs were started while looking, and why: what `check -v` says of itself."""

from __future__ import annotations

from envdoc.rules.masks import mask

# By the program's name; each is bounded in time, and nothing of the judged environment is among them but its Python,
# without site, where no file tells its version.
_WHY = {
    "nvidia-smi": "GPUs and driver, beside NVML",
    "nvcc": "version of a CUDA toolkit that no file tells",
    "gcc": "version of the compiler",
    "g++": "version of the compiler",
    "cl": "version of the compiler",
    "cmake": "version of the build tool",
    "ninja": "version of the build tool",
    "git": "version of the tool",
    "vswhere": "where Visual Studio is",
    "sysctl": "memory of the machine",
}


def started() -> tuple[str, ...]:
    """One line a program that was started: `nvidia-smi --query-gpu=... (0.05 s): GPUs and driver, beside NVML`."""
    from envdoc.host.process import STARTED

    return tuple(f"{_told(argv)} ({seconds:.2f} s): {_why(argv)}" for argv, seconds in tuple(STARTED))


def _told(argv: tuple[str, ...]) -> str:
    words = [argv[0], *("CODE" if "\n" in word or len(word) > 80 else word for word in argv[1:])]
    return mask(" ".join(words))[:160]


def _why(argv: tuple[str, ...]) -> str:
    name = argv[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    if name.startswith("python"):
        ours = any(word.startswith("# asks libcuda") for word in argv)
        return "cuInit in a process of its own" if ours else "what an interpreter says of itself, without site"
    return _WHY.get(name, "its version")
