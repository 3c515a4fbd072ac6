"""Raw snapshots: recorded here, replayed to the same Machine; a probe's mistake shows; bad files are refused."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from envdoc.cli import app
from envdoc.errors import DataError
from envdoc.host.base import Usage
from envdoc.host.identity import identity_of
from envdoc.host.local import LocalHost
from envdoc.model.codec import encode
from envdoc.model.facts import Fact, known
from envdoc.model.machine import Machine, Origin
from envdoc.probe import hardware
from envdoc.rules.masks import anonymous_data
from envdoc.workflow.machine import load_snapshot
from envdoc.workflow.raw import record
from envdoc.workflow.wishes import MachineWish

WISH = MachineWish(python=sys.executable, fresh=True, thorough=True)
TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1cD3f"


class Steady(LocalHost):
    """This machine, with disks and memory that nobody else uses meanwhile."""

    def disk(self, path: str) -> Fact[Usage]:
        return known(Usage(1000, 2000), path)


@pytest.fixture(scope="module")
def recorded() -> tuple[dict[str, Any], Machine]:
    return record(Steady(), WISH)


def replay(data: dict[str, Any], folder: Path) -> Machine:
    path = folder / "raw.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return load_snapshot(LocalHost(), str(path))


def test_the_replay_is_the_snapshot(recorded: tuple[dict[str, Any], Machine], tmp_path: Path) -> None:
    data, machine = recorded
    again = encode(replay(data, tmp_path))
    told = encode(anonymous_data(machine, identity_of(LocalHost())))
    assert isinstance(again, dict)
    assert isinstance(told, dict)
    assert again.pop("origin") == Origin.RECORDED.value
    again.pop("taken"), told.pop("taken")
    told.pop("origin", None)
    assert again == told


@pytest.mark.skipif(sys.platform != "linux", reason="plants its mistake in the reader of /proc/meminfo")
def test_a_wrong_probe_is_seen_from_the_raw_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = hardware.parse_meminfo

    def wrong(*arguments: Any) -> Any:
        return {name: kib // 1000 for name, kib in right(*arguments).items()}  # KiB taken for bytes

    with monkeypatch.context() as planted:
        planted.setattr(hardware, "parse_meminfo", wrong)
        data, mistaken = record(Steady(), WISH)
    mended = replay(data, tmp_path)
    assert mistaken.hardware.memory_total_mib.value is not None
    assert mended.hardware.memory_total_mib.value is not None
    assert mended.hardware.memory_total_mib.value > 500 * mistaken.hardware.memory_total_mib.value


def test_the_command_writes_what_check_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    path = tmp_path / "raw.json"
    assert app.run(["snapshot", "--raw", "--python", sys.executable, "-o", str(path)]) == 0
    written = path.read_text(encoding="utf-8")
    assert TOKEN not in written
    assert json.loads(written)["origin"] == "recorded"
    capsys.readouterr()
    assert app.run(["check", "--machine", str(path), "--only", "python-version", "--format", "json"]) in (0, 1)
    report = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in report["checks"]] == ["python-version"]


def damaged(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The recording with one answer of each table, and each field of the head, replaced by data of another kind."""
    for name, value in data.items():
        for other in (None, 7, "text", [[]], {"why": 3}, {"why": "denied", "detail": 1}):
            yield f"{name} = {other!r}", {**data, name: other}
            if isinstance(value, dict) and value:
                first = sorted(value)[len(value) // 2]
                yield f"{name}.{first} = {other!r}", {**data, name: {**value, first: other}}
    run = copy.deepcopy(data["runs"][0]) if data.get("runs") else {"argv": ["x"]}
    for name in ("argv", "env", "stdout", "returncode", "why", "seconds"):
        for other in (7, [7], "text", {"a": 7}):
            yield f"runs[0].{name} = {other!r}", {**data, "runs": [{**run, name: other}, *data.get("runs", [])]}


def test_a_damaged_recording_is_refused_or_read(recorded: tuple[dict[str, Any], Machine], tmp_path: Path) -> None:
    """Each is one clear error with the file's name, or a Machine: never another exception."""
    small = {
        name: dict(list(value.items())[:3]) if isinstance(value, dict) and name != "ask" else value
        for name, value in recorded[0].items()
    }
    small["runs"] = small.get("runs", [])[:2]
    del small["ask"]  # the environment that was asked for is no longer in it
    ends = [outcome(data, tmp_path) for _, data in damaged(small)]
    assert {*ends} == {"read", "refused"}
    assert ends.count("refused") > 80


def outcome(data: dict[str, Any], folder: Path) -> str:
    try:
        replay(data, folder)
    except DataError as error:
        return "refused" if "raw.json" in error.message else error.message
    return "read"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": 99}, "schema 99 is not known"),
        ({"extra": 1}, "unknown field 'extra'"),
        ({"files": {"/etc/os-release": 5}}, "files: /etc/os-release: this is no answer that a machine gives"),
        ({"runs": [{"argv": "rm -rf /"}]}, "runs[0]: expected an object with argv"),
        ({"ask": {"env": 1}}, "ask: expected an object of texts"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    data = {"schema": 1, "origin": "recorded", "system": "linux", "arch": "x86_64", **change}
    with pytest.raises(DataError) as told:
        replay(data, tmp_path)
    assert says in told.value.message
