"""Killed at any moment, then run again: the environment equals one that was never interrupted."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Index, torch_wheel, wheel

from envdoc.installer import journal, orphans
from envdoc.installer.folder import Folder

pytestmark = pytest.mark.real
RUNNER = Path(__file__).with_name("killed.py")


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """Packages of many files, so that a kill falls into the midst of one."""
    with Index() as started:
        many = {f"{{}}/part_{n}.py": f"x = {n}\n" * 200 for n in range(150)}
        started.add("cu128", torch_wheel("2.7.1+cu128", requires=("numpy", "big-a", "big-b")))
        for name in ("big_a", "big_b", "big_c", "numpy"):
            version = "2.2.6" if name == "numpy" else "1.0"
            files = {path.format(name): text for path, text in many.items()}
            files |= {f"{name}-{version}.data/data/share/{name}/notes.txt": "notes"}
            started.add("pypi", wheel(name, version, files, scripts={f"run-{name}": f"{name}:__version__"}))
        yield started


def write_plan(root: Path, index: Index, to: Path) -> Path:
    data = {
        "root": str(root),
        "python": sys.executable,
        "torch": ["torch==2.7.1+cu128"],
        "stack": ["big-a==1.0", "big-b==1.0", "big-c==1.0", "numpy==2.2.6"],
        "home": index.url("cu128"),
        "registry": index.url("pypi"),
        "modules": ["torch", "big_a", "big_b.part_149", "big_c.part_0", "numpy.part_7"],
    }
    to.write_text(json.dumps(data), encoding="utf-8")
    return to


def start(plan: Path, engine: str, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(RUNNER), str(plan), engine, str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(plan: Path, engine: str, cache: Path) -> dict[str, object]:
    out, err = start(plan, engine, cache).communicate(timeout=300)
    assert out, err.decode()
    return dict(json.loads(out))


def tree(root: Path) -> dict[str, str]:
    """Every file outside envdoc's own folder, by its content; scripts without the path that they start with."""
    out = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".envdoc/") or "__pycache__" in name or path.is_dir() or name == ".lock":
            continue
        content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        out[name] = hashlib.sha256(content.replace(str(root).encode(), b"ROOT")).hexdigest()
    return out


def without_records(files: dict[str, str]) -> dict[str, str]:
    """RECORD holds the hashes of scripts, whose first line is the environment's own path."""
    return {name: digest for name, digest in files.items() if not name.endswith("/RECORD")}


@pytest.mark.parametrize(("engine", "rounds"), [("uv", 10), ("pip", 2)])
def test_killed_at_random_moments_and_run_again(tmp_path: Path, index: Index, engine: str, rounds: int) -> None:
    cache = tmp_path / "cache"
    whole = tmp_path / "whole" / "env"
    plan = write_plan(whole, index, tmp_path / "whole.json")
    begun = time.monotonic()
    assert finish(plan, engine, cache) == {"usable": True, "findings": []}
    took = time.monotonic() - begun
    expected = without_records(tree(whole))
    assert any(name.endswith("share/big_a/notes.txt") for name in expected)
    seed = int(os.environ.get("ENVDOC_TEST_SEED", time.time()))
    print(f"ENVDOC_TEST_SEED={seed}")
    rng = random.Random(seed)
    reached = set()
    for number in range(rounds):
        root = tmp_path / f"n{number}" / "env"
        plan = write_plan(root, index, tmp_path / f"{number}.json")
        shutil.rmtree(cache if number % 2 else tmp_path / "none", ignore_errors=True)
        for kill in (1, 2):  # killed twice, then left to end
            with start(plan, engine, cache) as run:
                if kill == 1:
                    time.sleep(rng.uniform(0.1, took))
                else:
                    wait_for_half_a_package(run, root)
                kill_now(run, root, engine_too=number % 3 > 0)
            reached.add(last_line(root))
        assert finish(plan, engine, cache) == {"usable": True, "findings": []}
        assert without_records(tree(root)) == expected
        assert json.loads((root / ".envdoc/state.json").read_text())["state"] == "usable"
    assert len(reached) > 1 or rounds < 10, reached


def last_line(root: Path) -> str:
    """Where the journal ends: `started torch`."""
    entries = journal.read(root / ".envdoc/journal.jsonl")
    return f"{entries[-1].event} {entries[-1].step}" if entries else "nothing"


def kill_now(run: subprocess.Popen[bytes], root: Path, *, engine_too: bool) -> None:
    """Kill envdoc, and with `engine_too` its engine, as a power cut would; else that lives on as an orphan."""
    engines = orphans.working_in(Folder(root)) if engine_too else ()
    for process in (run.pid, *engines):
        with contextlib.suppress(ProcessLookupError):  # it had ended
            os.kill(process, signal.SIGKILL)


def wait_for_half_a_package(run: subprocess.Popen[bytes], root: Path) -> None:
    """Until files of a package are there that has no RECORD yet, or the run has ended."""
    while run.poll() is None:
        try:
            there = {path.name for path in root.glob("lib/python*/site-packages/*")}
        except FileNotFoundError:  # it is being made anew
            continue
        if any(f"big_{x}" in there and f"big_{x}-1.0.dist-info" not in there for x in "abc"):
            return


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_interrupted_by_ctrl_c_leaves_no_child(tmp_path: Path, index: Index, engine: str) -> None:
    root = tmp_path / "env"
    plan = write_plan(root, index, tmp_path / "plan.json")
    written = root / ".envdoc/journal.jsonl"
    with start(plan, engine, tmp_path / "cache") as run:
        while run.poll() is None and not (written.exists() and '"torch"' in written.read_text()):
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert b"Interrupted" in err
    assert json.loads(written.read_text().splitlines()[-1])["event"] == "interrupted"
    assert [path for path in Path("/proc").glob("[0-9]*/environ") if _mentions(path, root)] == []
    assert finish(plan, engine, tmp_path / "cache") == {"usable": True, "findings": []}


def _mentions(path: Path, root: Path) -> bool:
    try:
        return f"ENVDOC_INSTALLS_INTO={root}".encode() in path.read_bytes()
    except OSError:
        return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1800k", "tmpfs", str(folder)]
    if os.name == "nt" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_a_full_disk_is_named_and_with_room_the_run_goes_on(
    tmp_path: Path, small_disk: Path, index: Index, engine: str
) -> None:
    root = small_disk / "env"
    plan = write_plan(root, index, tmp_path / "plan.json")
    size = "12m" if engine == "pip" else "1800k"  # pip itself takes 10 MiB
    subprocess.run(["mount", "-o", f"remount,size={size}", str(small_disk)], check=True)
    out, err = start(plan, engine, tmp_path / "cache").communicate(timeout=300)
    if out:
        told = json.loads(out)
        assert [finding[0] for finding in told["findings"]] == ["disk-full"]
        assert not told["usable"]
    else:  # the journal itself could not be written
        assert b"the disk is full" in err
    assert json.loads((root / ".envdoc/state.json").read_text())["state"] in ("building", "failed")
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    assert finish(plan, engine, tmp_path / "cache") == {"usable": True, "findings": []}
    whole = tmp_path / "whole disk" / "env"
    assert finish(write_plan(whole, index, tmp_path / "w.json"), engine, tmp_path / "cache")["usable"]
    assert without_records(tree(root)) == without_records(tree(whole))
