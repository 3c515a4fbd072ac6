"""One question put to every kind of host, and programs to run."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from host_helpers import Ask

from envdoc.host.base import Host
from envdoc.host.local import LocalHost
from envdoc.host.recorded import RecordedHost
from envdoc.host.recording import RecordingHost


def _local(question: Callable[[Host], Any]) -> Any:
    return question(LocalHost())


def _recording(question: Callable[[Host], Any]) -> Any:
    return question(RecordingHost(LocalHost()))


def _recorded(question: Callable[[Host], Any]) -> Any:
    recording = RecordingHost(LocalHost())
    question(recording)
    replay = RecordedHost(json.loads(json.dumps(recording.data())))
    answer = question(replay)
    assert replay.unmatched == []
    return answer


@pytest.fixture(params=[_local, _recording, _recorded], ids=["local", "recording", "recorded"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Puts a question to a host of each kind; the tests that use it are the contract of all hosts."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], list[str]]:
    """A Python program as a command."""

    def write(source: str) -> list[str]:
        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return [sys.executable, str(path)]

    return write
