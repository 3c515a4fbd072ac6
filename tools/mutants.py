"""Breaks one decision at a time and runs the tests that should notice: is each of them held by a test?

    python tools/mutants.py [--only N] [--room rules] [--sound] [--list]

The table (`mutants.yaml`) says of each mutant what stands in a file (`before`, exactly once), what stands there
instead (`after`) and which tests must fail. They run over a copy of `src`, so that an interrupted run leaves nothing
behind. Prints a line a mutant, then the share that was killed; exit 1 where one survived or does not apply any more.
With `--sound` the tests run over the unbroken copy, and must pass.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".yaml")
_SECONDS = 900  # a mutant that hangs its tests is noticed as well


class End(StrEnum):
    """How a mutant ended."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"
    STALE = "DOES NOT APPLY"  # `before` does not stand in the file once, or the tests cannot be collected


@dataclass(frozen=True)
class Mutant:
    """One row. `tests` are arguments of pytest: files, and `-k` where a file is large."""

    file: str  # below src/envdoc
    before: str
    after: str
    tests: str

    @property
    def room(self) -> str:
        return self.file.partition("/")[0]


def table() -> list[Mutant]:
    """The rows, in order."""
    rows = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["mutants"]
    return [Mutant(**row) for row in rows]


def tried(mutant: Mutant, source: Path) -> End:
    """The mutant's end; `source` is a copy of `src`, which is as it was afterwards."""
    path = source / "envdoc" / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.before) != 1:
        return End.STALE
    _write(path, text.replace(mutant.before, mutant.after))
    try:
        return _tested(mutant.tests, source)
    finally:
        _write(path, text)


def _write(path: Path, text: str) -> None:
    """A module's text; its bytecode goes, which may be as young and its source as long as the new one."""
    path.write_text(text, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()


def _tested(tests: str, source: Path) -> End:
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": str(source)}
    try:
        done = subprocess.run(
            [*argv, *shlex.split(tests)], cwd=ROOT, env=env, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return End.KILLED
    return {0: End.SURVIVED, 1: End.KILLED}.get(done.returncode, End.STALE)


def unsound(chosen: list[Mutant], source: Path) -> list[str]:
    """The tests of the table that fail without any mutant, and so notice nothing."""
    return [
        tests for tests in dict.fromkeys(each.tests for each in chosen) if _tested(tests, source) is not End.SURVIVED
    ]


def run(chosen: dict[int, Mutant], source: Path) -> int:
    """Tries them one after the other; returns how many were killed."""
    ends: Counter[End] = Counter()
    for number, each in chosen.items():
        ends[end := tried(each, source)] += 1
        print(f"{number:3} {end:14} {each.file}: {each.before.strip()!r} -> {each.after.strip()!r}", flush=True)
    print(f"{ends[End.KILLED]} of {len(chosen)} killed")
    return ends[End.KILLED]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", type=int, action="append", metavar="N", help="the mutant of this number")
    parser.add_argument("--room", help="the mutants of one room")
    parser.add_argument("--sound", action="store_true", help="whether the tests pass without a mutant")
    parser.add_argument("--list", action="store_true", help="print the table")
    args = parser.parse_args()
    every = dict(enumerate(table(), 1))
    chosen = {n: each for n, each in every.items() if n in (args.only or every) and args.room in (None, each.room)}
    if args.list:
        print("\n".join(f"{number:3} {each.file}: {each.before!r}" for number, each in chosen.items()))
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        shutil.copytree(ROOT / "profiles", Path(folder) / "profiles")  # the code finds them beside its own folder
        if args.sound:
            failing = unsound(list(chosen.values()), source)
            print("\n".join(failing) or "all pass without a mutant")
            return int(bool(failing))
        return int(run(chosen, source) < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
