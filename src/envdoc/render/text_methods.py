"""The table of methods for a person: what works on this machine, with which package, and why the rest does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from envdoc.findings import text
from envdoc.model.methods import Method
from envdoc.model.text import joined
from envdoc.render.lines import Line

_MARKS = {True: "pass", False: "fail", None: "not-checked"}


def method_lines(methods: tuple[Method, ...]) -> Iterator[Line]:
    """One line a method, by kind."""
    yield Line(text("train", "title-methods"), style="bold")
    for kind, members in groupby(methods, key=lambda method: method.kind):
        yield Line(kind, indent=2, style="dim")
        for each in members:
            yield Line(_told(each), mark=_MARKS[each.works], indent=4)


def _told(each: Method) -> str:
    package = f"{each.package.split('>')[0]} {each.version}" if each.version else ""
    return joined((f"{each.name:<13} {each.write}", package, *each.reasons), "; ")
