"""What a run keeps for the next one is what Python would have loaded, and never anything else."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import envdoc

SNAPSHOT = Path(__file__).parents[1] / "machines" / "linux-no-gpu.json"
LINE = ("check", "--machine", str(SNAPSHOT))
CODE = """
import sys
from envdoc.__main__ import main
sys.argv = ["envdoc", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
ours = [each for name, each in sys.modules.items() if name.startswith("envdoc.")]
kept = [each for each in ours if type(each.__loader__).__module__ == "envdoc.bytecode"]
sys.stderr.write(f"{len(kept)} of {len(ours)}")
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """envdoc's own package in a folder where nothing was compiled yet."""
    source = Path(envdoc.__file__).parent
    copied = tmp_path / "lib" / "envdoc"
    shutil.copytree(source, copied, ignore=shutil.ignore_patterns("__pycache__"))
    profiles = source / "profiles"
    shutil.copytree(profiles if profiles.is_dir() else source.parents[1] / "profiles", tmp_path / "profiles")
    return copied


def run(package: Path, *words: str, **env: str) -> tuple[str, int]:
    """What one run said, and how many modules it took from what was kept."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *(words or LINE)],
        env={**plain, "PYTHONPATH": str(package.parent), "COLUMNS": "100", **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert " of " in done.stderr, done.stderr
    said = done.stdout.partition(" not checked in ")[0]  # the seconds differ
    return said, int(done.stderr.split()[-3])


def kept(package: Path) -> list[Path]:
    return sorted((package / "__pycache__").glob("modules.*"))


def test_the_second_run_takes_what_the_first_one_kept(package: Path) -> None:
    said, taken = run(package)
    assert taken == 0
    assert len(kept(package)) == 1, "it has the one name that Python would give to the bytecode of modules.py"
    again, taken = run(package)
    assert again == said
    assert taken > 80


def test_another_command_adds_its_modules(package: Path) -> None:
    run(package)
    size = kept(package)[0].stat().st_size
    run(package, "profiles")
    assert kept(package)[0].stat().st_size > size
    before = kept(package)[0].stat().st_mtime_ns
    assert run(package)[1] > 80
    assert run(package, "profiles")[1] > 40
    assert kept(package)[0].stat().st_mtime_ns == before, "nothing new, nothing written"


def test_a_changed_source_is_used_at_once_and_kept_anew(package: Path) -> None:
    said, _ = run(package)
    words = package / "render" / "text_report.py"
    words.write_text(words.read_text(encoding="utf-8") + "\nprint('changed')\n", encoding="utf-8")
    for taken in (80, 81):
        told, count = run(package)
        assert told.startswith("changed\n")
        assert count > taken
    words.unlink()
    assert run_fails(package), "a module that is gone is gone"
    assert said


def run_fails(package: Path) -> bool:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-m", "envdoc", *LINE],
        env={**plain, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode not in (0, 1)


def test_a_damaged_file_costs_nothing_but_time(package: Path) -> None:
    said, _ = run(package)
    file = kept(package)[0]
    whole = file.read_bytes()
    seeded = random.Random(7)
    sick = [b"", whole[:9], whole[: len(whole) // 2], b"\0" * len(whole), whole[:200] + b"\0" * (len(whole) - 200)]
    for _ in range(6):
        at = seeded.randrange(len(whole))
        sick.append(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    for each in sick:
        file.write_bytes(each)
        assert run(package)[0] == said
        assert file.read_bytes() != each or run(package)[1] > 80
        assert run(package)[1] > 80, "what was damaged is kept anew"


def test_where_python_writes_no_bytecode_nothing_is_written(package: Path, tmp_path: Path) -> None:
    run(package, PYTHONDONTWRITEBYTECODE="1")
    assert not (package / "__pycache__").exists()
    elsewhere = tmp_path / "elsewhere"
    run(package, PYTHONPYCACHEPREFIX=str(elsewhere))
    assert not (package / "__pycache__").exists()
    assert len(list(elsewhere.rglob("modules.*"))) == 1
    assert run(package, PYTHONPYCACHEPREFIX=str(elsewhere))[1] > 80


def test_bytecode_that_goes_by_hashes_is_left_to_python(package: Path) -> None:
    argv = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", str(package)]
    subprocess.run(argv, check=True, timeout=300)
    compiled = kept(package)[0].read_bytes()
    said, taken = run(package)
    assert (taken, kept(package)[0].read_bytes()) == (0, compiled)
    assert said


def test_a_place_that_cannot_be_written_is_left(package: Path) -> None:
    said, _ = run(package)
    file = kept(package)[0]
    file.unlink()
    file.mkdir()
    assert run(package) == (said, 0)
    assert kept(package) == [file], "no half-written file stays"


def test_many_first_runs_at_once(package: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: run(package)[0], range(6)))
    assert len(set(told)) == 1
    assert len(kept(package)) == 1
    assert run(package)[1] > 80


def test_a_folder_that_is_gone_stops_nothing(package: Path) -> None:
    """An older envdoc had it; what was kept of it is dropped with the next writing."""
    (package / "former").mkdir()
    for name in ("__init__.py", "part.py"):
        (package / "former" / name).write_text("", encoding="utf-8")
    main = package / "cli" / "run_check.py"
    text = main.read_text(encoding="utf-8")
    main.write_text(text + "\nimport envdoc.former.part\n", encoding="utf-8")
    run(package)
    assert run(package)[1] > 80
    main.write_text(text, encoding="utf-8")
    shutil.rmtree(package / "former")
    for _ in range(2):
        assert run(package)[0]
    assert b"envdoc.former" not in kept(package)[0].read_bytes()
