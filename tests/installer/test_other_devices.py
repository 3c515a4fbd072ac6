"""Where a folder cannot be renamed: an environment in a lower layer of a container's file system, or with something
mounted in it. The way back is whole there too, killed anywhere."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from trials import MODES, Bench, adopt, disturbed, picture, remove, rollback, theirs, trial

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="EXDEV is POSIX'")


def refusing(real: Callable[..., Any], refuse: Callable[[str, str], bool]) -> Callable[..., Any]:
    def call(source: Any, target: Any, **more: Any) -> Any:
        if refuse(os.fspath(source), os.fspath(target)):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), source, None, target)
        return real(source, target, **more)

    return call


def a_layer(source: str, _target: str) -> bool:
    """overlayfs renames no folder that came with the image."""
    return Path(source).is_dir() and Path(source).name != "backup.new"


def a_mount(source: str, target: str) -> bool:
    """site-packages is a mount point."""
    return ("/site-packages/" in source) != ("/site-packages/" in target)


@pytest.fixture(params=[a_layer, a_mount], ids=["layer", "mount"])
def bench(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    for name in ("rename", "replace", "link"):
        if name != "link" or request.param is a_mount:
            monkeypatch.setattr(os, name, refusing(getattr(os, name), request.param))
    return made


@pytest.mark.parametrize("name", ["adopt", "rollback", "remove"])
def test_the_way_back_is_whole(bench: Bench, name: str) -> None:
    bench.begin(name)
    how, _ = disturbed(bench, name, "", 0)
    assert (how, picture(bench.root)) == ("done", bench.finished[name])
    if name == "adopt":
        rollback(bench.root)
        assert picture(bench.root) == bench.original


@pytest.mark.parametrize("name", ["rollback", "remove"])
def test_and_killed_anywhere_too(bench: Bench, name: str) -> None:
    bench.begin(name)
    _, total = disturbed(bench, name, "", 0)
    for mode in MODES:
        for at in {*range(1, total + 1, 7), *range(max(total - 4, 1), total + 1)}:
            trial(bench, name, mode, at)
    assert bench.failures == []


@pytest.fixture
def layered(tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Each call makes what lies in the environment's folder the lower layer of a new container."""
    places = [tmp_path / "image"]
    places[0].mkdir()

    def next_container() -> Path:
        here = tmp_path / f"container{len(places)}"
        upper, work = tmp_path / f"u{len(places)}", tmp_path / f"w{len(places)}"
        for each in (here, upper, work):
            each.mkdir()
        lower = tmp_path / f"lower{len(places)}"
        subprocess.run(["cp", "-a", str(places[-1]), str(lower)], check=True)
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"
        argv = ["mount", "-t", "overlay", "overlay", "-o", options, str(here)]
        if subprocess.run(argv, capture_output=True, check=False).returncode:
            pytest.skip("mounting an overlay needs root and a kernel that has it")
        places.append(here)
        return here

    yield next_container
    for place in places[1:]:
        subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_adopted_in_an_image_and_given_back_in_a_container(layered: Callable[[], Path]) -> None:
    root = layered() / "env"
    theirs(root)
    before = picture(root)
    root = layered() / "env"
    assert adopt(root)
    root = layered() / "env"
    rollback(root)
    assert picture(root) == before
    assert not (root / ".envdoc/backup").exists()
    with pytest.raises(Exception, match="did not make"):
        remove(root)
