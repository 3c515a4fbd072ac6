"""The score of `envdoc diagnose` over the corpus of test logs.

    python tools/diagnose_score.py [--noise N] [--verbose]

Every log of tests/diagnose/corpus/<code>/ (or <code>.<case>/, where a code has several rules) must give <code>: first
(counted), among the findings (all). A `near-*.log` must not give it (not that case of it). Logs of corpus-clean/ must
give nothing above info. With noise each log is read N more times, each time disturbed in another way (colours,
prefixes, wraps, encodings, ...); see tests/diagnose/noise.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "diagnose"))

from families import code_of, takes, told_by  # noqa: E402
from noise import NOISES, disturbed  # noqa: E402

from envdoc.diagnose import diagnose_bytes  # noqa: E402
from envdoc.model.finding import Severity  # noqa: E402

CORPUS = ROOT / "tests" / "diagnose" / "corpus"
CLEAN = ROOT / "tests" / "diagnose" / "corpus-clean"


@dataclass
class Score:
    """Counts, and what went wrong, one line each."""

    families: set[str] = field(default_factory=set)
    read: int = 0
    first: int = 0
    among: int = 0
    near: int = 0
    near_kept_out: int = 0
    clean: int = 0
    clean_silent: int = 0
    faults: list[str] = field(default_factory=list)


def variants(data: bytes, seed: str, noise: int) -> Iterator[tuple[str, bytes]]:
    yield "", data
    for number in range(noise):
        kind = NOISES[(hash_of(seed) + number) % len(NOISES)]
        yield f" [{kind}]", disturbed(data, kind, f"{seed}{number}")


def hash_of(text: str) -> int:
    return sum(text.encode())


def measure(noise: int) -> Score:
    """Read the whole corpus."""
    score = Score()
    for path in sorted(CORPUS.glob("*/*.log")):
        family = path.parent.name
        score.families.add(family)
        for how, data in variants(path.read_bytes(), f"{family}/{path.name}", noise):
            take(score, family, path, how, data)
    for path in sorted(CLEAN.glob("*.log")):
        score.clean += 1
        loud = [f.code for f in diagnose_bytes(path.read_bytes()).findings if f.severity is not Severity.INFO]
        score.clean_silent += not loud
        if loud:
            score.faults.append(f"clean {path.name}: {', '.join(loud)}")
    return score


def take(score: Score, family: str, path: Path, how: str, data: bytes) -> None:
    """Judge one log."""
    code = code_of(family)
    told = diagnose_bytes(data)
    codes = [finding.code for finding in told.findings]
    every = set(told_by(told))
    where = f"{family}/{path.name}{how}"
    if path.name.startswith("near-"):
        score.near += 1
        taken = takes(told, family)
        score.near_kept_out += not taken
        if taken:
            score.faults.append(f"near miss taken {where}: {', '.join(codes)}")
        return
    score.read += 1
    score.first += codes[:1] == [code]
    score.among += code in every
    if codes[:1] != [code]:
        word = "not first" if code in every else "NOT FOUND"
        score.faults.append(f"{word} {where}: {', '.join(codes) or 'nothing'}")


def report(score: Score, verbose: bool) -> bool:
    """Print the score; True where it is good enough."""
    if verbose:
        print("\n".join(score.faults))
    print(f"families                {len(score.families)}")
    print(f"logs read               {score.read}")
    print(f"right code first        {score.first} ({score.first / max(score.read, 1):.1%})")
    print(f"right code found        {score.among} ({score.among / max(score.read, 1):.1%})")
    print(f"near misses kept out    {score.near_kept_out} of {score.near}")
    print(f"clean logs silent       {score.clean_silent} of {score.clean}")
    return score.first >= 0.95 * score.read and score.among == score.read and score.near_kept_out == score.near


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--noise", type=int, default=0, help="disturbed copies of each log")
    parser.add_argument("--verbose", action="store_true", help="name what went wrong")
    args = parser.parse_args()
    score = measure(args.noise)
    good = report(score, args.verbose)
    sys.exit(0 if good and score.clean_silent == score.clean else 1)


if __name__ == "__main__":
    main()
