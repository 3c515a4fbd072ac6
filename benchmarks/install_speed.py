"""`envdoc install` beside `uv pip install` of the same set from the same cache, in one run.

    python benchmarks/install_speed.py --profile rtx50-cu128 [--runs 3] [--folder DIR]

Both make a fresh environment with the same Python and the same pins. envdoc's steps are counted without its last one,
the proof, which uv does not have; the whole is told beside it. Then both are run again with nothing to do.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="rtx50-cu128")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "envdoc-install-speed")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    plan = envdoc("install", "--profile", arguments.profile, "--env", str(arguments.folder / "ours"), "--dry-run")
    rows = [one_round(arguments, plan) for _ in range(arguments.runs)]
    print(table(rows))
    shutil.rmtree(arguments.folder)
    return 0


def one_round(arguments: argparse.Namespace, plan: dict[str, Any]) -> dict[str, float]:
    ours, theirs = arguments.folder / "ours", arguments.folder / "theirs"
    for each in (ours, theirs):
        shutil.rmtree(each, ignore_errors=True)
    python = next(step["known"][0] for step in plan["plan"] if step["kind"] == "ProvidePython")
    uv_first = timed(uv, "venv", "-q", "--python", python, str(theirs)) + timed(uv, *uv_arguments(plan, theirs))
    began = time.perf_counter()
    done = envdoc("install", "--profile", arguments.profile, "--env", str(ours), "--yes")
    whole = time.perf_counter() - began
    steps = sum(step["seconds"] for step in done["steps"] if step["id"] != "prove")
    uv_again = statistics.median(timed(uv, *uv_arguments(plan, theirs)) for _ in range(5))
    again = ("install", "--profile", arguments.profile, "--env", str(ours), "--yes")
    ours_again = statistics.median(timed(envdoc, *again) for _ in range(5))
    return {"uv": uv_first, "steps": steps, "whole": whole, "uv again": uv_again, "again": ours_again}


def uv_arguments(plan: dict[str, Any], env: Path) -> list[str]:
    """One `uv pip install` of all requirements of the plan, under its constraints."""
    steps = [step for step in plan["plan"] if step["kind"] == "InstallPackages"]
    constraints = env.parent / "constraints.txt"
    constraints.write_text(
        "\n".join(sorted({line for step in steps for line in step["constraints"]})), encoding="utf-8"
    )
    wanted = [each for step in steps for each in step["requirements"]]
    return ["pip", "install", "-q", "--python", str(env / "bin" / "python"), "-c", str(constraints), *wanted]


def uv(*argv: str) -> None:
    from uv import find_uv_bin

    subprocess.run([find_uv_bin(), *argv], check=True, capture_output=True, timeout=1800)


def envdoc(*argv: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "envdoc", *argv, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=True, stdin=subprocess.DEVNULL)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def timed(function: Any, *argv: str) -> float:
    began = time.perf_counter()
    function(*argv)
    return time.perf_counter() - began


def table(rows: list[dict[str, float]]) -> str:
    middle = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    rows_told = (
        ("install, without the proof", middle["steps"], "`uv pip install` of that lock", middle["uv"], 1.1),
        ("install again, nothing to do", middle["again"], "the same, nothing to do", middle["uv again"], 2),
    )
    lines = ["| what | s | against | s | ratio | at most |", "|---|---|---|---|---|---|"]
    for what, ours, peer, theirs, most in rows_told:
        lines.append(f"| {what} | {ours:.2f} | {peer} | {theirs:.2f} | {ours / theirs:.2f} | {most:g} |")
    whole = f"The whole installation with its proof: {middle['whole']:.1f} s. Medians of {len(rows)} runs."
    return "\n".join([*lines, "", whole])


if __name__ == "__main__":
    sys.exit(main())
