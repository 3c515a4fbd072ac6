"""The preferred Python's locks against the real index: each goes with the oldest and newest torch of its profiles."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from envdoc.knowledge import files, locks, profiles
from envdoc.knowledge.tables import load

TOOLS = Path(__file__).parents[2] / "tools"
LOCKS = Path(files.profiles_folder(), "locks")


@pytest.fixture(scope="module")
def targets() -> dict[str, tuple[str, str]]:
    sys.path.insert(0, str(TOOLS))
    import regenerate_locks

    return regenerate_locks.TARGETS


def _lines(lock: str) -> list[str]:
    """The oldest and the newest torch line that a profile with this lock may choose for its Python."""
    python = f"3.{lock.rpartition('cp3')[2]}"
    wanted = {line for each in profiles.load_all().values() if lock in each.locks for line in each.torch.prefer}
    known = {row.version: row for row in load().torch}
    fits = [line for line in known if line in wanted and python in known[line].python]
    return [fits[0], fits[-1]]


@pytest.mark.real
@pytest.mark.parametrize("lock", ["linux-x86_64-cp312", "windows-x86_64-cp312"])  # half a minute each
def test_a_lock_goes_with_the_torch_of_its_profiles(lock: str, targets: dict[str, tuple[str, str]]) -> None:
    from uv import find_uv_bin

    platform, python = targets[lock]
    pins = [each.pin for each in locks.read(str(LOCKS / f"{lock}.txt"))]
    pins = [line for line in pins if not line.startswith(("#", "liger-kernel==" if "linux" not in lock else "#"))]
    for line in _lines(lock):
        patch = next(row.patches[-1] for row in load().torch if row.version == line)
        companion = load().companion(patch)
        assert companion is not None
        stack = [f"torch=={patch}", f"torchvision=={companion.torchvision}"]
        stack += [f"torchaudio=={companion.torchaudio or '2.11.0'}"]
        command = [
            find_uv_bin(),
            "pip",
            "compile",
            "-q",
            "--python-platform",
            platform,
            "--python-version",
            python,
            "-",
        ]
        env = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
        done = _run(command, "\n".join([*pins, *stack]), env)
        assert done.returncode == 0, f"torch {patch}: {done.stderr}"


def _run(command: list[str], text: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **env}
    )
