"""Power loss on a file system that keeps no order: what was done to folders since their last sync may be lost or
kept, each by itself. Renames are atomic; what follows on something lost (another change of the same name, anything
in a folder whose making is lost) is lost too. Of files that were not synced the newest content is lost.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layer import Layer

Inode = tuple[int, int]
Name = tuple[Inode, str]  # an entry: the folder that it stands in, and its name


@dataclass(frozen=True)
class Change:
    """One change of folders. `kept`: where what it took away lies now; `made`: the folder that it made."""

    kind: str  # create, mkdir, unlink, rmdir, rename
    names: tuple[Name, ...]  # of a rename: from, to
    kept: Path | None = None
    made: Inode | None = None
    mode: int = 0o755

    @property
    def synced_by(self) -> Inode:
        return self.names[-1][0]


class Reordered(Layer):
    """`share`: which part of the changes is chosen to be lost; 0 chooses a single one."""

    def __init__(self, host: Any, at: int, root: Path, share: float) -> None:
        super().__init__(host, "power", at)
        self.root, self.share = root, share
        self.limbo = root.parent / "limbo"
        shutil.rmtree(self.limbo, ignore_errors=True)
        self.limbo.mkdir()
        self.pending: list[Change] = []
        self.lost = 0
        self.folders: dict[int, Inode] = {}  # handles of folders
        self.number = 0

    def __enter__(self) -> Reordered:
        super().__enter__()
        self.real["sync"] = os.sync
        os.sync = self._all_synced  # type: ignore[assignment]
        return self

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        if self.dead:
            self._lose()
        shutil.rmtree(self.limbo, ignore_errors=True)

    def _all_synced(self) -> None:
        self._hit("sync")
        self.pending.clear()
        self.unsynced.clear()

    def _opening(self, path: Any, flags: int, *args: Any, **more: Any) -> int:
        makes = flags & os.O_CREAT and not self.asleep and self._is_ours(path) and not os.path.lexists(path)
        handle = super()._opening(path, flags, *args, **more)
        self.folders.pop(handle, None)
        told = os.fstat(handle)
        if stat.S_ISDIR(told.st_mode):
            self.folders[handle] = (told.st_dev, told.st_ino)
        elif makes:
            self.pending.append(Change("create", (_name(Path(os.fspath(path))),)))
        return handle

    def _guarded(self, name: str) -> Callable[..., Any]:
        call = super()._guarded(name)

        def tracked(*args: Any, **more: Any) -> Any:
            if self.asleep or self.dead:
                return call(*args, **more)
            change = self._prepared(name, args, more)
            answer = call(*args, **more)
            if name == "fsync" and args[0] in self.folders:
                self._folder_synced(self.folders[args[0]])
            elif name == "mkdir" and change:
                told = _path(args, more).lstat()
                change = Change("mkdir", change.names, made=(told.st_dev, told.st_ino))
            if change:
                self.pending.append(change)
            return answer

        return tracked

    def _is_ours(self, path: Any) -> bool:
        text = os.fspath(path)
        return isinstance(text, str) and (text == str(self.root) or text.startswith(f"{self.root}/"))

    def _prepared(self, name: str, args: tuple[Any, ...], more: dict[str, Any]) -> Change | None:
        if name not in ("rename", "replace", "unlink", "rmdir", "mkdir", "link", "symlink"):
            return None
        path = _path(args[1:] if name in ("rename", "replace", "link", "symlink") else args, more)
        if not self._is_ours(path) or not path.parent.is_dir():
            return None
        names = (_name(path),)
        if name in ("rename", "replace"):
            source = Path(os.fspath(args[0]))
            return Change("rename", (_name(source), *names), self._aside(path)) if os.path.lexists(source) else None
        if name in ("link", "symlink", "mkdir"):
            return None if os.path.lexists(path) else Change("mkdir" if name == "mkdir" else "create", names)
        if not os.path.lexists(path):
            return None
        told = path.lstat()
        if name == "rmdir":
            return Change("rmdir", names, made=(told.st_dev, told.st_ino), mode=stat.S_IMODE(told.st_mode))
        return Change("unlink", names, self._aside(path))

    def _aside(self, path: Path) -> Path | None:
        """Another name of what is about to lose its own."""
        if not os.path.lexists(path) or (path.is_dir() and not path.is_symlink()):
            return None
        self.number += 1
        self.real["link"](path, self.limbo / str(self.number), follow_symlinks=False)
        return self.limbo / str(self.number)

    def _folder_synced(self, folder: Inode) -> None:
        """What was done in it is on the disk, and all that this follows on."""
        sure: set[int] = set()
        for place in range(len(self.pending) - 1, -1, -1):
            change = self.pending[place]
            if change.synced_by == folder or any(_follows(self.pending[later], change) for later in sure):
                sure.add(place)
        self.pending = [change for place, change in enumerate(self.pending) if place not in sure]

    def _lose(self) -> None:
        rng = random.Random(f"{self.at} {self.share}")
        if not self.pending:
            return
        single = rng.randrange(len(self.pending))
        lost: list[int] = []
        for place, change in enumerate(self.pending):
            chosen = rng.random() < self.share if self.share else place == single
            if chosen or any(_follows(change, self.pending[earlier]) for earlier in lost):
                lost.append(place)
        self.lost = len(lost)
        where = self._places()
        for place in reversed(lost):
            with contextlib.suppress(FileNotFoundError, KeyError, NotADirectoryError):
                self._undo(self.pending[place], where)
                if self.pending[place].kind in ("rename", "rmdir"):
                    where = {**self._moved(where), **{inode: path for inode, path in where.items() if path.exists()}}

    def _places(self) -> dict[Inode, Path]:
        every = [self.root.parent, self.root, *(path for path in self.root.rglob("*") if path.is_dir())]
        return {(told.st_dev, told.st_ino): path for path in every if path.exists() and (told := path.lstat())}

    def _moved(self, where: dict[Inode, Path]) -> dict[Inode, Path]:
        """Where the known folders are now. A folder that was made again may have the number of one that is gone: it
        is not that one."""
        return {inode: path for inode, path in self._places().items() if inode in where}

    def _undo(self, change: Change, where: dict[Inode, Path]) -> None:
        paths = [where[inode] / name for inode, name in change.names]
        if change.kind == "create":
            paths[0].unlink()
        elif change.kind == "mkdir":
            shutil.rmtree(paths[0])
        elif change.kind == "rmdir":
            paths[0].mkdir(mode=change.mode)
            assert change.made is not None
            where[change.made] = paths[0]
        elif change.kind == "rename":
            paths[1].rename(paths[0])
        if change.kept is not None:
            change.kept.rename(paths[-1])


def _follows(later: Change, earlier: Change) -> bool:
    within = earlier.kind == "mkdir" and any(inode == earlier.made for inode, _ in later.names)
    return within or bool({*later.names} & {*earlier.names})


def _name(path: Path) -> Name:
    told = path.parent.stat()
    return (told.st_dev, told.st_ino), path.name


def _path(args: tuple[Any, ...], more: dict[str, Any]) -> Path:
    """As an absolute path: `rmtree` names what it removes by the handle of its folder."""
    handle = more.get("dir_fd")
    path = Path(os.fspath(args[0]))
    return path if handle is None else Path(os.readlink(f"/proc/self/fd/{handle}")) / path  # noqa: PTH115
