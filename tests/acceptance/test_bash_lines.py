"""Every line that is printed for bash, or for any shell, on the recorded machines that have bash, read by bash.

What is printed for cmd and PowerShell: `tests/windows`.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from envdoc.cli.app import run

MACHINES = sorted((Path(__file__).parents[1] / "machines").glob("*.json"))
COMMANDS = (("check",), ("check", "--profile", "cpu"), ("resolve",))


@cache
def lines() -> tuple[str, ...]:
    """Each once, in the order in which they are met."""
    found: dict[str, None] = {}
    for machine in MACHINES:
        if machine.stem.startswith("win"):
            continue
        for words in COMMANDS:
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                run([*words, "--machine", str(machine), "--format", "json"])
            for finding in json.loads(out.getvalue())["findings"]:
                found.update((each["command"], None) for each in finding["remediation"]["commands"])
    return tuple(found)


def refused(text: str) -> str:
    """What bash says against a text that it reads and does not run."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr


def test_bash_reads_every_line() -> None:
    if not shutil.which("bash"):
        pytest.skip("no bash")
    assert refused("echo 'a\n"), "a broken line is refused"
    if refused("\n".join(lines())):
        assert {line: said for line in lines() if (said := refused(line))} == {}
    assert len(lines()) > 15
    print(f"{len(lines())} lines read by bash")
