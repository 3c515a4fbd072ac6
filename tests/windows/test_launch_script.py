r"""The script that `envdoc launch --shell cmd` writes, started by the real cmd.exe.

For one GPU it starts LLaMA-Factory's own command; for two its ranks without torchrun, which meet over loopback and
all end together. The LLaMA-Factory is a small one (`small_factory`); with the real one the launcher is tried on
Linux.
"""

from __future__ import annotations

import contextlib
import ctypes
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Index
from small_factory import factory
from windows_kit import envdoc, variables

pytestmark = pytest.mark.windows_lab
LIMIT = 240.0
TRAIN = "model_name_or_path: Qwen/Qwen3-0.6B\nddp_backend: gloo\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment in which uv has put the package and its command."""
    root = tmp_path_factory.mktemp("launch") / "my env"
    uv = [str(Path(sys.executable).parent / "Scripts" / "uv.exe")]
    run = {"check": True, "timeout": LIMIT, "env": variables(root.parent, {"UV_NO_CACHE": "1"})}
    subprocess.run([*uv, "venv", "-q", "--no-config", "--python", sys.executable, str(root)], **run)  # type: ignore[call-overload]
    with Index() as index:
        index.add("pypi", factory("0.9.3"))
        python = str(root / "Scripts" / "python.exe")
        words = ("pip", "install", "-q", "--no-config", "--python", python, "-i", index.url("pypi"), "llamafactory")
        subprocess.run([*uv, *words], **run)  # type: ignore[call-overload]
    return root


@pytest.fixture
def training(tmp_path: Path) -> Path:
    """The folder of a training."""
    folder = tmp_path / "my 100% runs"
    folder.mkdir()
    return folder


def written(folder: Path, train: str, gpus: int) -> str:
    """The line that envdoc says starts the script, as it is printed."""
    (folder / train).write_text(TRAIN, encoding="utf-8")
    ran = envdoc(folder, "launch", train, "--gpus", str(gpus), "--shell", "cmd", "-o", "run", "--yes")
    assert ran.code == 0, ran
    return ran.out.rstrip().splitlines()[-1].strip().removeprefix("$ ")


def started(line: str, folder: Path, environment: Path) -> subprocess.Popen[bytes]:
    """cmd with this line, in a terminal that has entered the environment."""
    path = f"{environment / 'Scripts'};{variables(folder)['PATH']}"
    return subprocess.Popen(
        f'cmd.exe /d /s /c "{line}"',
        cwd=folder,
        env=variables(folder, {"PATH": path, "VIRTUAL_ENV": str(environment)}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def said(line: str, folder: Path, environment: Path) -> tuple[int, list[str]]:
    """Its exit code, and its lines in order of the ranks."""
    with started(line, folder, environment) as process:
        out, _ = process.communicate(timeout=LIMIT)
    text = out.decode("utf-8", "replace").replace("\r\n", "\n")
    print(f"C:\\> {line}\n{text}(exit {process.returncode})")
    return process.returncode, sorted(each for each in text.splitlines() if each)


@pytest.mark.parametrize("train", ["train.yaml", "my 100%.yaml", "a & b (1).yaml"])
def test_one_gpu_starts_its_program(training: Path, environment: Path, train: str) -> None:
    line = written(training, train, 1)
    assert said(line, training, environment) == (0, [f"trains {train} rank 0 of 1 CUDA_VISIBLE_DEVICES=0"])


@pytest.mark.parametrize("train", ["train.yaml", "my 100%.yaml"])
def test_two_gpus_start_two_ranks_that_meet(training: Path, environment: Path, train: str) -> None:
    line = written(training, train, 2)
    trains = [f"[rank {n}] trains {train} rank {n} of 2 LOCAL_RANK={n} USE_LIBUV=0" for n in (0, 1)]
    met = [f"[rank {n}] met rank {1 - n}" for n in (0, 1)]
    assert said(line, training, environment) == (0, sorted((*trains, *met)))


def test_one_rank_fails_and_the_other_is_ended(training: Path, environment: Path) -> None:
    """The script ends with the exit code of the rank that failed, and leaves nobody behind."""
    code, lines = said(written(training, "fails.yaml", 2), training, environment)
    assert (code, "rank 1 ended with 3; the others are ended" in lines) == (3, True)
    assert not any(alive(pid) for pid in ranks(training, "fails.yaml"))


def test_the_launchers_death_ends_both_ranks(training: Path, environment: Path) -> None:
    line = written(training, "hangs.yaml", 2)
    with started(line, training, environment) as process:
        pids = ranks(training, "hangs.yaml")
        first, second = map(ancestors, pids)
        kill(next(pid for pid in first if pid in second))
        process.communicate(timeout=LIMIT)
    until = time.monotonic() + 30
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.2)
    assert not any(map(alive, pids))


def ranks(folder: Path, train: str) -> list[int]:
    """The processes of the two ranks, once both have met and said who they are."""
    files, until = [folder / f"{train}-{n}" for n in (0, 1)], time.monotonic() + LIMIT
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError):
            return [int(file.read_text(encoding="ascii")) for file in files]
        time.sleep(0.2)
    raise AssertionError(f"no ranks in {list(folder.iterdir())}")


def _opened(pid: int, rights: int) -> Iterator[int]:
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(rights, False, pid)
    if handle:
        try:
            yield handle
        finally:
            kernel.CloseHandle(handle)


def alive(pid: int) -> bool:
    """Whether the process runs: it can be waited for in vain (WAIT_TIMEOUT, 0x102)."""
    wait = ctypes.windll.kernel32.WaitForSingleObject  # type: ignore[attr-defined]
    return any(wait(handle, 0) == 0x102 for handle in _opened(pid, 0x100000))


def kill(pid: int) -> None:
    for handle in _opened(pid, 0x1):
        assert ctypes.windll.kernel32.TerminateProcess(handle, 9)  # type: ignore[attr-defined]


def ancestors(pid: int) -> list[int]:
    """Who started it, and who started that one, as far as they live. A virtual environment's python.exe is one more
    process between two."""
    found = [pid]
    while (parent := parent_of(found[-1])) and alive(parent):
        found.append(parent)
    return found[1:]


def parent_of(pid: int) -> int:
    """By NtQueryInformationProcess: the sixth word of its basic information; 0 where it is not told."""
    told = (ctypes.c_size_t * 6)()
    query = ctypes.windll.ntdll.NtQueryInformationProcess  # type: ignore[attr-defined]
    for handle in _opened(pid, 0x1000):
        query(handle, 0, told, ctypes.sizeof(told), None)
    return told[5]
