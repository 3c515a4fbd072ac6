"""One program, run to its end or killed with its children. Never a shell, never without a time limit.

Two threads read the pipes and one waits for the end; all three report into one queue, which the caller's
thread empties. So nothing polls, `on_line` is called in the caller's own thread, and a grandchild that keeps
the pipes open can not hold us.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from envdoc.host import batch, children, signals
from envdoc.host.base import Completed, Input
from envdoc.host.decode import Lines, decode
from envdoc.host.threads import Begun
from envdoc.model.facts import Why

_KEEP = 16 << 20  # bytes of each stream that are kept; of more, the end
_AHEAD = 4096  # lines that are read before they are taken
_DRAIN = 0.3  # seconds without a word, once the program has ended, after which somebody else holds its pipes
_LATE = 10.0  # seconds at most for what it had said and nobody had taken yet
_SLICE = 0.1  # Windows does not interrupt a wait for Ctrl-C: wait in slices


# Programs that run now. They have sessions of their own, so whatever ends us would leave them behind.
_NOW: set[int] = set()


def _kill_what_still_runs() -> None:
    for pid in tuple(_NOW):
        children.kill_tree(pid)


atexit.register(_kill_what_still_runs)
signals.at_stop(_kill_what_still_runs)


# What was started, for whoever asks `-v`: a doctor says what it ran.
STARTED: list[tuple[tuple[str, ...], float]] = []


class _Running:
    """A started program and what it has said so far."""

    def __init__(
        self, process: subprocess.Popen[bytes], pages: tuple[str, ...], on_line: Callable[[str], None] | None
    ) -> None:
        self.process = process
        self.pages = pages
        self.on_line = on_line
        self.events: queue.SimpleQueue[str | None] = queue.SimpleQueue()  # a line; None: look again
        self.room = threading.Semaphore(_AHEAD)  # lines that may wait to be taken
        self.output = (bytearray(), bytearray())
        self.closed: list[str] = []  # the pipes that have ended
        self.ended = False
        self.stop = False


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str],
    cwd: str | None = None,
    stdin: str | Input | None = None,
    on_line: Callable[[str], None] | None = None,
    pages: tuple[str, ...] = (),
) -> Completed:
    """Run `argv` with exactly the environment `env`; see `Host.run`.

    Raises:
        KeyboardInterrupt, and whatever `on_line` raises: after the program and its children were killed.
    """
    start = time.monotonic()
    try:
        with signals.held():  # a program that runs and is not noted would outlive us
            process = _start(argv, env, cwd, stdin)
            _NOW.add(process.pid)
    except (OSError, ValueError) as error:
        why, detail = _reason(error, cwd)
        return Completed(tuple(argv), None, why=why, detail=detail, seconds=time.monotonic() - start)
    running = _Running(process, pages, on_line)
    _start_threads(running, stdin)
    in_time = _supervise(running, start + timeout)
    STARTED.append((tuple(argv), time.monotonic() - start))
    return _completed(running, argv, in_time, timeout, time.monotonic() - start)


def _supervise(running: _Running, deadline: float) -> bool:
    """Whether the program ended before `deadline`; where not, or where anything is raised, it is killed."""
    try:
        in_time = _until_ended(running, deadline)
        if not in_time:
            children.kill_tree(running.process.pid)
            _until_ended(running, time.monotonic() + _DRAIN)
    except BaseException:
        children.kill_tree(running.process.pid)
        raise
    finally:
        running.stop = True
    return in_time


def _start(
    argv: Sequence[str], env: Mapping[str, str], cwd: str | None, stdin: str | Input | None
) -> subprocess.Popen[bytes]:
    windows_batch = sys.platform == "win32" and batch.is_batch(argv[0])
    process: subprocess.Popen[bytes] = subprocess.Popen(
        batch.command_line(argv) if windows_batch else list(argv),
        env=dict(env),
        cwd=cwd,
        stdin=_stdin(stdin),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # a buffer would be flushed again when it is closed, into a pipe that may be broken
        **children.popen_options(),  # type: ignore[call-overload]
    )
    children.hold(process)
    return process


def _stdin(stdin: str | Input | None) -> int | None:
    return subprocess.PIPE if isinstance(stdin, str) else None if stdin is Input.OURS else subprocess.DEVNULL


def _reason(error: OSError | ValueError, cwd: str | None) -> tuple[Why, str]:
    """Why a program did not start, without its path: the caller knows what it asked for."""
    # Windows names no file: ERROR_DIRECTORY (267) is a folder that is not there, or longer than 258 characters
    if cwd is not None and (getattr(error, "filename", None) == cwd or getattr(error, "winerror", None) == 267):
        return Why.FAILED, f"cannot start in {cwd}: {getattr(error, 'strerror', '')}"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Why.ABSENT, error.strerror or "not found"
    if isinstance(error, PermissionError):
        return Why.DENIED, error.strerror or "permission denied"
    return Why.FAILED, getattr(error, "strerror", None) or str(error)


def _start_threads(running: _Running, stdin: str | Input | None) -> None:
    process = running.process
    jobs: list[tuple[Callable[..., None], tuple[object, ...]]] = [
        (_read, (running, process.stdout, running.output[0])),
        (_read, (running, process.stderr, running.output[1])),
        (_wait, (running,)),
    ]
    if isinstance(stdin, str):
        jobs.append((_write, (process.stdin, stdin.encode("utf-8", "surrogateescape"))))
    for target, args in jobs:
        Begun(target, *args)


def _wait(running: _Running) -> None:
    running.process.wait()
    children.let_go(running.process.pid)
    _NOW.discard(running.process.pid)
    running.ended = True
    running.events.put(None)


def _write(pipe: IO[bytes], data: bytes) -> None:
    with pipe, contextlib.suppress(OSError):  # the program may end, or close its input, before it has read all
        while data:
            data = data[pipe.write(data) :]


def _read(running: _Running, pipe: IO[bytes], kept: bytearray) -> None:
    lines = Lines(running.pages)
    with pipe:
        while not running.stop and (data := _next(running, pipe.fileno())):
            kept += data
            if len(kept) > 2 * _KEEP:
                del kept[:-_KEEP]
            if running.on_line:
                for line in lines.feed(data):
                    _offer(running, line)
    if running.on_line:
        for line in lines.close():
            _offer(running, line)
    running.closed.append("pipe")
    running.events.put(None)


def _offer(running: _Running, line: str) -> None:
    """A program that prints faster than its lines are taken is held up, as by any pipe: memory stays bounded."""
    while not running.room.acquire(timeout=_SLICE):
        if running.stop:
            return
    running.events.put(line)


def _next(running: _Running, fd: int) -> bytes:
    """The next bytes of a pipe; b"" at its end, or when nobody waits for them any more."""
    if sys.platform != "win32":
        import select

        ready = select.poll()
        ready.register(fd, select.POLLIN)
        while not ready.poll(100):
            if running.stop:
                return b""
    return os.read(fd, 1 << 16)


def _until_ended(running: _Running, deadline: float) -> bool:
    """Hand on lines until the program has ended and its pipes are closed; False where `deadline` passes first."""
    limit, last = deadline, 0.0
    while True:
        now = time.monotonic()
        if running.ended and not last:
            limit, last = now + _DRAIN, now + _LATE
        if running.ended and len(running.closed) == 2 and running.events.empty():
            return True
        if now >= limit:
            return running.ended
        try:
            line = running.events.get(timeout=min(limit - now, _SLICE))
        except queue.Empty:
            continue
        if line is not None and running.on_line:
            running.room.release()
            running.on_line(line)
        if last:
            limit = min(time.monotonic() + _DRAIN, last)


def _completed(running: _Running, argv: Sequence[str], in_time: bool, timeout: float, seconds: float) -> Completed:
    stdout, stderr = (decode(bytes(kept), running.pages) for kept in running.output)
    if in_time:
        return Completed(tuple(argv), running.process.returncode, stdout, stderr, seconds=seconds)
    detail = f"killed after {timeout:g} s"
    if not running.ended:  # uninterruptible sleep inside a driver
        detail = f"no answer in {timeout:g} s, and it could not be killed"
    return Completed(tuple(argv), None, stdout, stderr, Why.TIMED_OUT, detail, seconds)
