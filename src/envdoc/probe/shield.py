"""Isolation: what goes wrong in one probe becomes facts with a reason, and never ends the run."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from envdoc.host.threads import Begun
from envdoc.model.facts import Fact, Readings, Why, missing
from envdoc.model.value import dataclass, is_value, kinds, replace

T = TypeVar("T")

_HELD_UP = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a probe came to: its value, or the reason why there is none."""

    value: Any = None
    why: Why | None = None
    detail: str = ""
    seconds: float = 0.0


def run_all(
    tasks: Mapping[str, Callable[[], object]],
    *,
    limit: float,
    waiting: frozenset[str] | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> dict[str, Outcome]:
    """Run all tasks, which end within `limit` seconds; one that does not is left behind in its daemon thread.
    `meanwhile` is what the caller does once those that wait are on their way.

    Tasks that wait for something (a process, a driver) have a thread each, started in the order given. The others
    share one: side by side they would only pass Python's lock to and fro. Where that one is held up (a file system
    that hangs), another takes the rest after `_HELD_UP` seconds. `waiting` names those that wait; None: all do.
    """
    outcomes: dict[str, Outcome] = {}
    queue = deque((name, task) for name, task in tasks.items() if waiting is not None and name not in waiting)
    shared = {name for name, _ in queue}
    end = time.monotonic() + limit

    def work(mine: deque[tuple[str, Callable[[], object]]]) -> None:
        while mine:
            with contextlib.suppress(IndexError):  # another thread may have taken the last one
                name, task = mine.popleft()
                outcomes[name] = _outcome(task)

    threads = [Begun(work, deque([(name, task)])) for name, task in tasks.items() if name not in shared]
    if meanwhile is not None:
        meanwhile()
    while queue and time.monotonic() < end:
        threads.append(Begun(work, queue))
        threads[-1].ended(min(_HELD_UP, end - time.monotonic()))
    for thread in threads:
        thread.ended(end - time.monotonic())
    late = Outcome(why=Why.TIMED_OUT, detail=f"no answer within {limit:g} s", seconds=limit)
    return {name: outcomes.get(name, late) for name in tasks}


def _outcome(task: Callable[[], object]) -> Outcome:
    start = time.monotonic()
    try:
        return Outcome(value=task(), seconds=time.monotonic() - start)
    except Exception as error:  # the one place that must not let anything through
        detail = f"{type(error).__name__}: {error}"
        return Outcome(why=Why.FAILED, detail=detail, seconds=time.monotonic() - start)


def value_of(outcome: Outcome, empty: T, source: str) -> T:
    """The probe's value; where it failed, `empty` with the reason written into each of its facts."""
    if outcome.why is None:
        return cast(T, outcome.value)
    return without(empty, missing(outcome.why, source, outcome.detail))


def without(empty: T, fact: Fact[Any]) -> T:
    """`empty` (a Fact, or a frozen dataclass of facts) with every fact that was not asked replaced by `fact`."""
    if isinstance(empty, Fact):
        return cast(T, fact)
    if not is_value(empty):
        return empty
    changes: dict[str, Any] = {}
    for name in kinds(type(empty)):
        item = getattr(empty, name)
        if isinstance(item, Fact) and item.why is Why.NOT_ASKED:
            changes[name] = fact
        elif isinstance(item, Readings) and not item.facts:
            changes[name] = Readings((fact,))
    return cast(T, replace(cast(Any, empty), **changes))
