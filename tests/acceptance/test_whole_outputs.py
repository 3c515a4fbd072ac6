"""Whole reports of recorded and minted machines, as a person reads them. Each file says its machine's origin.

To renew the golden files after a change that is meant: `ENVDOC_UPDATE_GOLDEN=1 python -m pytest tests/acceptance`,
then read the difference.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from envdoc import __version__
from envdoc.cli.app import run

HERE = Path(__file__).parent
MACHINES = HERE.parent / "machines"
CASES = {
    "win11-2x5060ti-576-cpu-torch": ("check", "--profile", "rtx50-cu128"),
    "win11-2x5060ti-576-cu126": ("check",),
    "win11-2x5060ti-576-cu128": ("check", "--profile", "rtx50-cu128"),
    "win11-4090-610": ("check",),
    "win11-laptop-store-stub": ("check",),
    "win11-gbk": ("check",),
    "wsl2-4070": ("check",),
    "linux-h200-580": ("check", "--profile", "hopper"),
    "linux-1080-5090-580": ("resolve",),
    "linux-driver-mismatch": ("check",),
    "macos-m3": ("check", "--profile", "cpu"),
    "macos-intel": ("resolve", "--profile", "cpu"),
}


def printed(argv: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Exit code and stdout, with durations and the version out of the way."""
    import re

    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", out)
    code = run(argv)
    out.flush()
    text = out.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    text = re.sub(r" in \d+\.\d\d s$", "", text, flags=re.MULTILINE)
    return int(code), text.replace(f"envdoc {__version__}", "envdoc VERSION")


@pytest.mark.parametrize("name", CASES)
def test_the_whole_output_is_as_recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = [*CASES[name], "--machine", str(MACHINES / f"{name}.json")]
    code, text = printed(argv, "utf-8", monkeypatch)
    whole = f"$ envdoc {' '.join(argv[:-1])} {name}.json\n{text}exit {code}\n"
    path = HERE / "golden" / f"{name}.txt"
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(whole, encoding="utf-8")
    assert whole == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii"])
def test_a_console_without_our_signs_gets_the_same_report_in_words(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ["check", "--machine", str(MACHINES / "win11-gbk.json")]
    code, text = printed(argv, encoding, monkeypatch)
    assert code == printed(argv, "utf-8", monkeypatch)[0]
    assert "X " in text
    if encoding == "gbk":  # has the machine's own letters; only our signs were missing
        assert "?" not in text
