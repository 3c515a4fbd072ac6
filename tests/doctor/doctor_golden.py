"""Whole reports as JSON files in golden/: what a report says, without times and without the machine.

After a wanted change: `ENVDOC_UPDATE_GOLDEN=1 python -m pytest tests/doctor/test_doctor_golden.py`, then read
the difference in git before it is committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from envdoc.model.finding import Report, exit_code

FOLDER = Path(__file__).parent / "golden"


def said(report: Report) -> dict[str, object]:
    """A report as plain data."""
    return {
        "profile": report.profile,
        "exit_code": exit_code(report),
        "exit_code_strict": exit_code(report, strict=True),
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "summary": each.summary,
                "evidence": list(each.evidence),
                "fix": each.remediation.text,
                "commands": [f"{command.shell.value}: {command.command}" for command in each.remediation.commands],
            }
            for each in report.findings
        ],
        "next": [command.command for command in report.next_commands],
        "checks": {each.id: f"{each.status.value}: {each.reason}".rstrip(": ") for each in report.checks},
    }


def compare(report: Report, name: str) -> None:
    """The report must be what its golden file says."""
    path = FOLDER / f"{name}.json"
    now = said(report)
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        path.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert now == json.loads(path.read_text(encoding="utf-8"))
