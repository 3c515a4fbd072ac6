"""Logs put together at random from the rules' own literals, pieces of real logs and every kind of noise.

    PYTHONPATH=src:tests/diagnose:tests/diagnose/fuzz python tests/diagnose/fuzz/fuzz_grammar.py SECONDS [SEED]

Prints how many logs were made, and the slowest and the largest; stops at the first broken promise with the seed.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

from invariants import judge
from noise import NOISES, disturbed

from envdoc.diagnose.match import anchors
from envdoc.diagnose.rules import load

CORPUS = Path(__file__).resolve().parents[1]
_GLUE = (
    "",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x1b[31m",
    "\x1b[0m",
    "│",
    "&lt;",
    "'",
    '"',
    "\x00",
    "\ud83e".encode("utf-8", "replace").decode(),
)
_NUMBERS = (
    "0",
    "11040",
    "99999999999999999999",
    "sm_120",
    "compute_",
    "-9",
    "12.8",
    "2.8.0+cu128",
    "cu999",
    "\u0662",
)


def made(rng: random.Random, literals: list[str], logs: list[str]) -> bytes:
    """One log."""
    parts = []
    for _ in range(rng.randrange(1, 60)):
        kind = rng.randrange(6)
        if kind == 0:
            parts.append(rng.choice(literals))
        elif kind == 1:
            text = rng.choice(logs)
            at = rng.randrange(len(text) + 1)
            parts.append(text[at : at + rng.randrange(400)])
        elif kind == 2:
            parts.append(rng.choice(_NUMBERS) * rng.choice((1, 1, 2, 50)))
        elif kind == 3:
            literal = rng.choice(literals)
            parts.append(literal[: rng.randrange(len(literal) + 1)])
        elif kind == 4:
            parts.append(rng.choice(("a", " ", "(", "'", "0", "\\", "_")) * rng.randrange(3000))
        else:
            parts.append(chr(rng.randrange(1, 0x3000)))
        parts.append(rng.choice(_GLUE))
    text = "".join(parts)
    if rng.random() < 0.5:
        return disturbed(text.encode("utf-8", "replace"), rng.choice(NOISES), str(rng.random()))
    data = bytearray(text.encode("utf-8", "replace"))
    for _ in range(rng.randrange(20)):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def main() -> None:
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    literals = list(anchors(load()))
    logs = [path.read_text("utf-8", "replace") for path in CORPUS.glob("corpus*/**/*.log")]
    began, count, slowest, size = time.monotonic(), 0, 0.0, 0
    while time.monotonic() - began < seconds:
        data = made(random.Random(f"{seed}/{count}"), literals, logs)
        start = time.process_time()
        try:
            judge(data)
        except BaseException:
            Path("crash.log").write_bytes(data)
            print(f"broken by seed {seed}/{count}; the log is in crash.log", flush=True)
            raise
        slowest = max(slowest, time.process_time() - start)
        size = max(size, len(data))
        count += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} logs in {seconds:.0f} s, slowest {slowest:.3f} s, largest {size} bytes, memory {memory} MiB")


if __name__ == "__main__":
    main()
