"""The messages of programs about their environment: which a rule knows. tools/message_catalogue.py writes the lists.

The figures may only rise: a release with new messages is looked at until they are decided again.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import yaml

HERE = Path(__file__).parent / "messages"
LEAST_DECIDED = 0.99
LEAST_KNOWN = 966
PACKAGES = 25
_LINE = re.compile(r"[0-9a-f]{12}\t(?:known:[a-z0-9-]+|none:[a-z-]+|open)\t.{0,60}")


def decisions() -> list[str]:
    return [
        line.split("\t")[1]
        for path in sorted(HERE.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]


def test_each_list_names_its_release_and_has_lines_of_one_form() -> None:
    paths = sorted(HERE.glob("*.txt"))
    assert len(paths) >= PACKAGES
    for path in paths:
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        assert re.fullmatch(rf"# {path.stem} \d[\w.]*", first), path.name
        assert [line for line in rest if not _LINE.fullmatch(line)] == [], path.name


def test_every_reason_is_one_of_the_table() -> None:
    reasons = yaml.safe_load((HERE / "reasons.yaml").read_text(encoding="utf-8"))
    names = {each["reason"] for each in reasons}
    assert all(each["says"] for each in reasons)
    assert {each.partition(":")[2] for each in decisions() if each.startswith("none:")} <= names


def test_the_share_that_is_decided_only_rises() -> None:
    counted = Counter(each.partition(":")[0] for each in decisions())
    assert counted["known"] >= LEAST_KNOWN
    assert 1 - counted["open"] / sum(counted.values()) >= LEAST_DECIDED
