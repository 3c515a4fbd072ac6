"""What the formattings share: texts, tools, function calls, answers, media."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from envdoc.training.data.formats.media import Media
from envdoc.training.data.stats import Figures
from envdoc.training.data.values import Mistake, Record, kind_of

Judge = Callable[[Record], list[Mistake]]

# formatter.py:100-126: what stands in the template's thought and tool call words is cut out before the JSON is read
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)
_REMEMBERED = 512


class Kit(NamedTuple):
    """What a judge works with besides the entry."""

    media: Media
    figures: Figures


def mistake(code: str, key: str | None = "", **values: str) -> Mistake:
    return Mistake(code, key or "", tuple(values.items()))


def not_text(key: str | None, value: Any) -> Mistake:
    return mistake("data-text-type", key, kind=kind_of(value))


def check_system(value: Any, key: str | None, out: list[Mistake]) -> None:
    """The system prompt: a text, or nothing (template.py: `system or default`)."""
    if value and type(value) is not str:
        out.append(not_text(key, value))


class Tools:
    """The tools of a record must be JSON text of a list of objects; the same text comes again and again."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def check(self, value: Any, key: str | None, out: list[Mistake]) -> None:
        if not value:
            return
        why = self._why(value) if type(value) is str else kind_of(value)
        if why:
            out.append(mistake("data-tools-json", key, why=why))

    def _why(self, text: str) -> str:
        told = self._known.get(text)
        if told is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            told = self._known[text] = _tools_fault(text)
        return told


def _tools_fault(text: str) -> str:
    """`not JSON`, `number`, ...; "" where it is a list of objects, or empty."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "not JSON"
    if isinstance(found, (int, float)) or found is None:
        return kind_of(found)
    if isinstance(found, list):
        return next((f"a list with {kind_of(each)}" for each in found if not isinstance(each, dict)), "")
    return kind_of(found) if found else ""


def check_call(text: str, key: str | None, out: list[Mistake]) -> None:
    """A function turn must be JSON with `name` and `arguments`, or a list of such."""
    call = _CALL.search(text)
    body = call[1] if call else _THOUGHT.sub("", text, count=1)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        out.append(mistake("data-function-json", key, why="not JSON"))
        return
    for each in found if isinstance(found, list) else [found]:
        if not isinstance(each, dict):
            out.append(mistake("data-function-json", key, why=kind_of(each)))
            return
        for name in ("name", "arguments"):
            if name not in each:
                out.append(mistake("data-function-json", key, why=f"no `{name}`"))
                return


def check_same(chosen: str, rejected: str, key: str | None, out: list[Mistake]) -> None:
    if chosen == rejected:
        out.append(mistake("data-pair-equal", key))


def check_kto(tag: Any, key: str | None, answer: Any, answer_key: str | None, out: list[Mistake]) -> None:
    """A KTO record: the tag decides by being a bool, the answer by not being empty (feedback.py:42-47)."""
    if type(tag) is not bool:
        out.append(mistake("data-kto-tag", key, kind=kind_of(tag)))
        if not answer:
            out.append(mistake("data-kto-gap", key))
    elif answer == "" or (tag and not answer):
        out.append(mistake("data-kto-flip" if tag else "data-empty-answer", answer_key))
    elif type(answer) is not str:
        out.append(not_text(answer_key, answer))
