"""Choose the gates of `envdoc.diagnose.gates`: few short literals so that one stands in every rule's anchor.

    python tools/diagnose_gates.py HEALTHY_LOG...     prints the tuple to paste

Greedy set cover over all substrings of 4 to 9 characters; one costs a pass over the log, and more where it is
frequent in the healthy logs that are given.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

RULES = Path(__file__).resolve().parents[1] / "src" / "envdoc" / "diagnose" / "rules"


def anchors() -> set[str]:
    found = set()
    for path in RULES.glob("*.yaml"):
        for rule in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            signs = [{"say": rule.get("say", ())}, *rule.get("signs", ())]
            found |= {anchor for sign in signs for anchor in sign["say"]}
    return found


def substrings(anchor: str) -> set[str]:
    ascii_only = {anchor[start : start + size] for size in range(4, 10) for start in range(len(anchor) - size + 1)}
    return {each for each in ascii_only if each.isascii() and each == each.strip() and "'" not in each}


def main() -> None:
    healthy = "\n".join(Path(name).read_text("utf-8", "replace")[:300_000] for name in sys.argv[1:])
    lines = healthy.count("\n") or 1
    by_gate: dict[str, set[str]] = {}
    for anchor in anchors():
        for each in substrings(anchor):
            by_gate.setdefault(each, set()).add(anchor)
    rates: dict[str, float] = {}

    def worth(gate: str, left: set[str]) -> float:
        rate = rates.setdefault(gate, healthy.count(gate) / lines)
        return len(by_gate[gate] & left) / (1 + 60 * rate) + len(gate) / 100

    chosen: list[str] = []
    left = anchors()
    while left:
        likely = sorted(by_gate, key=lambda gate: (-len(by_gate[gate] & left), gate))[:60]
        best = max(likely, key=lambda gate: worth(gate, left))
        chosen.append(best)
        left -= by_gate[best]
        print(f"{best!r:14} {rates[best]:.4f} {len(left)} left", file=sys.stderr)
    print("(" + ", ".join(f"b{gate!r}" for gate in chosen) + ")")


main()
