"""A limit in time for calls that have none of their own: a driver's library, a name server."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from envdoc.host.threads import Begun

T = TypeVar("T")


def once(function: Callable[[], T], timeout: float) -> T:
    """`function()`, or its exception, in a thread that the process does not wait for at its end.

    Raises:
        TimeoutError: it did not answer in `timeout` seconds.
    """
    answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
    Begun(_answer, function, answer)
    return cast(T, _await(answer, timeout))


def _answer(function: Callable[[], Any], answer: queue.SimpleQueue[Any]) -> None:
    try:
        answer.put((function(), None))
    except BaseException as error:
        answer.put((None, error))


def _await(answer: queue.SimpleQueue[Any], timeout: float) -> Any:
    try:
        value, error = answer.get(timeout=timeout)
    except queue.Empty:
        raise TimeoutError(f"no answer in {timeout:g} s") from None
    if error is not None:
        raise error
    return value


class Worker:
    """Runs calls one after the other in one thread of its own.

    After a call that did not come back in its time, all later calls fail at once: the thread is lost.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]]] = queue.SimpleQueue()
        self._thread: Begun | None = None
        self._lost = False
        self._starting = threading.Lock()

    def call(self, function: Callable[[], T], timeout: float) -> T:
        """`function()`, or its exception.

        Raises:
            TimeoutError: it did not answer in `timeout` seconds, or an earlier call did not.
        """
        if self._lost:
            raise TimeoutError("an earlier call did not come back")
        with self._starting:
            if self._thread is None:
                self._thread = Begun(self._work)
        answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._jobs.put((function, answer))
        try:
            return cast(T, _await(answer, timeout))
        except TimeoutError:
            self._lost = True
            raise

    def _work(self) -> None:
        while True:
            _answer(*self._jobs.get())
