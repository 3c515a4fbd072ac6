"""Whatever stands where a file of envdoc's should be: refused or replaced in a moment, and never an accident."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from installer_kit import World, make_environment, plan_of

from envdoc import installer
from envdoc.cli.app import run
from envdoc.errors import EnvdocError
from envdoc.installer import safefile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and sockets of a file system")
NAMES = (
    *("lock", "journal.jsonl", "state.json", "state.json.new", "written.jsonl", "theirs.json", "theirs.json.new"),
    *(
        "going.json",
        "installed.json",
        "wish.json",
        "variables.json",
        "steps",
        "steps/torch",
        "logs",
        "logs/torch.log",
    ),
    *("steps/torch/pyproject.toml", "backup", "backup/manifest.jsonl", "backup/complete.json", "putting-back"),
)


def folder(path: Path) -> None:
    path.mkdir()
    (path / "diary").write_text("mine")


def unix_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path has at most 107 letters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


KINDS: dict[str, Callable[[Path], None]] = {
    "a folder": folder,
    "a pipe": lambda path: os.mkfifo(path),  # Windows has none
    "a socket": unix_socket,
    "a link to itself": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_plain_file_holds_nothing(tmp_path: Path, kind: str) -> None:
    KINDS[kind](tmp_path / "state.json")
    assert safefile.read(tmp_path / "state.json") is None
    assert safefile.tail(tmp_path / "state.json", 10) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_work_goes_on_or_is_refused(world: World, name: str, kind: str) -> None:
    place = world.root / ".envdoc" / name
    place.parent.mkdir(parents=True)
    KINDS[kind](place)
    codes = []
    for work in (lambda: world.execute(plan_of(world.root)), lambda: installer.remove(world.host, str(world.root))):
        try:
            work()
        except EnvdocError as error:
            codes.append(error.code)
    known = {"envdoc-folder-unsafe", "environment-not-writable", "environment-not-ours", "environment-busy"}
    assert set(codes) <= known


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["journal.jsonl", "state.json", "variables.json", "wish.json", "installed.json"])
def test_looking_at_it_is_no_accident(tmp_path: Path, name: str, kind: str) -> None:
    make_environment(tmp_path)
    (tmp_path / ".envdoc").mkdir()
    KINDS[kind](tmp_path / ".envdoc" / name)
    for argv in (["history"], ["env"], ["check", "--only", "torch-build"], ["rollback", "--yes"]):
        assert run([*argv, "--env", str(tmp_path)]) in (0, 1, 2)
