"""Two and eight operations at once on one environment: one does its work, the others say that it is busy or done.

python tools/at_once.py --rounds 50 --folder /tmp/at-once
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import campaign_kit as kit
from kill_campaign import Bench, prepare

# Exit 1 with one of these, or exit 2: refused before anything was touched.
REFUSED = ("environment-busy", "nothing-to-roll-back", "environment-not-ours")
GROUPS = (("install",), ("adopt",), ("rollback",), ("remove",), ("adopt", "rollback"), ("install", "remove"))
STARTS = {"install": "", "adopt": "theirs", "rollback": "adopted", "remove": "made"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments.folder)
    prepare(bench, 10)
    ends: Counter[str] = Counter()
    for number in range(arguments.rounds):
        one_round(bench, GROUPS[number % len(GROUPS)], 8 if number % 2 else 2, ends)
        print(f"{number + 1} rounds, {len(bench.failures)} failures", flush=True)
    for what, count in sorted(ends.items()):
        print(f"{count:5} {what}")
    print(f"{arguments.rounds} rounds, {sum(ends.values())} operations, {len(bench.failures)} failures")
    print("\n".join(bench.failures[:20]))
    return 1 if bench.failures else 0


def one_round(bench: Bench, group: tuple[str, ...], together: int, ends: Counter[str]) -> None:
    shutil.rmtree(bench.root, ignore_errors=True)
    if STARTS[group[-1]]:
        kit.copy(bench.ready("adopted" if group == ("adopt", "rollback") else STARTS[group[-1]]), bench.root)
    does = [random.choice(group) for _ in range(together)]
    running = [(operation, bench.start(operation)) for operation in does]
    done = 0
    for operation, run in running:
        _, err = run.communicate(timeout=600)
        told = err.decode(errors="replace").strip()
        refused = next((code for code in REFUSED if told.startswith(code)), "")
        ends[f"{operation}: {'done' if run.returncode == 0 else refused or told[-200:]}"] += 1
        done += run.returncode == 0
        if run.returncode and not refused:
            bench.failures.append(f"{group} x {together}: {operation} ended with {run.returncode}: {told[-300:]}")
    if not done:
        bench.failures.append(f"{group} x {together}: none did its work")
    settled(bench, group, f"{group} x {together}")


def settled(bench: Bench, group: tuple[str, ...], where: str) -> None:
    """Afterwards one more command of the kind brings what an undisturbed one makes."""
    if group[-1] in ("adopt", "rollback"):
        if (bench.root / ".envdoc/backup").exists():
            bench.whole("rollback")
        found = kit.differences(kit.picture(bench.root), kit.picture(bench.ready("theirs")))
    elif group == ("install",):
        code, err = bench.whole("install")
        found = [] if code == 0 else [err]
    else:
        if (bench.root / ".envdoc").exists():
            bench.whole("remove")
        found = [path for path in kit.picture(bench.root) if "mine" not in path and path not in ("bin", "lib")]
    if found:
        bench.failures.append(f"{where}: then {found[:5]}")


if __name__ == "__main__":
    sys.exit(main())
