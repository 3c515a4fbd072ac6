"""A JSON training file, with the line of every key."""

from __future__ import annotations

import json
import re
from typing import Any

from envdoc.model import jsontext as bounded
from envdoc.training.config.values import Entry, Form, Problem, TrainFile

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\]:]')


def read_json(path: str, text: str) -> TrainFile:
    """Every key of the object, or the problem that keeps it from being read."""
    try:
        data = bounded.loads(text, any_number=True, pairs=_Pairs)
    except json.JSONDecodeError as error:
        if not text.strip():
            return TrainFile(path, Form.JSON, problems=(Problem("train-file-broken", "empty"),))
        problem = Problem("train-file-broken", "syntax", error.lineno, values={"reason": error.msg})
        return TrainFile(path, Form.JSON, problems=(problem,))
    except bounded.TooDeepError:
        problem = Problem("train-file-broken", "too-deep", values={"limit": str(bounded.DEEPEST)})
        return TrainFile(path, Form.JSON, problems=(problem,))
    if not isinstance(data, _Pairs):
        name = "list" if isinstance(data, list) else "no-mapping"
        return TrainFile(path, Form.JSON, problems=(Problem("train-file-broken", name, 1),))
    lines = _lines(text)
    entries = {key: Entry(key, _plain(value), lines[key][-1], isinstance(value, str)) for key, value in data}
    twice = tuple(
        Problem("train-key-twice", "summary", places[-1], key, {"key": key, "first": str(places[0])})
        for key, places in lines.items()
        if len(places) > 1
    )
    return TrainFile(path, Form.JSON, entries, twice)


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that a key that stands twice is seen."""


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {key: _plain(inner) for key, inner in value}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _lines(text: str) -> dict[str, list[int]]:
    """The lines at which each key of the outermost object stands."""
    found: dict[str, list[int]] = {}
    depth, last = 0, ("", 0)
    for token in _TOKEN.finditer(text):
        told = token[0]
        if told == ":" and depth == 1 and last[0]:
            found.setdefault(json.loads(last[0]), []).append(text.count("\n", 0, last[1]) + 1)
        depth += (told in "{[") - (told in "}]")
        last = (told, token.start()) if told[0] == '"' else ("", 0)
    return found
