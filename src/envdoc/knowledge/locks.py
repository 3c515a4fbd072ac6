"""A lock is data: each line a name, one exact version, perhaps a marker, perhaps the hashes of its files.

    accelerate==1.11.0 \\
        --hash=sha256:e4f9…
    deepspeed==0.16.5 ; sys_platform == "win32" --hash=sha256:…

Engines take far more in such files: options, URLs, folders, other files, all of which run code or read what nobody
asked for. So nothing else gets through, and what is refused is named by its line, not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from envdoc.errors import DataError
from envdoc.knowledge import files
from envdoc.knowledge.schemacheck import Mistake
from envdoc.model.patterns import pattern
from envdoc.model.value import dataclass, field

_LIMIT = 1 << 22  # bytes; the longest shipped lock has 30 thousand
_LONGEST = 1 << 15  # letters of a line; 400 hashes
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
# PEP 440 without what only ranges have: 2.2.6, 1!1.0rc1.post2.dev3+cu128
_VERSION = (
    r"(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?"
    r"(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*)?"
)
_VALUE = r"""(?:[A-Za-z_]+|"[^"'\\#;@]*"|'[^"'\\#;@]*')"""
_COMPARED = rf"\(*\s*{_VALUE}\s*(?:[<>=!~]=?=?|not\s+in|in)\s*{_VALUE}\s*\)*"
_MARKER = rf"{_COMPARED}(?:\s+(?:and|or)\s+{_COMPARED})*"
_HASH = r"--hash=sha256:[0-9a-f]{64}"
_LINE = pattern(
    rf"(?P<name>{_NAME})\s*==\s*(?P<version>{_VERSION})\s*(?:;\s*(?P<marker>{_MARKER})\s*)?(?P<hashes>(?:\s+{_HASH})*)"
)

_PLAIN = pattern(rf"{_NAME}==\d+(?:\.\d+)*(?:\.post\d+)?", re.ASCII)
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Locked:
    """One line. `hashes`: `sha256:…` of each file that may be taken for it, () where none are given."""

    name: str
    version: str
    marker: str = ""
    hashes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def pin(self) -> str:
        """As a constraint: `deepspeed==0.16.5 ; sys_platform == "win32"`."""
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")

    @property
    def line(self) -> str:
        """All of it on one line."""
        return " ".join((self.pin, *(f"--hash={each}" for each in self.hashes)))


def read(path: str) -> tuple[Locked, ...]:
    """The lines of a lock file.

    Raises:
        DataError: it cannot be read, or has a line that is anything else; the message names the first.
    """
    text, mistake = _text(path)
    every: list[Locked] = []
    for number, line in _lines(text):
        locked = of_line(line)
        if locked is None:
            mistake = mistake or _mistake(path, number)
        else:
            every.append(locked)
    if mistake is not None:
        raise DataError(str(mistake), hint="mend it, then run `envdoc profiles validate FILE`")
    return tuple(every)


def mistakes(path: str) -> list[Mistake]:
    """Every line of a lock file that is none."""
    text, unreadable = _text(path)
    if unreadable is not None:
        return [unreadable]
    return [_mistake(path, number) for number, line in _lines(text) if of_line(line) is None]


@lru_cache(maxsize=1024)
def of_line(line: str) -> Locked | None:
    """The line of a lock, without its comment; None where it is anything else."""
    if plain := _plain(line):
        return plain
    found = _LINE.fullmatch(line.strip()) if len(line) < _LONGEST else None
    if found is None:
        return None
    hashes = tuple(each.removeprefix("--hash=") for each in found["hashes"].split())
    return Locked(found["name"], found["version"], (found["marker"] or "").strip(), hashes)


def _plain(line: str) -> Locked | None:
    """`accelerate==1.11.0 --hash=sha256:e4f9…`: nearly every line, read without the whole grammar, which takes 3 ms
    to compile. None for every other line."""
    pin, *hashes = line.split() if line.strip() and len(line) < _LONGEST else [""]
    if not _PLAIN.fullmatch(pin) or not all(map(_is_hash, hashes)):
        return None
    name, _, version = pin.partition("==")
    return Locked(name, version, "", tuple(each.removeprefix("--hash=") for each in hashes))


def _is_hash(word: str) -> bool:
    digits = word.removeprefix("--hash=sha256:")
    return len(digits) == 64 == len(word) - 14 and _HEX.issuperset(digits)


def pins_of(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines without their hashes."""
    return tuple(line.partition(" --hash=")[0] for line in lines)


def hashes_of(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The hashes by pin, for the lines that have any."""
    told = (locked for line in lines if (locked := of_line(line)) is not None)
    return {locked.pin: locked.hashes for locked in told if locked.hashes}


def _text(path: str) -> tuple[str, Mistake | None]:
    try:
        data = files.read(path, _LIMIT + 1)
        if len(data) > _LIMIT:
            return "", Mistake(path, 1, f"the lock is longer than {_LIMIT >> 20} MiB")
        return data.decode("utf-8-sig"), None
    except OSError as error:
        return "", Mistake(path, 1, f"the lock cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return "", Mistake(path, 1, "the lock is not UTF-8 text")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each logical line with the number of its first; a `\\` at the end joins the next one to it."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        part = (re.sub(r"(^|\s)#.*", "", line) if "#" in line else line).rstrip()
        begun = begun if parts else number
        parts.append(part.removesuffix("\\"))
        if part.endswith("\\"):
            continue
        if whole := " ".join(parts).strip():
            yield begun, whole
        parts = []
    if whole := " ".join(parts).strip():
        yield begun, whole


def _mistake(path: str, number: int) -> Mistake:
    return Mistake(
        path, number, "a lock's line is a name, `==` and an exact version", "no options, URLs, paths or ranges"
    )
