"""Choose the gates of `envdoc.diagnose.gates`: literals so that one stands in every rule's anchor.

    python tools/diagnose_gates.py [--anew] HEALTHY_LOG...     prints the tuple for gates.py

Greedy weighted set cover, beginning with the gates that there are (`--anew`: with none). Where its word stands in a
log a gate costs a pass by `bytes.find` (the longer, the faster: it skips ahead), and a look at each line that has it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

from envdoc.diagnose.gates import GATES

RULES = Path(__file__).resolve().parents[1] / "src" / "envdoc" / "diagnose" / "rules"


def anchors() -> set[str]:
    found = set()
    for path in RULES.glob("*.yaml"):
        for rule in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            signs = [{"say": rule.get("say", ())}, *rule.get("signs", ())]
            found |= {anchor for sign in signs for anchor in sign["say"]}
    return found


def substrings(anchor: str) -> set[str]:
    sizes = (*range(5, 13), 16, 20, 24, len(anchor))
    found = {anchor[start : start + size] for size in sizes for start in range(len(anchor) - size + 1)}
    spoken = set(re.findall(r"[^\x00-\x7f]{4}[^\x00-\x7f ]*", anchor))  # shells in other languages, with UTF-8
    plain = {each for each in found if each.isascii() and not re.search(_HIDDEN, each)}
    # `nan` alone stands in many words, and what is around it in every line of a training's log
    return spoken | ({"'nan'"} if "'nan'" in anchor else plain)


# Digits make lines look new that are not (see `fresh`); quotes and angles are written otherwise in HTML.
_HIDDEN = r"""\d|['"<>&]|^ | $"""


def cost(gate: str, rate: float) -> float:
    """Seconds for 100 MB with a million lines: measured 0.075 for 4 characters, 0.017 for 30; 4 us a line.

    A blank counts too, because a wrap between words hides the gate."""
    return max(0.017, 0.3 / len(gate)) + 4 * rate + (0.02 if " " in gate else 0.0)


def main() -> None:
    anew, names = "--anew" in sys.argv, [each for each in sys.argv[1:] if each != "--anew"]
    samples = [Path(name).read_text("utf-8", "replace")[:300_000] for name in names]
    by_gate: dict[str, set[str]] = {}
    for anchor in anchors():
        for each in substrings(anchor):
            by_gate.setdefault(each, set()).add(anchor)
    rates: dict[str, float] = {}

    def price(gate: str) -> float:
        if gate not in rates:
            rates[gate] = max((text.count(gate) / (text.count("\n") + 1) for text in samples), default=0.0)
        return cost(gate, rates[gate])

    chosen: list[str] = [] if anew else [gate.decode() for gate in GATES]
    left = {each for each in anchors() if not any(gate in each for gate in chosen)}
    for gate in chosen:
        price(gate)
    while left:
        bound = sorted(by_gate, key=lambda gate: (-len(by_gate[gate] & left) / cost(gate, 0), gate))[:200]
        best = max(bound, key=lambda gate: len(by_gate[gate] & left) / price(gate))
        chosen.append(best)
        left -= by_gate[best]
        by_gate = {gate: has for gate, has in by_gate.items() if has & left}
        print(f"{best!r:34} {cost(best, rates[best]):.3f} {rates[best]:.4f} {len(left)} left", file=sys.stderr)
    for gate in sorted(chosen, key=price, reverse=True):  # what later choices made idle
        if not anchors() - {each for each in anchors() if any(other in each for other in chosen if other != gate)}:
            chosen.remove(gate)
    print(f"{sum(price(gate) for gate in chosen):.2f} s for {len(chosen)} gates", file=sys.stderr)
    print("GATES = (")
    show("    ", [repr(gate.encode()) for gate in chosen if gate.isascii()])
    print("    *(each.encode() for each in (")
    show("        ", [repr(gate) for gate in chosen if not gate.isascii()])
    print("    )),\n)  # fmt: skip")


def show(margin: str, items: list[str]) -> None:
    """Items of a tuple, as many a line as fit."""
    line = margin
    for item in items:
        if sum(1 + (ord(letter) > 0x2000) for letter in line + item) > 110:  # as wide as ruff counts
            print(line.rstrip())
            line = margin
        line += f"{item}, "
    print(line.rstrip())


main()
