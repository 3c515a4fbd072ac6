"""What programs print, as text: decoded, without colours, entities and control characters; layout is kept."""

from __future__ import annotations

import re

# ESC [ 31 m and its kin, ESC ] 0;title BEL, two-character escapes; bounded, so that hostile input stays linear
_ANSI = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[@-Z\\^_])")
# what is left where ESC was lost: "[31m", "^[[0m", "←[1;31m"
# a whole code only: `[multiproc_executor.py` is none
_RESIDUE = re.compile(
    r"(?:\^\[|←|\\x1b|\\u001b|\\033)\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m|\[(?:\d{1,3}(?:;\d{1,3}){0,4}m|m(?![A-Za-z0-9_.]))"
)
# Unicode's control, format and surrogate characters, which a terminal may obey or hide behind
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_ENTITIES = {
    "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&apos;": "'", "&nbsp;": " ", "&amp;": "&",
}  # fmt: skip
_ENTITY = re.compile("|".join(_ENTITIES))
_TAG = re.compile(r"</?(?:br|p|div|span|pre|code|b|i|em|strong|td|tr|a)\b[^<>]{0,200}>", re.IGNORECASE)
BOX = "│┃║╭╮╰╯─━═┌┐└┘├┤╔╗╚╝▕▏❱▶"
# Quotes around plain words that some systems print typographically: couldn‘t, ´pip install´
_QUOTES = str.maketrans({"‘": "'", "’": "'", "´": "'", "“": '"', "”": '"', "\xa0": " ", "\u3000": " "})


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


def plain(raw: bytes) -> str:
    """A line without what only a terminal or a browser understands; its blanks stay where they are."""
    text = decode(raw)
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "m" in text and "[" in text:
        text = _RESIDUE.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)
        text = _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)  # twice escaped by a forum
    if "<" in text:
        text = _TAG.sub(" ", text)
    return CONTROL.sub("", text.translate(_QUOTES))
