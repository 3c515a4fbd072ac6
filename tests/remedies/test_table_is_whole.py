"""Every code that can carry lines to paste is run for real, or the table says why it cannot be."""

from __future__ import annotations

from pathlib import Path

import yaml
from carriers import carriers
from faults import FAULTS

from envdoc.findings import entry

TABLE = yaml.safe_load((Path(__file__).parent / "not_run.yaml").read_text(encoding="utf-8"))
NOT_RUN = [code for codes in TABLE["not_run"].values() for code in codes]


def test_every_code_with_lines_is_run_or_says_why_not() -> None:
    run = {fault.code for fault in FAULTS}
    told = set(NOT_RUN)
    assert {code for code in carriers() - run - told if set(entry(code).found_by) != {"diagnose"}} == set()
    assert told & run == set()
    assert told - carriers() == set()
    assert len(NOT_RUN) == len(told)


def test_every_reason_is_told_and_used() -> None:
    assert set(TABLE["not_run"]) == set(TABLE["reasons"])
