"""Noise as real logs carry it. Each kind changes a log's bytes, never its meaning; the seed makes it repeatable."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable

_Lines = list[str]


def _ansi(lines: _Lines, rng: random.Random) -> _Lines:
    return [f"\x1b[{rng.choice((31, 33, 1, 36))}m{line}\x1b[0m" if rng.random() < 0.7 else line for line in lines]


def _residue(lines: _Lines, rng: random.Random) -> _Lines:
    return [f"[{rng.choice((31, 33, 1, 36))}m{line}[0m" if rng.random() < 0.7 else line for line in lines]


def _ranks(lines: _Lines, rng: random.Random) -> _Lines:
    out = []
    for line in lines:
        out.append(f"[rank{rng.randrange(4)}]: {line}")
        if rng.random() < 0.3:
            out.append(f"[rank{rng.randrange(4)}]: step {rng.randrange(999)} loss {rng.random():.4f}")
    return out


def _stamps(lines: _Lines, rng: random.Random) -> _Lines:
    return [
        f"2026-11-{rng.randrange(1, 29):02d}T10:{rng.randrange(60):02d}:11.{rng.randrange(999):03d}Z {line}"
        for line in lines
    ]


def _compose(lines: _Lines, rng: random.Random) -> _Lines:
    return [f"trainer-1  | {line}" for line in lines]


def _progress(lines: _Lines, rng: random.Random) -> _Lines:
    bars = "\r".join(f" {n}%|{'█' * (n // 10):<10}| {n}/100 [00:0{n % 9}<01:00, 2.31it/s]" for n in range(0, 60, 7))
    at = rng.randrange(len(lines)) if lines else 0
    return [*lines[:at], bars + (lines[at] if lines else ""), *lines[at + 1 :]]


def _box(lines: _Lines, rng: random.Random) -> _Lines:
    inner = [piece for line in lines for piece in (textwrap.wrap(line, 96, drop_whitespace=True) or [""])]
    top = "╭" + "─" * 31 + " Traceback (most recent call last) " + "─" * 32 + "╮"
    return [top, *(f"│ {piece:<96} │" for piece in inner), "╰" + "─" * 98 + "╯"]


def _wrapped(lines: _Lines, rng: random.Random) -> _Lines:
    """A terminal's hard wrap, as it stands in a copied text."""
    return [line[at : at + 120] for line in lines for at in range(0, max(len(line), 1), 120)]


def _markdown(lines: _Lines, rng: random.Random) -> _Lines:
    return ["### Reproduction", "", "```", *lines, "```", "", "Expected behavior: it runs."]


def _quoted(lines: _Lines, rng: random.Random) -> _Lines:
    return [f"> {line}" for line in lines]


def _html(lines: _Lines, rng: random.Random) -> _Lines:
    escaped = [
        line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;") for line in lines
    ]
    return ["<pre><code>", *(line.replace("'", "&#39;") for line in escaped), "</code></pre>"]


def _around(lines: _Lines, rng: random.Random) -> _Lines:
    chatter = [f"INFO:trainer:step {n} | loss {rng.random():.4f} | lr 1.0e-04" for n in range(300)]
    return [*chatter, *lines, *chatter[:40]]


def _cut(lines: _Lines, rng: random.Random) -> _Lines:
    """The first line lost its beginning, as in a log cut in the middle of something else."""
    return ["ttings/config.py", "    self._load()", *lines]


def _indented(lines: _Lines, rng: random.Random) -> _Lines:
    return ["      " + line for line in lines]


_TEXT: dict[str, Callable[[_Lines, random.Random], _Lines]] = {
    "ansi": _ansi,
    "residue": _residue,
    "ranks": _ranks,
    "stamps": _stamps,
    "compose": _compose,
    "progress": _progress,
    "box": _box,
    "wrapped": _wrapped,
    "markdown": _markdown,
    "quoted": _quoted,
    "html": _html,
    "around": _around,
    "cut": _cut,
    "indented": _indented,
}
_NOT_CHINESE = re.compile("[\u3040-\u30ff\u0400-\u04ff]")  # kana, Cyrillic: no system with GBK prints them
_BYTES: dict[str, Callable[[str], bytes]] = {
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-no-bom": lambda text: text.encode("utf-16-le"),
    "gbk": lambda text: (
        text.encode() if _NOT_CHINESE.search(text) else ("正在加载模型\n" + text).encode("gbk", "replace")
    ),
    "mojibake": lambda text: "锟斤拷锟斤拷 烫烫烫\n".encode() + text.encode(),
    "utf-8-bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
}
NOISES = (*_TEXT, *_BYTES)


def disturbed(data: bytes, kind: str, seed: str) -> bytes:
    """The log with one kind of noise."""
    text = data.decode()
    if kind in _BYTES:
        return _BYTES[kind](text)
    lines = _TEXT[kind](text.split("\n"), random.Random(seed))
    return "\n".join(lines).encode()
