"""`check` in its machine-readable forms, whole, for a few machines. Text is in `test_whole_outputs`.

To renew the golden files after a change that is meant: `ENVDOC_UPDATE_GOLDEN=1 python -m pytest tests/acceptance`,
then read the difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from test_whole_outputs import MACHINES, printed

from envdoc import __version__

FOLDER = Path(__file__).parent / "golden" / "forms"
CASES = ("linux-gpu-lost", "linux-t4-535", "win11-2x5060ti-576-cpu-torch")
ENDINGS = {"json": "json", "markdown": "md", "junit": "xml", "github": "txt"}


def _steady(text: str, form: str) -> str:
    """Without durations, and without the machine, which is the file that was read."""
    if form == "json":
        data = json.loads(text)
        assert data["machine"]["origin"] == "minted"
        data["machine"] = "the machine file"
        data["tool"]["version"] = "VERSION"
        for check in data["checks"]:
            assert check["seconds"] >= 0
            check["seconds"] = 0
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    return re.sub(r'time="[\d.]+"', 'time="0"', text).replace(f"envdoc {__version__}", "envdoc VERSION")


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", CASES)
def test_the_whole_form_is_as_recorded(name: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ["check", "--format", form, "--machine", str(MACHINES / f"{name}.json")]
    code, text = printed(argv, "utf-8", monkeypatch)
    assert code == {"linux-gpu-lost": 75, "linux-t4-535": 0, "win11-2x5060ti-576-cpu-torch": 1}[name]
    now = _steady(text, form)
    path = FOLDER / f"{name}.{ENDINGS[form]}"
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.{end}" for name in CASES for end in ENDINGS.values()}
