"""Several calls abreast, in threads that nobody waits for: Ctrl-C ends the program, not the downloads."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from typing import TypeVar

from envdoc.host.threads import Begun

S = TypeVar("S")
T = TypeVar("T")

_TICK = 0.5  # seconds; on Windows only a bounded wait hears Ctrl-C


def abreast(function: Callable[[S], T], items: Sequence[S], at_once: int) -> list[T]:
    """`function` of each item, in the items' order; the first exception is raised when all have ended."""
    jobs: queue.SimpleQueue[tuple[int, S]] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[int, T | None, BaseException | None]] = queue.SimpleQueue()
    for numbered in enumerate(items):
        jobs.put(numbered)

    def work() -> None:
        while True:
            try:
                number, item = jobs.get_nowait()
            except queue.Empty:
                return
            try:
                answers.put((number, function(item), None))
            except BaseException as error:
                answers.put((number, None, error))

    for _ in range(min(at_once, len(items))):
        Begun(work)
    return _in_order([_next(answers) for _ in items])


def _next(answers: queue.SimpleQueue[T]) -> T:
    while True:
        try:
            return answers.get(timeout=_TICK)
        except queue.Empty:
            continue


def _in_order(ended: list[tuple[int, T | None, BaseException | None]]) -> list[T]:
    out = []
    for _, value, error in sorted(ended, key=lambda each: each[0]):
        if error is not None:
            raise error
        out.append(value)
    return out  # type: ignore[return-value]
