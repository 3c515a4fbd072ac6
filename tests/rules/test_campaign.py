"""The short form of `tools/plant_secrets.py`."""

from __future__ import annotations

from pathlib import Path

from plant_campaign import campaign


def test_no_planted_secret_leaves_by_any_command(tmp_path: Path) -> None:
    done = campaign(tmp_path / "planted", 24, seed=3)
    assert done.leaks == []
    assert sum(done.sent.values()) >= 24 * 10
    assert done.written >= 3
