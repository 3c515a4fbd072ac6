"""Isolation: what goes wrong in one probe becomes facts with a reason, and never ends the run."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from envdoc.model.facts import Fact, Readings, Why, missing
from envdoc.model.value import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a probe came to: its value, or the reason why there is none."""

    value: Any = None
    why: Why | None = None
    detail: str = ""
    seconds: float = 0.0


def run_all(tasks: Mapping[str, Callable[[], object]], *, limit: float) -> dict[str, Outcome]:
    """Run each task in a thread of its own, started in the order given; all end within `limit` seconds.

    A task that does not end in time (a file system that hangs) is left behind in its daemon thread.
    """
    outcomes: dict[str, Outcome] = {}

    def work(name: str, task: Callable[[], object]) -> None:
        outcomes[name] = _outcome(task)

    threads = {name: threading.Thread(target=work, args=(name, task), daemon=True) for name, task in tasks.items()}
    end = time.monotonic() + limit
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, end - time.monotonic()))
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
    if not dataclasses.is_dataclass(empty):
        return empty
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(empty):
        item = getattr(empty, field.name)
        if isinstance(item, Fact) and item.why is Why.NOT_ASKED:
            changes[field.name] = fact
        elif isinstance(item, Readings) and not item.facts:
            changes[field.name] = Readings((fact,))
    return cast(T, dataclasses.replace(cast(Any, empty), **changes))
