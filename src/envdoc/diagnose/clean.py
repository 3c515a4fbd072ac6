"""A raw line of a log as text: decoded, without colours, boxes, entities and control characters."""

from __future__ import annotations

import re

from envdoc.rules.masks import mask
from envdoc.rules.printed import BOX, CONTROL, decode, plain

LINE_LIMIT = 2000  # characters of one line that are looked at

__all__ = ["boxed", "clean", "decode", "shown", "without_prefix"]

# One prefix at a time, repeated a few times: time stamps, ranks, pods, containers, quote marks, pytest's "E   "
_PREFIX = re.compile(
    r"\s{0,40}(?:"
    r"\[?rank\s?\d{1,5}\]?:|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,12}(?:Z|[+-]\d\d:?\d\d)?\]?|"
    r"\[\d\d:\d\d:\d\d\]|#\d{1,4} \d{1,6}\.\d{1,4}|[\w.-]{1,60}(?:-\d{1,4}|_\d{1,4}) {0,4}\||"
    r"\(\w{1,40} pid=\d{1,9}[^)]{0,60}\)|"
    r"[\w.-]{1,30}_\d{1,4}:|\d{1,4}:(?= )|(?:ERROR|INFO|WARNING) \d\d-\d\d \d\d:\d\d:\d\d [\w.]{1,60}:\d{1,5}\]|"
    r"(?:&gt;|>)(?= )|E(?=   )|\|(?= ))"
)


def clean(raw: bytes) -> str:
    """One line as a person would read it, at most LINE_LIMIT characters; nothing that a terminal would obey."""
    return plain(raw[: LINE_LIMIT * 4]).strip().strip(BOX).strip()[:LINE_LIMIT]


def without_prefix(text: str) -> str:
    """The line without time stamp, rank, pod and quote marks: what the program itself printed."""
    for _ in range(4):
        found = _PREFIX.match(text)
        if found is None:
            break
        text = text[found.end() :].lstrip()
    return text.strip(BOX + " ")


def boxed(raw: bytes) -> bool:
    """Whether the line stands in a drawn box (whose content is wrapped by words)."""
    return b"\xe2\x94" in raw or b"\xe2\x95" in raw


def shown(line_text: str, around: str, limit: int = 240) -> str:
    """A bounded excerpt with `around` in it, safe to print."""
    text = mask(CONTROL.sub("", line_text).replace("\t", " "))  # before it is cut: half a token is a secret still
    if len(text) <= limit:
        return text
    at = max(text.find(around), 0)
    start = max(0, min(at - 40, len(text) - limit))
    head, tail = "…" if start else "", "…" if start + limit < len(text) else ""
    return head + text[start : start + limit] + tail
