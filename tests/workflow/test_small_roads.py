"""Roads of the workflow that have one decision each."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.model.codec import decode, encode
from envdoc.model.facts import Why, known, missing
from envdoc.model.finding import Shell
from envdoc.model.machine import Machine, Origin, System, Target, TargetKind
from envdoc.model.value import replace
from envdoc.workflow import environment, mend, undo
from envdoc.workflow.machine import load_snapshot
from envdoc.workflow.wishes import MachineWish

FILE = Path(__file__).parent.parent / "machines" / "linux-t4-535.json"
MACHINE = decode(Machine, json.loads(FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("origin", "read"),
    [(Origin.PROBED, Origin.RECORDED), (Origin.RECORDED, Origin.RECORDED), (Origin.MINTED, Origin.MINTED),
     (Origin.WHAT_IF, Origin.WHAT_IF)],
)  # fmt: skip
def test_a_snapshot_is_never_this_machine_now(origin: Origin, read: Origin, tmp_path: Path) -> None:
    path = tmp_path / "machine.json"
    path.write_text(json.dumps(encode(replace(MACHINE, origin=origin))), encoding="utf-8")
    assert load_snapshot(LocalHost({}), str(path)).origin is read


def judged(monkeypatch: pytest.MonkeyPatch, target: Target) -> None:
    monkeypatch.setattr(mend, "obtain", lambda host, wish: replace(MACHINE, target=target))


@pytest.mark.parametrize(
    ("marker", "adopt"), [({"state": "usable"}, False), ({"state": "failed"}, False), ({}, True)]
)
def test_fix_adopts_what_envdoc_did_not_make(
    marker: dict[str, str], adopt: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = known(marker) if marker else missing(Why.ABSENT, "state.json")  # type: Any
    judged(monkeypatch, Target(TargetKind.VENV, "/v", marker=fact))
    wish = mend.mending(LocalHost({}), MachineWish(), "rtx20", adopt=adopt)
    assert (wish.adopt, wish.environment, wish.wish.profile) == (adopt, "/v", "rtx20")
    assert mend.mending(LocalHost({}), MachineWish(), "", adopt=adopt).wish.profile == "auto"


@pytest.mark.parametrize("kind", [TargetKind.SYSTEM, TargetKind.NONE])
def test_fix_changes_no_python_of_the_system(kind: TargetKind, monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, Target(kind, "/usr"))
    with pytest.raises(UsageError):
        mend.mending(LocalHost({}), MachineWish(), "")


def test_rollback_restores_and_remove_removes(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr("envdoc.installer.remove", lambda *_: called.append("remove"))
    monkeypatch.setattr("envdoc.installer.rollback", lambda *_: called.append("rollback"))
    undo.rollback(LocalHost({}), "/v")
    undo.rollback(LocalHost({}), "/v", remove=True)
    assert called == ["rollback", "remove"]


def test_quotes_of_a_value_stay_in_its_line() -> None:
    """A quote ends the word in PowerShell unless it is doubled; bash has shlex."""
    lines = environment._lines(System.WINDOWS, r"C:\it's here", {"HF_HOME": "D:\\o'hub"}, ())
    assert lines[Shell.POWERSHELL] == ("$env:HF_HOME = 'D:\\o''hub'", r"& 'C:\it''s here\Scripts\Activate.ps1'")
    bash = environment._lines(System.LINUX, "/it's", {"X": "a'b"}, ())[Shell.BASH]
    assert [shlex.split(line) for line in bash] == [["export", "X=a'b"], [".", "/it's/bin/activate"]]
