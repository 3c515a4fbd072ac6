"""Installing on Windows, with uv.exe and pip: where paths are odd, runs are killed, files are held.

Small wheels from an index on loopback. What stops a run stops it at once (TerminateProcess), as a power cut does.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import random
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Index, torch_wheel, wheel

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import journal

pytestmark = pytest.mark.windows_lab
RUNNER = Path(__file__).parents[1] / "installer" / "killed.py"
WELL = {"usable": True, "findings": []}
KILLS = int(os.environ.get("ENVDOC_TEST_KILLS", "20"))


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """Packages of many files, so that a kill falls into the midst of one; a second version of one of them."""
    with Index() as started:
        started.add("cu128", torch_wheel("2.7.1+cu128", requires=("numpy", "big-a")))
        started.add("cu128", torch_wheel("2.8.0+cu128", requires=("numpy", "big-a")))
        for name, version in (("big_a", "1.0"), ("big_a", "2.0"), ("big_b", "1.0"), ("numpy", "2.2.6")):
            files: dict[str, str | bytes] = {f"{name}/part_{n}.py": f"x = {n}\n" * 200 for n in range(60)}
            started.add("pypi", wheel(name, version, files, scripts={f"run-{name}": f"{name}:__version__"}))
        started.add("pypi", wheel("big_b", "2.0", {f"big_b/{'n' * 260}.py": "x = 1\n"}))
        yield started


def plan(root: Path, index: Index, to: Path, big_a: str = "1.0", big_b: str = "1.0") -> Path:
    data = {
        "root": str(root),
        "python": sys.executable,
        "torch": ["torch==2.7.1+cu128"],
        "stack": [f"big-a=={big_a}", f"big-b=={big_b}", "numpy==2.2.6"],
        "home": index.url("cu128"),
        "registry": index.url("pypi"),
        "modules": ["torch", "big_a.part_59", "big_b.part_0", "numpy.part_7"],
    }
    to.write_text(json.dumps(data), encoding="utf-8")
    return to


def start(plan_file: Path, engine: str, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-X", "utf8", str(RUNNER), str(plan_file), engine, str(cache)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(plan_file: Path, engine: str, cache: Path) -> dict[str, object]:
    out, err = ended(start(plan_file, engine, cache))
    assert out, err
    return dict(json.loads(out))


def ended(process: subprocess.Popen[bytes]) -> tuple[bytes, str]:
    """What it said, once it has ended; it is stopped after ten minutes, so that nothing is left behind."""
    with process:
        try:
            out, err = process.communicate(timeout=600)
        finally:
            process.kill()
    return out, err.decode("utf-8", "replace")


def refused(plan_file: Path, engine: str, cache: Path) -> str:
    out, err = ended(start(plan_file, engine, cache))
    assert out == b""
    return err.strip().splitlines()[-1]


def tree(root: Path) -> dict[str, str]:
    """Every file outside envdoc's own folder, by its content; programs and RECORDs hold the environment's path."""
    out = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".envdoc/") or "__pycache__" in name or path.is_dir() or name == ".lock":
            continue
        own = name.startswith("Scripts/") or name.endswith(("/RECORD", "pyvenv.cfg"))
        out[name] = "" if own else hashlib.sha256(path.read_bytes()).hexdigest()
    return out


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


NAMES = ("with blank", "训练 环境", "o'brien", "a & b", "100% sure", "caret^ (x86) !bang!", "LONG")


@pytest.mark.parametrize("name", NAMES)
def test_uv_installs_into_any_path(tmp_path: Path, index: Index, cache: Path, name: str) -> None:
    long = "n" * (205 - len(str(tmp_path)))  # Windows starts no program in a folder of more than 258 characters
    root = tmp_path / name.replace("LONG", long) / "env"
    assert finish(plan(root, index, tmp_path / "plan.json"), "uv", cache) == WELL
    script = root / "Scripts" / "run-big_a.exe"
    assert script.is_file()


@pytest.mark.parametrize("name", [NAMES[1], NAMES[3], NAMES[4]])  # its environment alone takes half a minute
def test_pip_installs_into_any_path(tmp_path: Path, index: Index, cache: Path, name: str) -> None:
    root = tmp_path / name / "env"
    assert finish(plan(root, index, tmp_path / "plan.json"), "pip", cache) == WELL


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A folder on another drive: the lab's X:, else one as `subst X: FOLDER` makes it."""
    letter, folder = "X:", tmp_path / "behind the drive"
    define = ctypes.windll.kernel32.DefineDosDeviceW  # type: ignore[attr-defined]
    ours = not Path(letter + "\\").exists()
    if ours:
        folder.mkdir()
        define(0, letter, str(folder))
    if not Path(letter + "\\").exists():
        pytest.skip("this Windows makes no drive of a folder")
    yield Path(letter + "\\") / tmp_path.name
    if ours:
        define(2, letter, None)


