"""Kinds of fault that a field test found missing (field_kinds.yaml): each with its inputs and five more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from envdoc.diagnose import diagnose_text

KINDS = yaml.safe_load((Path(__file__).parent / "field_kinds.yaml").read_text(encoding="utf-8"))
CASES = [(each["kind"], case) for each in KINDS for case in each["cases"]]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_kind(kind: str, case: dict[str, Any]) -> None:
    found = diagnose_text(f"{case['log']}\n").findings
    assert [each.code for each in found][:1] == [case["code"]], kind
    assert case.get("severity", found[0].severity.value) == found[0].severity.value
    mend = found[0].remediation
    remedy = " ".join([mend.text, *(each.command for each in mend.commands)]) if mend else ""
    assert [each for each in case.get("never", ()) if each in remedy] == []
    assert [each for each in case.get("says", ()) if each not in remedy] == []


def test_each_kind_has_its_inputs_and_five_more() -> None:
    assert all(len(each["cases"]) >= 6 for each in KINDS)
