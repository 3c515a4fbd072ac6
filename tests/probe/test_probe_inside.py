"""The script that runs inside a target Python, in real interpreters."""

from __future__ import annotations

import platform
import struct
import sys
from pathlib import Path

import pytest
from probe_machines import recorded

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why
from envdoc.model.machine import PythonKind
from envdoc.probe import inside, target
from envdoc.probe.ask import Ask
from envdoc.probe.memory import memory
from envdoc.probe.python_info import describe


def test_our_own_interpreter_agrees_with_its_files() -> None:
    by_files = describe(LocalHost(), sys.executable)
    told = inside.ask(LocalHost(), by_files)
    assert told is not None
    assert told.python.version == by_files.version == platform.python_version()
    assert told.python.bits == by_files.bits == struct.calcsize("P") * 8
    assert told.python.headers.value == by_files.headers.value
    assert told.prefix == sys.prefix


INSTALLED = sorted(str(path) for path in (Path.home() / ".pyenv" / "versions").glob("3.*/bin/python"))
USUAL = sys.executable if sys.platform == "win32" else "/usr/bin/python3"


@pytest.mark.parametrize("path", INSTALLED or [USUAL])
def test_files_and_interpreters_agree(path: str) -> None:
    host = LocalHost()
    by_files = describe(host, path)
    if not host.stat(path).known:
        pytest.skip(f"no {path} on this machine")
    told = inside.ask(host, by_files)
    assert told is not None
    assert (told.python.version, told.python.bits) == (by_files.version, by_files.bits)


ELF = "\x7fELF"
VERSION = "/odd/site-packages/torch/version.py"
FIRST = f"script: {inside.SCRIPT.strip().splitlines()[0]}"
ANSWER = (
    '{"version": "3.12.10", "bits": 64, "prefix": "/odd", "implementation": "cpython", "headers": false, '
    '"include": "/odd/i", "managed": false, "threaded": false, "sites": ["/odd/site-packages"]}\n'
)


def test_a_layout_that_files_do_not_explain() -> None:
    run = {"argv": ["/odd/bin/python", "-I", "-S", "-c", FIRST], "stdout": ANSWER}
    host = recorded(files={"/odd/bin/python": ELF, VERSION: "__version__ = '2.8.0'\n"}, runs=[run])
    told = target.probe(host, target.choose(host, Ask(python="/odd/bin/python")))
    assert told.python.value is not None
    assert (told.python.value.version, told.python.value.kind, told.prefix) == ("3.12.10", PythonKind.PATH, "/odd")
    assert told.torch.value is not None
    assert told.torch.value.version == "2.8.0"


def test_a_script_named_python_is_not_started() -> None:
    """A wrapper may do anything; the strict host fails on any program that is started."""
    host = recorded(files={"/odd/bin/python": "#!/bin/sh\nexec something"}, runs=[])
    told = target.probe(host, target.choose(host, Ask(python="/odd/bin/python")))
    assert told.python.value is not None
    assert told.python.value.version == ""


def test_nothing_of_the_environment_runs_when_its_python_is_asked(tmp_path: Path) -> None:
    import subprocess

    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "e")], check=True, timeout=60)
    python = next(path for path in (tmp_path / "e/bin/python", tmp_path / "e/Scripts/python.exe") if path.exists())
    site = next((tmp_path / "e").rglob("site-packages"))
    ran = tmp_path / "ran"
    (site / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n")
    (site / "sitecustomize.py").write_text(f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n")
    told = inside.ask(LocalHost(), describe(LocalHost(), str(python)))
    assert told is not None
    assert (told.prefix, told.sites) == (str(tmp_path / "e"), (str(site),))
    assert not ran.exists()


def test_an_interpreter_that_does_not_answer() -> None:
    host = recorded(files={"/odd/bin/python": "\x7fELF"})
    told = target.probe(host, target.choose(host, Ask(python="/odd/bin/python")))
    assert told.python.value is not None
    assert told.python.value.version == ""
    assert told.packages.detail == "no site-packages"


def test_windows_memory_by_its_own_call() -> None:
    host = recorded("windows", memory={"GlobalMemoryStatusEx": {"free_mib": 32768, "total_mib": 65536}})
    assert [fact.value for fact in memory(host)] == [65536, 32768]
    refused = {"GlobalMemoryStatusEx": {"why": "failed", "detail": "Insufficient system resources"}}
    for each in (refused, {}):
        told = memory(recorded("windows", memory=each))
        assert [(fact.value, fact.why) for fact in told] == [(None, Why.FAILED if each else Why.ABSENT)] * 2
