"""Which of the messages that programs can print about their environment `envdoc diagnose` knows.

    python tools/message_catalogue.py torch==2.11.0=/path/site-packages/torch deepspeed==0.19.8=deepspeed.whl ...
        [--write] [--open]

Walks sources (a folder, a wheel, a source distribution; nothing of them is run) for raise, warning, assert, C++
checks and CMake's messages that speak of the environment (`messages.values.SPEAKS` says by which words), renders
each with values that could stand in it, and puts it to the rules. A message is `known` (a rule says something),
`none` with a reason of tests/diagnose/messages/reasons.yaml (deliberately nobody's, or another's), or `open`.
`--write` keeps the decisions, one file a package: an id, the decision, the first 60 characters of its shape.
`--open` prints what is open.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from messages.values import Message
from messages.walk import messages_of

from envdoc.diagnose import diagnose_text

LIST = Path(__file__).parent.parent / "tests/diagnose/messages"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", metavar="NAME==RELEASE=PLACE")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--open", action="store_true")
    wished = parser.parse_args(argv)
    reasons = yaml.safe_load((LIST / "reasons.yaml").read_text(encoding="utf-8"))
    for source in wished.sources:
        name, _, rest = source.partition("==")
        release, _, place = rest.partition("=")
        decided = [(each, decision(each, reasons)) for each in messages_of(name, release, Path(place))]
        print(figures(name, release, Counter(what.partition(":")[0] for _, what in decided)))
        if wished.open:
            print(
                "\n".join(
                    f"  {each.kind:<7} {' '.join(each.shape.split())[:200]}"
                    for each, what in decided
                    if what == "open"
                )
            )
        if wished.write:
            (LIST / f"{name}.txt").write_text("".join(lines(name, release, decided)), encoding="utf-8")
    return 0


def decision(message: Message, reasons: list[dict[str, Any]]) -> str:
    """`known:CODE`, `none:REASON`, or `open`."""
    place = f"/srv/env/lib/python3.12/site-packages/{message.package}/x.py"
    frame = f'Traceback (most recent call last):\n  File "{place}", line 1\n'
    prefix = {"raise": "RuntimeError: ", "assert": "AssertionError: ", "check": "RuntimeError: "}.get(
        message.kind, ""
    )
    head = frame if message.kind in ("raise", "assert", "check") else ""
    findings = diagnose_text(f"{head}{prefix}{message.sample}\n").findings
    if findings:
        return f"known:{findings[0].code}"
    for each in reasons:
        of = each.get("packages")
        if (not of or message.package in of) and any(
            re.search(p, message.sample, re.IGNORECASE) for p in each["patterns"]
        ):
            return f"none:{each['reason']}"
    return "open"


def figures(name: str, release: str, counted: Counter[str]) -> str:
    total = sum(counted.values())
    share = (total - counted["open"]) / total if total else 1.0
    told = f"known {counted['known']:>4}  none {counted['none']:>4}  open {counted['open']:>4}"
    return f"{name:<18} {release:<12} messages {total:>5}  {told}  decided {share:6.1%}"


def lines(name: str, release: str, decided: list[tuple[Message, str]]) -> Iterator[str]:
    yield f"# {name} {release}\n"
    for message, what in sorted(decided, key=lambda each: each[0].id):
        yield f"{message.id}\t{what}\t{message.short}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
