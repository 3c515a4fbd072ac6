"""Threads that nobody waits for to begin.

`threading.Thread.start` waits until the new thread says that it runs. Where the memory ends in that moment the thread
dies without a word, and the wait never ends (seen with CPython 3.11 under `ulimit -v`). So threads are begun here,
and whoever needs their end waits for it within a limit of their own.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable


class Begun:
    """A function that runs in a thread of its own, which ends with the process at the latest.

    Raises:
        RuntimeError: the system gives no more threads.
    """

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._running = _thread.allocate_lock()
        self._running.acquire()
        _thread.start_new_thread(self._work, (function, arguments))

    def _work(self, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
        try:
            function(*arguments)
        finally:
            self._running.release()

    def ended(self, within: float) -> bool:
        """Whether it has come to its end, after waiting at most `within` seconds for that."""
        done = self._running.acquire(timeout=max(0.0, within))
        if done:
            self._running.release()
        return done
