"""A layer between the installer and the system: any call that writes can be the last one, fail once, be the one
before the power goes, or the one in which Ctrl-C comes. Counts only envdoc's own calls, not those of the engine that
a fake host stands for.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from envdoc.host.base import Completed

WRITING = ("rename", "replace", "unlink", "rmdir", "mkdir", "link", "symlink", "fsync", "chmod", "utime", "write")


class Killed(BaseException):
    """What a SIGKILL is to the code: nothing catches it, nothing runs after it."""


class Layer:
    """Patches `os` while it is entered. `at`: the number of the call that `mode` hits; 0: none."""

    def __init__(self, host: Any, mode: str = "", at: int = 0) -> None:
        self.host, self.mode, self.at = host, mode, at
        self.count = 0
        self.asleep = 0
        self.dead = False
        self.due = False
        self.open: dict[int, str] = {}  # handles that may write
        self.unsynced: dict[str, int] = {}  # files whose newest content may not be on the disk: what is, in bytes
        self.real: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> Layer:
        for name in (*WRITING, "open"):
            self.real[name] = getattr(os, name)
            setattr(os, name, self._opening if name == "open" else self._guarded(name))
        run = self.host.run

        def engine(*args: Any, **more: Any) -> Completed:
            self.asleep += 1
            try:
                return run(*args, **more)
            finally:
                self.asleep -= 1

        self.host.run = engine
        return self

    def __exit__(self, *_: object) -> None:
        for name, function in self.real.items():
            setattr(os, name, function)
        del self.host.run
        if self.mode == "power" and self.dead:
            for path, size in self.unsynced.items():
                if Path(path).is_file():
                    os.truncate(path, size)

    def _hit(self, name: str) -> None:
        if self.asleep:
            return
        if self.dead:  # a `finally` after the kill: in truth it does not run
            raise Killed
        self.count += 1
        if self.count != self.at:
            return
        if self.mode == "signal":  # a handler runs when the call has returned
            self.due = True
            return
        if self.mode == "fault":
            code = errno.ENOSPC if name in ("write", "mkdir", "link", "symlink", "open") else errno.EIO
            raise OSError(code, os.strerror(code))
        if self.mode:
            self.dead = True
            raise Killed

    def _opening(self, path: Any, flags: int, *args: Any, **more: Any) -> int:
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        if writes:
            self._hit("open")
        handle: int = self.real["open"](path, flags, *args, **more)
        self.open.pop(handle, None)
        if writes:
            self.open[handle] = os.fspath(path)
        self._interrupt()
        return handle

    def _interrupt(self) -> None:
        if self.due:
            self.due = False
            raise KeyboardInterrupt

    def _guarded(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if name == "write" and args[0] not in self.open:
                return self.real[name](*args, **more)
            self._hit(name)
            self._note(name, args)
            answer = self.real[name](*args, **more)
            self._interrupt()
            return answer

        return call

    def _note(self, name: str, args: tuple[Any, ...]) -> None:
        if name == "write":
            self.unsynced.setdefault(self.open[args[0]], os.fstat(args[0]).st_size)
        elif name == "fsync" and args[0] in self.open:
            self.unsynced.pop(self.open[args[0]], None)
        elif name in ("rename", "replace") and os.fspath(args[0]) in self.unsynced:
            self.unsynced[os.fspath(args[1])] = self.unsynced.pop(os.fspath(args[0]))


@contextmanager
def counted(host: Any) -> Iterator[Layer]:
    with Layer(host) as layer:
        yield layer
