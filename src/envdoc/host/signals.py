"""Signals that ask to stop: Ctrl-C, Ctrl-Break, a polite kill, a closed terminal.

While modules are still imported nothing runs that must be ended: `__main__` leaves at once, with 130. While a
command works, the first signal raises KeyboardInterrupt, so that children are stopped and the journal says where;
more signals in the next seconds do not disturb that. Once the work is done and its exit code decided, signals
change nothing.

A signal that whoever started us has switched off (`nohup`, `&` of a script) stays off.
"""

from __future__ import annotations

import _signal
import _thread
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

INTERRUPTED = 130  # as `errors.ExitCode`, which is not loaded yet
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_QUIET = 2.0  # seconds in which further signals do not disturb the clean-up that the first one began
_PATIENCE = 4  # times that it is asked for in all before the process leaves without any clean-up


class _State:
    """What the process is at. Handlers run in the main thread; any thread may start a program, and hold them."""

    main = _thread.get_ident()
    asked = 0
    last = 0.0
    holders: list[None] = []  # noqa: RUF012 - one each; a list, for counting up is no single step between threads
    pending = False
    enders: tuple[Callable[[], None], ...] = ()


_STATE = _State()


def install() -> None:
    """From now on a signal is an exception that whoever works can clean up after. For the main thread."""
    _take(_asked)


def done() -> None:
    """The exit code is decided: what asks to stop now changes nothing, also not while Python itself ends."""
    _take(_signal.SIG_IGN)


def _take(handler: Any) -> None:
    for name in _NAMES:
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) is not _signal.SIG_IGN:
            with contextlib.suppress(
                ValueError, OSError
            ):  # not in the main thread: whoever called us keeps their own
                _signal.signal(number, handler)


def at_stop(end: Callable[[], None]) -> None:
    """`end` is called, in a thread of its own, when a signal asks to stop: it ends what still runs."""
    _STATE.enders += (end,)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """A few lines that a signal must not cut in two, as between starting a program and noting that it runs."""
    _STATE.holders.append(None)
    try:
        yield
    finally:
        _STATE.holders.pop()
        if _STATE.pending and not _STATE.holders:
            _STATE.pending = False
            if _thread.get_ident() == _STATE.main:
                _stop()
            else:  # an exception here would end a thread that nobody looks at
                _thread.interrupt_main()


def _asked(_number: int, _frame: Any) -> None:
    if _STATE.holders:
        _STATE.pending = True
        return
    _stop()


def _stop() -> None:
    now = time.monotonic()
    if _STATE.asked and now - _STATE.last < _QUIET:
        return
    _STATE.asked, _STATE.last = _STATE.asked + 1, now
    if _STATE.asked == 1:
        _end_all_aside()
    if _STATE.asked >= _PATIENCE:
        for end in _STATE.enders:
            end()
        os._exit(INTERRUPTED)
    raise KeyboardInterrupt


def _end_all_aside() -> None:
    """Other threads wait for their programs: end these, or the main thread waits for the threads."""
    for end in _STATE.enders:
        _thread.start_new_thread(end, ())  # not threading: the main thread may hold its lock just now
