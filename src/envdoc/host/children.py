"""Ending a process with all that it started.

On POSIX a program runs in its own session, so one signal reaches its whole process group; children that left
the group are found through /proc. On Windows a job object holds the tree (`winjob`); where there is none,
`taskkill /T` walks it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

from envdoc.model.value import dataclass

if sys.platform == "win32":
    from envdoc.host import winjob

    _JOBS: dict[int, winjob.Job] = {}  # by the process's number

TERM_GRACE = 0.3  # seconds between "please stop" and "stop"


@dataclass(frozen=True, slots=True)
class Member:
    """A process, told apart from a later one with the same number by its start time (clock ticks)."""

    pid: int
    parent: int
    session: int
    started: str


def popen_options() -> dict[str, object]:
    """How to start a process so that `kill_tree` can end all of it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def hold(process: subprocess.Popen[bytes]) -> None:
    """Keep hold of a process just started, and of all that it will start. On POSIX its session does."""
    if sys.platform == "win32":
        job = winjob.around(int(process._handle))  # type: ignore[attr-defined]
        if job:
            _JOBS[process.pid] = job


def let_go(pid: int) -> None:
    """The process has ended by itself: what it left running is not ours to end."""
    if sys.platform == "win32":
        job = _JOBS.pop(pid, None)
        if job:
            job.release()


def kill_tree(pid: int) -> None:
    """End process `pid`, started with `popen_options`, and everything below it. Takes about 0.3 s at most."""
    if sys.platform == "win32":
        job = _JOBS.get(pid)
        if job:
            job.end()
        else:
            _taskkill(pid)
    else:
        members = family(pid)
        _signal_all(pid, members, signal.SIGTERM)
        _wait_until_gone(pid, members, TERM_GRACE)
        _signal_all(pid, family(pid) | members, signal.SIGKILL)


def family(pid: int) -> frozenset[Member]:
    """The processes below `pid` or in its session, from /proc; empty where there is none."""
    every = _processes()
    inside = {pid}
    grown = True
    while grown:
        more = {m.pid for m in every if m.parent in inside or m.session == pid} - inside
        inside |= more
        grown = bool(more)
    return frozenset(m for m in every if m.pid in inside)


def parse_stat(text: str) -> Member | None:
    """One `/proc/PID/stat`: `4242 (a (b) c) S 1 4242 4242 0 -1 ... 88123 ...` (see proc(5)). None for one that has
    ended and only waits to be collected (Z, X)."""
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    pid = head.partition(" ")[0]
    if not pid.isdecimal() or len(fields) < 20 or fields[0] in "ZX":
        return None
    return Member(int(pid), int(fields[1]), int(fields[3]), fields[19])


def _processes() -> list[Member]:
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - thousands of names, and only names
    except OSError:
        return []
    return [member for name in names if name.isdecimal() and (member := _member(name))]


def _member(pid: str) -> Member | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return parse_stat(file.read())
    except OSError:
        return None


def _signal_all(group: int, members: frozenset[Member], sig: int) -> None:
    if sys.platform == "win32":
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, sig)
    for member in members:
        if member.session != group and _member(str(member.pid)) is not None and _same(member):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(member.pid, sig)


def _same(member: Member) -> bool:
    now = _member(str(member.pid))
    return now is not None and now.started == member.started


def _wait_until_gone(group: int, members: frozenset[Member], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # the group also counts those that have ended and nobody collects, as in a container without an init
        if not (any(map(_same, members)) if members else _group_alive(group)):
            return
        time.sleep(0.01)


def _group_alive(group: int) -> bool:
    if sys.platform == "win32":
        return False
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _taskkill(pid: int) -> None:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            ["taskkill", "/PID", str(pid), "/T", "/F"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=5,
            check=False,
        )