def test_another_drive(drive: Path, tmp_path: Path, index: Index, cache: Path) -> None:
    assert finish(plan(drive / "my env", index, tmp_path / "plan.json"), "uv", cache) == WELL


def works_in(folder: Path) -> bool:
    """Whether a program can be started there: wine starts it in Windows' own folder instead."""
    argv = [sys.executable, "-c", "import os; print(os.getcwd())"]
    said = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
    return said.stdout.decode("utf-8", "replace").strip().lower() == str(folder).lower()


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder by its UNC path: the lab's share, else the administrator's share of this drive."""
    drive = tmp_path.drive.rstrip(":")
    places = (
        Path(r"\\lab\share") / tmp_path.name,
        Path(rf"\\localhost\{drive}$") / tmp_path.relative_to(tmp_path.anchor),
    )
    for place in places:
        with contextlib.suppress(OSError):
            place.mkdir(parents=True, exist_ok=True)
            if works_in(place):
                return place
    pytest.skip("this Windows starts no program in a folder under a UNC path")


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_a_unc_path(share: Path, tmp_path: Path, index: Index, cache: Path, engine: str) -> None:
    assert finish(plan(share / f"训练 {engine}", index, tmp_path / "plan.json"), engine, cache) == WELL


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_a_path_that_windows_refuses_for_its_length(tmp_path: Path, index: Index, cache: Path, engine: str) -> None:
    """A file of a package whose path is beyond 260 characters, by a name that no setting allows. Without that package
    the same command goes on from where it stopped."""
    root = tmp_path / "env"
    asked = plan(root, index, tmp_path / "plan.json", big_b="2.0")
    told = finish(asked, engine, cache)
    assert told["usable"] is False
    ((code, *evidence),) = told["findings"]  # type: ignore[misc]
    assert code == "path-too-long", told
    assert any("nnnnnnnn" in line for line in evidence), evidence
    assert finish(plan(root, index, tmp_path / "plan.json"), engine, cache) == WELL


def test_run_twice_changes_nothing(tmp_path: Path, index: Index, cache: Path) -> None:
    root = tmp_path / "env"
    asked = plan(root, index, tmp_path / "plan.json")
    assert finish(asked, "uv", cache) == WELL
    before, lines = tree(root), (root / ".envdoc/journal.jsonl").read_bytes()
    assert finish(asked, "uv", cache) == WELL
    assert tree(root) == before
    assert (root / ".envdoc/journal.jsonl").read_bytes() == lines


def test_killed_at_any_moment_and_run_again(tmp_path: Path, index: Index, cache: Path) -> None:
    """Each environment equals one that was never interrupted, whatever the kill fell into."""
    whole = tmp_path / "whole" / "env"
    begun = time.monotonic()
    assert finish(plan(whole, index, tmp_path / "whole.json"), "uv", cache) == WELL
    took = time.monotonic() - begun
    expected = tree(whole)
    seed = int(os.environ.get("ENVDOC_TEST_SEED", time.time()))
    print(f"ENVDOC_TEST_SEED={seed}")
    rng, reached = random.Random(seed), set()
    for number in range(KILLS):
        root = tmp_path / f"n{number}" / "env"
        asked = plan(root, index, tmp_path / f"{number}.json")
        with start(asked, "uv", cache) as run:
            time.sleep(rng.uniform(0.2, took) * (number + 1) / KILLS + 0.1)
            run.kill()
        reached.add(last_line(root))
        assert finish(asked, "uv", cache) == WELL
        assert tree(root) == expected
        assert json.loads((root / ".envdoc/state.json").read_text(encoding="utf-8"))["state"] == "usable"
    print(sorted(reached))
    assert len(reached) > 2, reached


def last_line(root: Path) -> str:
    entries = journal.read(root / ".envdoc/journal.jsonl")
    return f"{entries[-1].event} {entries[-1].step}" if entries else "nothing"


def test_two_at_once_the_second_is_refused_by_name(tmp_path: Path, index: Index, cache: Path) -> None:
    root = tmp_path / "env"
    asked = plan(root, index, tmp_path / "plan.json")
    with start(asked, "uv", cache) as first:
        while not (root / ".envdoc/journal.jsonl").exists() and first.poll() is None:
            time.sleep(0.01)
        told = refused(asked, "uv", cache)
        out, _ = ended(first)
    assert f"another envdoc (process {first.pid}) is working in {root}" in told
    assert json.loads(out) == WELL


def test_a_file_held_by_another_program_is_named(tmp_path: Path, index: Index, cache: Path) -> None:
    """As the training's Python holds a library: the change fails with the file's name, and goes on afterwards."""
    root = tmp_path / "env"
    assert finish(plan(root, index, tmp_path / "one.json"), "uv", cache) == WELL
    changed = plan(root, index, tmp_path / "two.json", big_a="2.0")
    held = root / "Lib" / "site-packages" / "big_a" / "part_7.py"
    with holding(held):
        told = finish(changed, "uv", cache)
    assert told["usable"] is False
    ((code, *evidence),) = told["findings"]  # type: ignore[misc]
    assert code == "file-in-use"
    assert any("part_7.py" in line for line in evidence), evidence
    state = json.loads((root / ".envdoc/state.json").read_text(encoding="utf-8"))
    assert state["state"] == "failed"
    assert finish(changed, "uv", cache) == WELL
    assert (root / "Lib" / "site-packages" / "big_a-2.0.dist-info").is_dir()


def holding(path: Path) -> subprocess.Popen[bytes]:
    """Another program that has the file open and shares it with nobody; ends with the block."""
    code = (
        "import ctypes, sys; "
        "handle = ctypes.windll.kernel32.CreateFileW(sys.argv[1], 0x80000000, 0, None, 3, 0, None); "
        "print(handle != -1, flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-X", "utf8", "-c", code, str(path)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"True"
    return process


def test_a_read_only_file_is_no_obstacle(tmp_path: Path, index: Index, cache: Path) -> None:
    root = tmp_path / "env"
    assert finish(plan(root, index, tmp_path / "one.json"), "uv", cache) == WELL
    for path in (root / "Lib/site-packages/big_a").glob("*.py"):
        path.chmod(stat.S_IREAD)
    told = finish(plan(root, index, tmp_path / "two.json", big_a="2.0"), "uv", cache)
    if told != WELL:  # uv may refuse: then the finding names the file, and nothing is called usable
        ((code, *evidence),) = told["findings"]  # type: ignore[misc]
        assert (code, told["usable"]) == ("environment-not-writable", False)
        assert any("big_a" in line for line in evidence), evidence


def test_adopted_and_rolled_back(tmp_path: Path, index: Index, cache: Path) -> None:
    root = tmp_path / "my env"
    uv = Path(sys.executable).parent / "Scripts" / "uv.exe"
    subprocess.run([uv, "venv", "-q", "--no-config", "--python", sys.executable, root], check=True, timeout=120)
    site = root / "Lib" / "site-packages"
    (site / "mine.py").write_text("mine = 1\n", encoding="utf-8")
    before = tree(root)
    host = LocalHost()
    installer.adopt(host, str(root))
    (site / "newer.py").write_text("newer = 1\n", encoding="utf-8")
    (site / "mine.py").unlink()
    result = installer.rollback(host, str(root))
    assert result.findings == ()
    assert tree(root) == before


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_adopted_changed_and_rolled_back(tmp_path: Path, index: Index, cache: Path, engine: str) -> None:
    """Somebody's own environment: adopted, packages put in and others changed, and then as it was."""
    root = tmp_path / "their env"
    subprocess.run([sys.executable, "-m", "venv", root], check=True, timeout=300)
    own = [root / "Scripts" / "python.exe", "-m", "pip", "install", "-q", "--no-cache-dir", "-i", index.url("pypi")]
    subprocess.run([*own, "numpy==2.2.6", "big-a==2.0"], check=True, timeout=300)
    before = tree(root)
    host = LocalHost()
    installer.adopt(host, str(root))
    assert finish(plan(root, index, tmp_path / "plan.json"), engine, cache) == WELL
    assert tree(root) != before
    assert installer.rollback(host, str(root)).findings == ()
    assert tree(root) == before


def test_an_environment_behind_a_junction(tmp_path: Path, index: Index, cache: Path) -> None:
    import _winapi

    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    try:
        _winapi.CreateJunction(str(real), str(link))  # type: ignore[attr-defined]
    except OSError as error:
        pytest.skip(f"this Windows makes no junction: {error}")
    assert finish(plan(link / "env", index, tmp_path / "plan.json"), "uv", cache) == WELL
    assert (real / "env" / "Scripts" / "python.exe").is_file()
