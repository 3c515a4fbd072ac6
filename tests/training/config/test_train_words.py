"""Every sentence that a rule names is written, in English and Chinese; every code of the room belongs to a check."""

from __future__ import annotations

from envdoc.findings import codes, entry
from envdoc.training.config.checks import CHECKS
from envdoc.training.config.rules.files import PROGRAMS
from envdoc.training.config.rules.gpu import FLOORS
from envdoc.training.config.rules.later import LATER_ROWS
from envdoc.training.config.rules.reads import NEEDS
from envdoc.training.config.rules.refused import REFUSED


def named() -> set[tuple[str, str]]:
    """Code and sentence of every row."""
    rules = {("train-refused", each.name) for each in REFUSED} | {
        ("train-fails-later", each.name) for each in LATER_ROWS
    }
    fixes = {(code, f"{name}-fix") for code, name in rules}
    floors = {("train-gpu-cannot", name) for each in FLOORS for name in (each.name, f"{each.name}-fix")}
    needs = {("train-has-no-effect", each.name) for each in NEEDS}
    programs = {("train-file-other-program", name) for name, _ in (*PROGRAMS, ("chat", ()), ("unknown", ()))}
    return rules | fixes | floors | needs | programs


def test_every_row_has_its_sentence() -> None:
    missing = {(code, name) for code, name in named() if name not in entry(code).texts}
    assert missing == set()


def test_both_languages() -> None:
    ours = [code for code in codes() if code.startswith("train-")]
    assert len(ours) > 30
    assert [
        (code, name) for code in ours for name, told in entry(code).texts.items() if set(told) != {"en", "zh"}
    ] == []
    assert [code for code in ours if set(entry(code).pages) != {"en", "zh"}] == []


def test_every_code_belongs_to_a_check() -> None:
    listed = {code for check in CHECKS for code in check.codes}
    assert listed == {code for code in codes() if code.startswith("train-")}
