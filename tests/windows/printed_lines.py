"""Every line that envdoc prints for a Windows shell, of the recorded Windows machines."""

from __future__ import annotations

import contextlib
import io
import json
from functools import cache
from pathlib import Path

from envdoc.cli.app import run

MACHINES = Path(__file__).parents[1] / "machines"
COMMANDS = (("check",), ("check", "--profile", "rtx50-cu128"), ("check", "--profile", "cpu"), ("resolve",))


@cache
def lines() -> tuple[tuple[str, str], ...]:
    """(`any`, `cmd` or `powershell`, the line), each once; bash's are left out."""
    found: dict[tuple[str, str], None] = {}
    for machine in sorted(MACHINES.glob("win*.json")):
        for words in COMMANDS:
            for finding in report(*words, "--machine", str(machine))["findings"]:  # type: ignore[attr-defined]
                for each in finding["remediation"]["commands"]:
                    found[each["shell"], each["command"]] = None
    return tuple(each for each in found if each[0] != "bash")


def report(*words: str) -> dict[str, object]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        run([*words, "--format", "json"])
    return dict(json.loads(out.getvalue()))


def of(*shells: str) -> tuple[str, ...]:
    return tuple(line for shell, line in lines() if shell in shells)
