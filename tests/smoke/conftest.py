"""A real target environment for the tests of smoke that need one: torch, LLaMA-Factory and their friends."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The registry's torch 2.8.0 is a real cu128 build on Linux; the lock holds everything but torch's own packages.
TORCH = ("torch==2.8.0", "torchvision==0.23.0", "torchaudio==2.8.0")
LOCKS = Path(__file__).parents[2] / "profiles" / "locks"


@pytest.fixture(scope="session")
def real_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its Python: in the folder of ENVDOC_TEST_ENV, else one made now (7 GB, minutes) and removed afterwards."""
    given = os.environ.get("ENVDOC_TEST_ENV")
    if given:
        yield str(Path(given) / "bin" / "python")
        return
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("the registry has a CUDA build of torch for Linux x86_64 only")
    folder = tmp_path_factory.mktemp("target") / "env"
    yield str(made(folder))
    import shutil

    shutil.rmtree(folder)


def made(folder: Path) -> Path:
    """An environment of the shipped lock for this Python, by uv."""
    from uv import find_uv_bin

    uv, python = find_uv_bin(), folder / "bin" / "python"
    lock = LOCKS / f"linux-x86_64-cp3{sys.version_info.minor}.txt"
    install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    for argv in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [*install, *TORCH],
        [*install, "--no-deps", "-r", str(lock)],
    ):
        subprocess.run(argv, check=True)
    return python
