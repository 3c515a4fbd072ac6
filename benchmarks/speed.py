"""envdoc's start-up and checks beside their peers, in one run: medians of whole-process wall times.

    python benchmarks/speed.py [--runs 9] [--python PATH] [--json | --markdown]

`--python` names the interpreter whose torch is judged (default: the first python3 on PATH). Rows whose peer is
not on this machine are reported as left out, with the reason.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

WINDOWS = sys.platform == "win32"  # a process takes long to start there


@dataclass(frozen=True)
class Pair:
    what: str
    ours: list[str]
    peer_name: str
    peer: list[str]
    at_most: float  # the budget: ours / peer


@dataclass(frozen=True)
class Row:
    what: str
    peer: str
    ours_ms: float
    peer_ms: float
    ratio: float
    at_most: float
    reason: str = ""


def main() -> int:
    arguments = parse()
    rows = [measure(pair, arguments.runs) for pair in pairs(arguments.python)]
    if arguments.json:
        print(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, indent=2))
    else:
        print(table(rows))
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--python", default=shutil.which("python3") or sys.executable)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true", help="the default form")
    return parser.parse_args()


def envdoc() -> list[str]:
    """The installed command beside this interpreter, else the module."""
    beside = Path(sys.executable)
    scripts = (beside.with_name("envdoc"), beside.with_name("envdoc.exe"), beside.parent / "Scripts" / "envdoc.exe")
    script = next((each for each in scripts if each.exists()), None)
    return [str(script)] if script else [sys.executable, "-m", "envdoc"]


def pairs(python: str) -> list[Pair]:
    check = [*envdoc(), "check", "--python", python]
    collect_env = [python, "-m", "torch.utils.collect_env"]
    imports = [sys.executable, "-c", "import typer, rich"]
    return [
        Pair("`envdoc check`", check, "`nvidia-smi`", ["nvidia-smi"], 2.0),
        Pair("`envdoc check`", check, "`python -m torch.utils.collect_env`", collect_env, 1 / 25),
        *([Pair("`envdoc check`", check, '`python -c "import typer, rich"`', imports, 1.5)] if WINDOWS else []),
        Pair("`envdoc --version`", [*envdoc(), "--version"], '`python -c "import typer, rich"`', imports, 1.0),
        Pair("`envdoc resolve`", [*envdoc(), "resolve"], "`envdoc check`", check, 1.5),
    ]


def measure(pair: Pair, runs: int) -> Row:
    missing = reason(pair.peer)
    if missing:
        return Row(pair.what, pair.peer_name, 0, 0, 0, pair.at_most, missing)
    ours, peer = [], []
    run(pair.ours), run(pair.peer)  # warm caches, not counted
    for _ in range(runs):
        ours.append(run(pair.ours))
        peer.append(run(pair.peer))
    a, b = statistics.median(ours), statistics.median(peer)
    return Row(pair.what, pair.peer_name, round(a, 1), round(b, 1), round(a / b, 3), round(pair.at_most, 3))


def reason(argv: list[str]) -> str:
    """Why the peer cannot be measured here, "" if it can."""
    if shutil.which(argv[0]) is None:
        return f"{argv[0]} is not on this machine"
    if "torch.utils.collect_env" in argv:
        asked = subprocess.run([argv[0], "-c", "import torch"], capture_output=True, timeout=300, check=False)
        if asked.returncode:
            return "torch is not importable"
    return ""


def run(argv: list[str]) -> float:
    """Wall time of the whole process in milliseconds."""
    began = time.perf_counter()
    subprocess.run(argv, capture_output=True, timeout=300, check=False)
    return (time.perf_counter() - began) * 1000


def machine() -> str:
    return f"{platform.platform()}, Python {platform.python_version()}"


def table(rows: list[Row]) -> str:
    lines = ["| what | ms | against | ms | ratio | at most |", "|---|---|---|---|---|---|"]
    for row in rows:
        if row.reason:
            lines.append(f"| {row.what} | | {row.peer} | | not measured: {row.reason} | {row.at_most:g} |")
        else:
            cells = f"{row.ours_ms:.0f} | {row.peer} | {row.peer_ms:.0f} | {row.ratio:g} | {row.at_most:g}"
            lines.append(f"| {row.what} | {cells} |")
    return "\n".join([*lines, "", f"Medians, measured in turn in one run on {machine()}."])


if __name__ == "__main__":
    sys.exit(main())
