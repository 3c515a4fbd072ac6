"""Many snapshots in groups: what distinguishes them, and what a thousand cost."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from snapshots import write

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.workflow.many import many


def test_the_outliers_come_first_with_what_distinguishes_them(tmp_path: Path) -> None:
    planted = write(tmp_path / "many", 60, packages=20)
    told = many(LocalHost(), str(tmp_path / "many"))
    assert [len(group.files) for group in told.groups] == [1, 2, 57]
    for group in told.groups[:-1]:
        (difference,) = group.differences
        assert {planted[file] for file in group.files} == {difference.fact}
    assert told.groups[-1].differences == ()
    assert (told.groups[0].differences[0].value, told.groups[0].differences[0].usual) == ("9.9", "1.3.0")


def test_a_file_that_is_no_snapshot_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path / "many", 3, packages=5)
    for name, text in {"a.json": "", "b.json": "[]", "c.json": '{"schema": 99}', "d.json": "[" * 100_000}.items():
        (tmp_path / "many" / name).write_text(text)
    (tmp_path / "many" / "e.json").write_text(json.dumps({"os": {"system": "linux", "arch": 7}}))
    (tmp_path / "many" / "notes.txt").write_text("not looked at")
    told = many(LocalHost(), str(tmp_path / "many"))
    assert [file for file, _ in told.unread] == ["a.json", "b.json", "c.json", "d.json", "e.json"]
    assert sum(len(group.files) for group in told.groups) == 3


def test_what_is_no_folder_of_snapshots_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError):
            many(LocalHost(), str(folder))
    for number in range(1001):
        (tmp_path / f"{number}.json").touch()
    with pytest.raises(UsageError, match="1001 snapshots, 1000 at most"):
        many(LocalHost(), str(tmp_path))


@pytest.mark.real
def test_a_thousand_snapshots_cost_seconds_and_little_memory(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="only POSIX tells the peak memory of a process this way")
    write(tmp_path / "many", 1000)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    told = many(LocalHost(), str(tmp_path / "many"))
    seconds = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    assert [len(group.files) for group in told.groups] == [1, 20, 979]
    print(f"\n1000 snapshots: {seconds:.1f} s of CPU, {grown} MiB more")
    assert seconds < 20
    assert grown < 100
