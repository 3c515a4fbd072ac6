"""A raw line of a log as text: decoded, without colours, boxes, entities and control characters."""

from __future__ import annotations

import re

from envdoc.rules.masks import mask

LINE_LIMIT = 2000  # characters of one line that are looked at

# ESC [ 31 m and its kin, ESC ] 0;title BEL, two-character escapes; bounded, so that hostile input stays linear
_ANSI = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[@-Z\\^_])")
# what is left where ESC was lost: "[31m", "^[[0m", "←[1;31m"
# a whole code only: `[multiproc_executor.py` is none
_RESIDUE = re.compile(
    r"(?:\^\[|←|\\x1b|\\u001b|\\033)\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m|\[(?:\d{1,3}(?:;\d{1,3}){0,4}m|m(?![A-Za-z0-9_.]))"
)
# Unicode's control, format and surrogate characters, which a terminal may obey or hide behind
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_ENTITIES = {
    "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&apos;": "'", "&nbsp;": " ", "&amp;": "&",
}  # fmt: skip
_ENTITY = re.compile("|".join(_ENTITIES))
_TAG = re.compile(r"</?(?:br|p|div|span|pre|code|b|i|em|strong|td|tr|a)\b[^<>]{0,200}>", re.IGNORECASE)
_BOX = "│┃║╭╮╰╯─━═┌┐└┘├┤╔╗╚╝▕▏❱▶"
# Quotes around plain words that some systems print typographically: couldn‘t, ´pip install´
_QUOTES = str.maketrans({"‘": "'", "’": "'", "´": "'", "“": '"', "”": '"', "\xa0": " ", "\u3000": " "})
# One prefix at a time, repeated a few times: time stamps, ranks, pods, containers, quote marks, pytest's "E   "
_PREFIX = re.compile(
    r"\s{0,40}(?:"
    r"\[?rank\s?\d{1,5}\]?:|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,12}(?:Z|[+-]\d\d:?\d\d)?\]?|"
    r"\[\d\d:\d\d:\d\d\]|#\d{1,4} \d{1,6}\.\d{1,4}|[\w.-]{1,60}(?:-\d{1,4}|_\d{1,4}) {0,4}\||"
    r"\(\w{1,40} pid=\d{1,9}[^)]{0,60}\)|"
    r"[\w.-]{1,30}_\d{1,4}:|\d{1,4}:(?= )|(?:ERROR|INFO|WARNING) \d\d-\d\d \d\d:\d\d:\d\d [\w.]{1,60}:\d{1,5}\]|"
    r"(?:&gt;|>)(?= )|E(?=   )|\|(?= ))"
)


def decode(raw: bytes) -> str:
    """UTF-8, else GBK where that reads as Chinese, else Windows' Western code page."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def clean(raw: bytes) -> str:
    """One line as a person would read it, at most LINE_LIMIT characters; nothing that a terminal would obey."""
    text = decode(raw[: LINE_LIMIT * 4])
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "m" in text and "[" in text:
        text = _RESIDUE.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)
        text = _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)  # twice escaped by a forum
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = text.translate(_QUOTES).strip().strip(_BOX).strip()
    return _CONTROL.sub("", text)[:LINE_LIMIT]


def without_prefix(text: str) -> str:
    """The line without time stamp, rank, pod and quote marks: what the program itself printed."""
    for _ in range(4):
        found = _PREFIX.match(text)
        if found is None:
            break
        text = text[found.end() :].lstrip()
    return text.strip(_BOX + " ")


def boxed(raw: bytes) -> bool:
    """Whether the line stands in a drawn box (whose content is wrapped by words)."""
    return b"\xe2\x94" in raw or b"\xe2\x95" in raw


def shown(line_text: str, around: str, limit: int = 240) -> str:
    """A bounded excerpt with `around` in it, safe to print."""
    text = mask(_CONTROL.sub("", line_text).replace("\t", " "))  # before it is cut: half a token is a secret still
    if len(text) <= limit:
        return text
    at = max(text.find(around), 0)
    start = max(0, min(at - 40, len(text) - limit))
    head, tail = "…" if start else "", "…" if start + limit < len(text) else ""
    return head + text[start : start + limit] + tail
