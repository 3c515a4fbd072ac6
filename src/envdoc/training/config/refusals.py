"""What a training file names and the system does not let us see: neither there nor absent, so only this is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from envdoc.model.facts import Fact, Why
from envdoc.training.config.facts import Refused


def refusals(look: Callable[[str], Fact[Any]], named: Iterable[tuple[str, str]]) -> Iterator[Refused]:
    """What `look` is refused, of (key of the training file, path) pairs; a path "" is not asked.

    What is absent, of another kind, or no path at all has findings of its own.
    """
    for key, path in named:
        if path and (fact := look(path)).why in (Why.DENIED, Why.FAILED) and fact.code:
            yield Refused(key, path, fact.detail or fact.code, fact.why is Why.DENIED)
