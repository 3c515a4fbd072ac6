"""A whole machine, recorded while it is probed, is probed again from the recording and comes out the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from envdoc.host.base import Usage
from envdoc.host.local import LocalHost
from envdoc.host.recorded import RecordedHost
from envdoc.host.recording import RecordingHost
from envdoc.model.codec import encode
from envdoc.model.facts import Fact, known
from envdoc.model.value import replace
from envdoc.probe import Ask, collect


class _Steady(LocalHost):
    """This machine, with disks that nobody else writes to meanwhile."""

    def disk(self, path: str) -> Fact[Usage]:
        return known(Usage(1000, 2000), path)


def test_a_replayed_probe_gives_the_same_machine(tmp_path: Path) -> None:
    ask = Ask(python=sys.executable, fresh=True)
    recording = RecordingHost(_Steady())
    machine = collect(recording, ask)
    replay = RecordedHost(json.loads(json.dumps(recording.data())))
    again = replace(collect(replay, ask), taken=machine.taken)  # a second may have passed
    assert encode(again) == encode(machine)
    assert replay.unmatched == []
