"""Calls that write, killed, failed, and cut off from the power: a sample here, all of them by `trials.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from trials import campaign

pytestmark = pytest.mark.skipif(os.name == "nt", reason="cp -a keeps hard links")


def test_no_call_that_is_hit_loses_a_file_or_makes_a_false_done(tmp_path: Path) -> None:
    bench = campaign(tmp_path, stride=90)
    assert bench.failures == []
    assert min(count for what, count in bench.told.items() if what.endswith("calls")) > 40
    assert {what.split()[-1] for what in bench.told} >= {"killed", "failed", "interrupted"}
