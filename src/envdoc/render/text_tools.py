"""`envdoc tools` for a person: one line a tool, under one that lacks the lines that bring it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envdoc.findings import text
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command
from envdoc.render.lines import Line
from envdoc.render.text_report import command_line


def tool_lines(tools: Iterable[tuple[str, Fact[str], tuple[Command, ...]]]) -> Iterator[Line]:
    """Of each its name, its version or why there is none, and what to paste."""
    for name, have, lines in tools:
        if have.value is not None:
            yield Line(have.value, mark="pass", label=name)
            continue
        lacks = have.why is Why.ABSENT
        yield Line(
            text("render", "tool-lacks") if lacks else have.reason(),
            mark="fail" if lacks else "not-checked",
            label=name,
        )
        yield from map(command_line, lines)
