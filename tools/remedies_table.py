"""The table of remedies: for each code that can carry lines to paste, whether they were run and what was found then.

    python tools/remedies_table.py [--count]

`run` means that a test makes the fault, runs the printed lines as they stand, and looks again: the finding is gone
(`tests/remedies/faults.py`). For the others the table says why nobody could (`tests/remedies/not_run.yaml`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import yaml

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS / "remedies"), str(TESTS / "installer"), str(TESTS)]

from carriers import carriers  # noqa: E402 - stands among the tests
from faults import FAULTS  # noqa: E402 - stands among the tests


def rows() -> list[tuple[str, str]]:
    """Code and how it stands, in order of the codes."""
    table = yaml.safe_load((TESTS / "remedies" / "not_run.yaml").read_text(encoding="utf-8"))
    run = [(code, "run: the finding is gone afterwards") for code in {fault.code for fault in FAULTS}]
    why = {code: reason for reason, codes in table["not_run"].items() for code in codes}
    left = [(code, table["reasons"][why.get(code, "log")]) for code in carriers() - dict(run).keys()]
    return sorted(run + left)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", action="store_true", help="only how many stand how")
    every = rows()
    if not parser.parse_args().count:
        width = max(len(code) for code, _ in every)
        print("\n".join(f"{code:{width}}  {told}" for code, told in every) + "\n")
    for told, count in Counter(told for _, told in every).most_common():
        print(f"{count:4}  {told}")


if __name__ == "__main__":
    main()
