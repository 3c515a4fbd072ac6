"""No log makes the engine slow or large: twice the log takes about twice the time, whatever it contains."""

from __future__ import annotations

import io
import time
import tracemalloc

import pytest

from envdoc.diagnose import diagnose_bytes, diagnose_stream
from envdoc.diagnose.match import anchors, compiled
from envdoc.diagnose.rules import load

ANCHORS = anchors(load())


def hostile(kind: str, size: int) -> bytes:
    """Logs made to hurt: of one endless line, of anchors only, of near-anchors, of prefixes, of quotes and braces."""
    texts = {
        "endless line": "rror CUDA annot " * 8,
        "anchors in one line": " ".join(ANCHORS) + " ",
        "anchors in lines": "\n".join(ANCHORS) + "\n",
        "cut anchors": "".join(a[: len(a) // 2] + "\n" for a in ANCHORS),
        "prefixes": "[rank0]: 2026-11-24T10:00:00.000Z trainer-1 | " * 6 + "error\n",
        "escapes": "\x1b[31" + "\x1b[" * 40 + "1;2;3;4mRuntimeError: CUDA error\n",
        "entities": "&lt;&amp;lt;&quot;" * 30 + " error: could not\n",
        "carriage returns": "50%|#####     | error\r",
        "digits": "error " + "1" * 300 + "." + "1" * 300 + "\n",
        "quotes": "error: cannot open '" + "'" * 200 + "\n",
        "unique": "",
    }
    if kind == "unique":
        return b"".join(b"error: no %d thing %x failed at %d\n" % (n, n * 7919, n * n) for n in range(size // 40))
    text = texts[kind].encode()
    return (text * (size // len(text) + 1))[:size]


KINDS = (
    "endless line",
    "anchors in one line",
    "anchors in lines",
    "cut anchors",
    "prefixes",
    "escapes",
    "entities",
    "carriage returns",
    "digits",
    "quotes",
    "unique",
)


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_size_only(kind: str) -> None:
    small, large = seconds(hostile(kind, 1 << 16)), seconds(hostile(kind, 1 << 18))
    assert large < 4 * small * 2 + 0.5


def seconds(data: bytes) -> float:
    began = time.process_time()
    diagnose_bytes(data)
    return time.process_time() - began


@pytest.mark.parametrize("kind", ["endless line", "unique"])
def test_memory_is_bounded(kind: str) -> None:
    diagnose_bytes(b"warm up")
    tracemalloc.start()
    try:
        diagnose_stream(io.BytesIO(hostile(kind, 1 << 22)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 48 << 20


BAITS = (
    "a" * 2000,
    " " * 2000,
    "1." * 1000,
    "/a" * 1000,
    "sm_80 " * 340,
    "'" * 2000,
    "(" * 2000,
    "requires a" * 200,
    "pip install a" + "a" * 1900,
    "=<>!~, 1" * 250,
    "libcudnn-" * 220,
    "site-packages/" * 140,
    "https://" + "a." * 900,
    "ln -s " + "lib" * 600,
)


def test_no_pattern_explodes_on_bait() -> None:
    """Every pattern over every bait of 2000 characters, in milliseconds each."""
    every = {c.pattern for rule in load() for c in rule.captures} | {rule.look for rule in load() if rule.look}
    slow = []
    for pattern in every:
        for bait in BAITS:
            began = time.process_time()
            list(compiled(pattern).finditer(bait))
            if time.process_time() - began > 0.05:
                slow.append((pattern, bait[:20]))
    assert slow == []
