"""`envdoc launch` for a person: the files as they are, then the lines that start the run."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.launch import LaunchPlan
from envdoc.render.lines import Line


def launch_lines(plan: LaunchPlan) -> Iterator[Line]:
    """The whole answer; files that were written are named only."""
    wish = plan.wish
    yield Line(
        text(
            "launch",
            "title",
            engine=wish.engine.value,
            strategy=wish.sharing.value,
            gpus=wish.gpus,
            nodes=wish.nodes,
            shell=wish.shell.value,
        ),
        style="bold",
    )
    yield from _files(plan)
    yield Line()
    for note in plan.notes:
        yield Line(note, mark="info")
    yield Line()
    yield Line(text("launch", "start"), style="bold")
    yield from _start(plan)


def _files(plan: LaunchPlan) -> Iterator[Line]:
    for file in plan.files:
        path = plan.wish.path(file.name)
        if plan.written:
            yield Line(text("launch", "written", path=path), mark="pass")
            continue
        yield Line()
        yield Line(text("launch", "file", path=path), style="bold", fixed=True)
        for line in file.text.splitlines():
            yield Line(line, fixed=True)


def _start(plan: LaunchPlan) -> Iterator[Line]:
    several = len(plan.commands) > 1
    for rank, line in enumerate(plan.commands):
        if several:
            yield Line(text("launch", "start-rank", rank=rank), indent=2)
        yield Line(line, mark="command", indent=4 if several else 2, fixed=True)
