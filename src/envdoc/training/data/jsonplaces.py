"""Where the keys of a JSON text stand, and which stand twice: what `json.loads` does not tell."""

from __future__ import annotations

import json
import re

# A string, a sign, or anything else that is no blank (a number, a literal)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

Path = tuple[str, ...]  # ("alpaca", "columns", "prompt"); items of lists have their number


def places(text: str) -> tuple[dict[Path, int], list[tuple[Path, int, int]]]:
    """The line of each key, and the keys that stand twice: (path, first line, second line).

    The text must be JSON that `json.loads` took. Of a key that stands twice the last line counts, as its value does.
    """
    lines: dict[Path, int] = {}
    twice: list[tuple[Path, int, int]] = []
    stack: list[str | int | None] = []  # for each open bracket the current key (None: none yet) or item number
    line, at = 1, 0
    opened: list[Path] = []  # the paths of objects, to tell a key of one object from that of its twin
    seen: list[dict[str, int]] = []
    key_next = False
    for found in _TOKEN.finditer(text):
        line += text.count("\n", at, found.start())
        at, sign = found.start(), found[0]
        if sign == "{":
            opened.append(tuple(map(str, stack)))
            seen.append({})
            stack.append(None)
            key_next = True
        elif sign == "[":
            stack.append(0)
            key_next = False
        elif sign in "}]":
            if sign == "}":
                opened.pop()
                seen.pop()
            stack.pop()
            key_next = False
        elif sign == ",":
            top = stack[-1] if stack else None
            if isinstance(top, int):
                stack[-1] = top + 1
            else:
                key_next = True
        elif sign == ":":
            key_next = False
        elif key_next:
            key = json.loads(sign)
            path = (*opened[-1], key)
            if key in seen[-1]:
                twice.append((path, seen[-1][key], line))
            seen[-1][key] = lines[path] = line
            stack[-1] = key
            key_next = False
    return lines, twice
