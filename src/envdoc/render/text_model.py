"""What `envdoc resolve --for-model` says of the model, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.tunable import Answer, ModelAnswer
from envdoc.render.lines import Line

_MARKS = {Answer.YES: "pass", Answer.NO: "fail", Answer.NOT_CHECKED: "not-checked"}


def model_lines(answer: ModelAnswer) -> Iterator[Line]:
    """The questions about the model, each with its answer."""
    yield Line(text("model", "head", name=answer.seen.name), style="bold")
    if answer.seen.source:
        yield Line(text("model", "source", source=answer.seen.source), mark="info", indent=2)
    for line in answer.lines:
        yield Line(line.told, mark=_MARKS[line.answer], indent=2)
    yield Line()
