"""The shape of a rule: a condition over a run, with the sentence that says it.

Most rules are rows: a name (their sentence in the code's file), the key that they are about, and the condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from envdoc.findings import finding, text
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.value import dataclass
from envdoc.training.config.run import Run

# What the release does, said in each finding
AT_ONCE, LATER, OTHER, IGNORED = "at-once", "later", "other", "ignored"


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` is the sentence in the code's file; `also` are further keys that take part."""

    name: str
    key: str
    when: Callable[[Run], bool]
    also: tuple[str, ...] = ()


def told(
    run: Run,
    code: str,
    key: str,
    effect: str,
    *,
    summary: str = "summary",
    fix: str = "fix",
    also: tuple[str, ...] = (),
    severity: Severity | None = None,
    commands: tuple[Command, ...] = (),
    **values: Any,
) -> Finding:
    """A finding about one key, with what the release would do and the keys that take part."""
    shown = [text("train", "key", key=name, value=run.shown(name)) for name in also if run.get(name) is not None]
    return finding(
        code,
        summary=summary,
        fix=fix,
        evidence=(text("train", effect, release=run.keys.llamafactory), *shown),
        where=run.where(key),
        severity=severity,
        commands=commands,
        key=key,
        value=run.shown(key),
        **values,
    )


def by_rows(code: str, effect: str, rows: Iterable[Rule], run: Run) -> Iterator[Finding]:
    """The findings of a table of rules: a row's sentence is `name`, its remedy `name-fix`."""
    for row in rows:
        if row.when(run):
            yield told(run, code, row.key, effect, summary=row.name, fix=f"{row.name}-fix", also=row.also)


def number(text: str) -> int | None:
    """A number of processes or machines; None for what is none, or longer than any."""
    return int(text) if text.isdecimal() and len(text) < 10 else None
