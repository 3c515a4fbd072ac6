#!/usr/bin/env python3
"""Compare the compatibility tables with real wheels; exit 1 on drift.

    python tools/check_tables.py                      the Python package index and the PyTorch index
    python tools/check_tables.py --wheels DIR         a folder of wheels instead
    python tools/check_tables.py --only companions --json

Nothing is downloaded whole: a wheel's directory, its METADATA and small files are read by range requests. Every
row ends as `checked`, `differs`, or `not-checked` with the reason.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tablecheck import stackchecks, torchchecks
from tablecheck.answers import Answer, Verdict, skipped
from tablecheck.wheels import Shelf, Unreachable

from envdoc.knowledge import facts
from envdoc.knowledge.tables import Knowledge, load

Check = Callable[[Knowledge, Shelf], Iterable[Answer]]

CHECKS: dict[str, tuple[Check, ...]] = {
    "torch": (torchchecks.check_index_builds, lambda known, _: torchchecks.check_pytorch_index(known)),
    "companions": (torchchecks.check_companions,),
    "bitsandbytes": (stackchecks.check_bitsandbytes,),
    "stacks": (stackchecks.check_stacks,),
    "toolkits": (stackchecks.check_toolkits,),
}

# Why the other tables cannot be checked by wheels
BY_HAND = {
    "driver_floors": "stands in NVIDIA's documentation only",
    "native_drivers": "stands in NVIDIA's release notes only",
    "driver_branches": "stands in NVIDIA's release notes only",
    "gpus": "stands in NVIDIA's documentation only",
    "breaks": "proved by installing both sides",
    "advice": "judged by people",
    "mirrors": "not contacted from here",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", default="https://pypi.org/simple", help="the Python package index")
    parser.add_argument("--wheels", type=Path, help="a folder of wheels to read instead of the index")
    parser.add_argument("--only", action="append", choices=facts.names(), help="one table; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    answers = list(check(options.only or facts.names(), Shelf(options.index, options.wheels)))
    differ = any(answer.verdict is Verdict.DIFFERS for answer in answers)
    if options.json:
        print(json.dumps({"schema": 1, "drift": differ, "answers": [asdict(each) for each in answers]}, indent=1))
    else:
        report(answers)
    return int(differ)


def check(tables: Iterable[str], shelf: Shelf) -> Iterator[Answer]:
    """The answers of the named tables, in the tables' order; the checks run side by side."""
    known = load()
    wanted = list(tables)
    jobs = [(name, each) for name in wanted for each in CHECKS.get(name, ())]
    with ThreadPoolExecutor(max_workers=8) as pool:
        done = list(pool.map(lambda job: _run(*job, known, shelf), jobs))
    for answers in done:
        yield from answers
    for name in wanted:
        if name in BY_HAND:
            yield skipped(name, f"all {len(getattr(known, name))} rows", BY_HAND[name])
    if "torch" in wanted:
        yield skipped("torch", "compute capabilities of all builds", "stand in libtorch_cuda.so, hundreds of MiB")


def _run(name: str, work: Check, known: Knowledge, shelf: Shelf) -> list[Answer]:
    try:
        return list(work(known, shelf))
    except Unreachable as error:
        return [skipped(name, "all rows", str(error))]


def report(answers: list[Answer]) -> None:
    for answer in answers:
        print(f"{answer.verdict:<11}  {answer.table}: {answer.row}: {answer.detail}")
    count = Counter(answer.verdict for answer in answers)
    print(", ".join(f"{count[verdict]} {verdict}" for verdict in Verdict))


if __name__ == "__main__":
    sys.exit(main())
