"""`pip list` and `uv pip list` in columns, whatever a chat window made of the columns.

    Package                Version     Editable project location
    ---------------------- ----------- -------------------------
    torch                  2.8.0+cu128

One line for all, name and version on lines of their own, cells between bars: names and versions follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing import keys
from envdoc.listing.lines import bare
from envdoc.listing.values import Lines, Told

PROGRAM = "pip list"
_HEAD = re.compile(
    r"\W*(?:Package|Paket|Пакет|包|软件包|パッケージ)\W+(?:Version|版本|Версия|バージョン)", re.IGNORECASE
)
_HEAD_ALONE = re.compile(r"\W*(?:Package|包|软件包)\W*", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]{0,80}[A-Za-z0-9])?")
_SIGNS = re.compile(r"[-=_:|│]{2,}|[|│]")
_HEADS = {
    "package", "version", "editable", "project", "location", "paket", "包", "软件包", "版本",
    "пакет", "версия", "パッケージ", "バージョン",
}  # fmt: skip


def _tokens(text: str) -> list[str]:
    """The cells of a line, without bars and dashes."""
    return _SIGNS.sub(" ", bare(text)).split()


def _below_heading(words: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Without the heading, which stands in front; a package called `build` is none of it."""
    at = 0
    while at < len(words) and (words[at][0].lower() in _HEADS or words[at][0] == "Build"):
        at += 1
    return words[at:]


def is_version(word: str) -> bool:
    """Whether it is a version, also one with letters for digits."""
    return keys.understand("package.", word) is not None and any(sign.isdigit() for sign in word)


def _is_name(word: str) -> bool:
    return bool(_NAME.fullmatch(word)) and not re.fullmatch(r"[\d.]+", word)


def _row(text: str) -> bool:
    """`torch 2.8.0`, also with a place behind it; `torch 2.8.0 numpy 2.4.6`."""
    words = _tokens(text)
    return len(words) >= 2 and _is_name(words[0]) and is_version(words[1]) and (len(words) < 4 or _flows(words))


def _flows(words: list[str]) -> bool:
    pairs = sum(_is_name(one) and is_version(two) for one, two in zip(words[::2], words[1::2], strict=False))
    return pairs * 2 >= len(words) - 1 or words[2].startswith(("/", "C:", "D:"))


def _begins(lines: Lines, at: int) -> bool:
    text = lines[at].text
    alone = _HEAD_ALONE.fullmatch(text) and at + 1 < len(lines) and "ersion" in lines[at + 1].text
    return bool(_HEAD.match(bare(text)) or alone)


def claim(lines: Lines, at: int) -> int:
    if not _begins(lines, at):
        return _headless(lines, at)
    end, rows, empty = at + 1, int(len(_tokens(lines[at].text)) > 7), 0
    for place in range(at + 1, len(lines)):
        words = _tokens(lines[place].text)
        single = len(words) == 1 and (_is_name(words[0]) or is_version(words[0]))
        if not words:
            empty += not lines[place].text.strip()
        elif _row(lines[place].text) or single:
            rows, end, empty = rows + 1, place + 1, 0
        else:
            break
        if empty > 1:
            break
    return end - at if rows else 0


def _headless(lines: Lines, at: int) -> int:
    """Rows without their heading: five that follow each other, with a package that everybody knows among them."""
    end = at
    while end < len(lines) and (end == at or lines[end].text.strip()) and _plain(lines[end].text):
        end += 1
    known = {"torch", "numpy", "pip", "transformers", "setuptools"}
    names = {_tokens(lines[place].text)[0].lower() for place in range(at, end)}
    return end - at if end - at >= 5 and names & known else 0


def _plain(text: str) -> bool:
    words = text.split()
    return (
        len(words) == 2 and _is_name(words[0]) and is_version(words[1]) and not text.lstrip().startswith(("[", "-"))
    )


def read(lines: Lines) -> Iterator[Told]:
    if any(_begins(lines, at) for at in range(len(lines))):
        yield Told("packages.all", "pip list", lines[0].number)
    words = _below_heading([(word, line.number) for line in lines for word in _tokens(line.text)])
    at = 0
    while at + 1 < len(words):
        (name, number), (version, _) = words[at], words[at + 1]
        if _is_name(name) and is_version(version):
            yield Told(f"package.{name}", version, number)
            at += 2
        else:
            at += 1
