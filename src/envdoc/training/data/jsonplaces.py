"""Where the keys of a JSON text stand, and which stand twice: what `json.loads` does not tell."""

from __future__ import annotations

import json
import re

# A string, a sign, or anything else that is no blank (a number, a literal)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

Path = tuple[str, ...]  # ("alpaca", "columns", "prompt"); items of lists have their number


class _Level:
    """An open bracket: the path of what stands in it, its keys with their lines, or its item's number."""

    def __init__(self, path: Path, is_list: bool) -> None:
        self.path = path
        self.is_list = is_list
        self.keys: dict[str, int] = {}
        self.item = 0
        self.key = ""
        self.wants_key = not is_list

    @property
    def inner(self) -> Path:
        return (*self.path, str(self.item) if self.is_list else self.key)


def places(text: str) -> tuple[dict[Path, int], list[tuple[Path, int, int]]]:
    """The line of each key, and the keys that stand twice: (path, first line, second line).

    The text must be JSON that `json.loads` took. Of a key that stands twice the last line counts, as its value does.
    """
    lines: dict[Path, int] = {}
    twice: list[tuple[Path, int, int]] = []
    levels: list[_Level] = []
    line, at = 1, 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", at, found.start())
        at, sign = found.start(), found[0]
        level = levels[-1] if levels else None
        if sign in "{[":
            levels.append(_Level(level.inner if level else (), sign == "["))
        elif sign in "}]":
            levels.pop()
        elif level and sign == ",":
            level.item += 1
            level.wants_key = not level.is_list
        elif level and level.wants_key:
            _take_key(level, json.loads(sign), line, lines, twice)
    return lines, twice


def _take_key(level: _Level, key: str, line: int, lines: dict[Path, int], twice: list[tuple[Path, int, int]]) -> None:
    path = (*level.path, key)
    if key in level.keys:
        twice.append((path, level.keys[key], line))
    level.keys[key] = lines[path] = line
    level.key, level.wants_key = key, False
