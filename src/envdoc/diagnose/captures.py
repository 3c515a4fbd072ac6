"""Typed captures: what a pattern's group holds, checked and brought into the form that the tables use."""

from __future__ import annotations

import re
from collections.abc import Callable


def version(text: str) -> str | None:
    """`2.8.0+cu128`, `12.4`; trailing punctuation of a sentence is no part of it."""
    found = re.match(r"v?(\d{1,4}(?:\.\d{1,6}){0,4}(?:[-.]?(?:post|rc|dev|a|b)\d{1,4})?(?:\+[\w.]{1,20})?)", text)
    return found[1].rstrip(".") if found else None


def cuda_number(text: str) -> str | None:
    """`11.4` of the driver API's `11040` (major * 1000 + minor * 10)."""
    if not text.isascii() or not text.isdecimal() or len(text) > 8 or not 1000 <= int(text) < 100_000:
        return None
    return f"{int(text) // 1000}.{int(text) % 1000 // 10}"


def cuda_digits(text: str) -> str | None:
    """`13.0` of `130`, as library names and tags write it."""
    return f"{text[:-1]}.{text[-1]}" if re.fullmatch(r"[1-9]\d{2}", text) else None


def capability(text: str) -> str | None:
    """`12.0` of `sm_120`, `compute_120a`, `120` or `12.0`."""
    found = re.search(r"(?:^|_)(\d{2,3})[af]?$", text)
    if found:
        return f"{found[1][:-1]}.{found[1][-1]}"
    return text if re.fullmatch(r"\d{1,2}\.\d", text) else None


def word(text: str) -> str | None:
    """A name of a package, file or symbol."""
    text = text.strip().strip("'\"`,;()[]")
    return text or None


def path(text: str) -> str | None:
    text = text.strip().strip("'\"`")
    return text[:200] or None


def words(text: str) -> str | None:
    return " ".join(text.split()).rstrip(".,;:")[:160] or None


KINDS: dict[str, Callable[[str], str | None]] = {
    "version": version,
    "cuda-number": cuda_number,
    "cuda-digits": cuda_digits,
    "capability": capability,
    "word": word,
    "path": path,
    "words": words,
}
