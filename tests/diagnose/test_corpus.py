"""The corpus: every family's logs give its code first, near misses do not give it, clean logs give nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from families import code_of, family_of, takes, told_by
from noise import NOISES, disturbed

from envdoc.diagnose import diagnose_bytes
from envdoc.diagnose.rules import load
from envdoc.model.finding import Severity

HERE = Path(__file__).parent
FAMILIES = sorted(path.name for path in (HERE / "corpus").iterdir())
CLEAN = sorted((HERE / "corpus-clean").glob("*.log"))


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in diagnose_bytes(data).findings]


def every(data: bytes) -> set[str]:
    return set(told_by(diagnose_bytes(data)))


def logs(family: str, near: bool) -> list[Path]:
    return [p for p in sorted((HERE / "corpus" / family).glob("*.log")) if p.name.startswith("near-") is near]


def test_every_rule_is_a_family_with_three_logs_and_two_near_misses() -> None:
    assert {family_of(rule) for rule in load()} == set(FAMILIES)
    assert [f for f in FAMILIES if len(logs(f, near=False)) < 3 or len(logs(f, near=True)) < 2] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_family(family: str) -> None:
    assert {p.name: codes(p.read_bytes())[:1] for p in logs(family, near=False)} == {
        p.name: [code_of(family)] for p in logs(family, near=False)
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_near_misses(family: str) -> None:
    assert [p.name for p in logs(family, near=True) if takes(diagnose_bytes(p.read_bytes()), family)] == []


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_clean_logs_are_silent(path: Path) -> None:
    told = diagnose_bytes(path.read_bytes())
    assert [f.code for f in told.findings if f.severity is not Severity.INFO] == []


def test_there_are_enough_clean_logs() -> None:
    assert len(CLEAN) >= 120


@pytest.mark.parametrize("kind", NOISES)
def test_noise_of_each_kind(kind: str) -> None:
    """One log of every tenth family with this noise; the whole score is `tools/diagnose_score.py --noise 20`."""
    chosen = [logs(family, near=False)[0] for family in FAMILIES[NOISES.index(kind) % 10 :: 10]]
    missed = [
        str(p.parent.name)
        for p in chosen
        if code_of(p.parent.name) not in every(disturbed(p.read_bytes(), kind, "7"))
    ]
    assert missed == []
