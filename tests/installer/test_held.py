"""The files that engines name when Windows refuses to replace them, and the finding that comes of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from envdoc.host.winholders import holders
from envdoc.installer import faults, held

_HELD = "The process cannot access the file because it is being used by another process"
UV = rf"""error: Failed to install: big_a-2.0-py3-none-any.whl (big-a==2.0)
  Caused by: failed to remove file `C:\envs\训练 env\Lib\site-packages\big_a\part_7.pyd`: {_HELD}. (os error 32)
"""
PIP = rf"ERROR: Could not install packages due to an OSError: [WinError 32] {_HELD}: 'C:\\envs\\a\\x.pyd'"


def test_the_files_are_read_out_of_the_words() -> None:
    assert held.files(UV) == (r"C:\envs\训练 env\Lib\site-packages\big_a\part_7.pyd",)
    assert held.files(PIP) == (r"C:\envs\a\x.pyd",)
    assert held.files("error: `C:/forward` and 'no path'") == ()


@pytest.mark.parametrize("text", [UV, PIP])
def test_a_held_file_is_a_finding_of_its_own(text: str) -> None:
    finding = faults.explain("stack", text)
    assert finding.code == "file-in-use"
    assert any("pyd" in line for line in finding.evidence)


def test_who_holds_it_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "holders", lambda path: ("python.exe (process 4242)",))
    finding = held.named(faults.explain("stack", PIP), PIP)
    assert finding.evidence[-1] == "held open by python.exe (process 4242)"


@pytest.mark.skipif(sys.platform != "win32", reason="Restart Manager is Windows'")
def test_windows_itself_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "held.txt"
    with path.open("w", encoding="utf-8"):
        told = holders(str(path))
    if not told:
        pytest.skip("this Windows' Restart Manager lists nobody (wine 8 does not)")
    assert any(f"(process {os.getpid()})" in who for who in told)
