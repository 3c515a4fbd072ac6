"""The Windows lab: a Windows for the tests on Linux. `tests/lab` says what it is made of.

    python tools/windows_lab.py make              make it, or nothing to do
    python tools/windows_lab.py run [PYTEST …]    the tests, by Windows' own Python in it
    python tools/windows_lab.py exec PROGRAM …    one Windows program in it
    python tools/windows_lab.py why               what is missing to make it; exit 1 where something is

On Windows itself none of this is needed: `python -m pytest` runs the same tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from lab import place, prefix, wine

# Seconds for one pass of the tests; then every program of the lab is ended. A loaded machine needs more.
_LIMIT = float(os.environ.get("ENVDOC_LAB_LIMIT", "1200"))


def main(words: list[str]) -> int:
    command, rest = (words or ["help"])[0], words[1:]
    if command not in ("make", "run", "exec", "why"):
        print(__doc__)
        return 2
    reason = place.why_not()
    if reason or command == "why":
        print(reason or "nothing is missing")
        return 1 if reason else 0
    prefix.make()
    try:
        return {"make": _nothing, "run": _tests, "exec": _program}[command](rest)
    finally:
        wine.stop()


def _nothing(_: list[str]) -> int:
    return 0


def _program(argv: list[str]) -> int:
    return _relay(argv, {})


def _tests(words: list[str]) -> int:
    """pytest with Windows' Python. Without words: the whole suite, then what only Windows can run."""
    passes = [words] if words else [["-n", "2", "-m", "not real and not gpu and not windows_lab"], _LAB]
    codes = []
    for each in passes:
        begun = time.monotonic()
        argv = [prefix.python(), "-m", "pytest", "-q", *_QUIET, *each]
        codes.append(_relay(argv, {"ENVDOC_LAB_FILES": prefix.LAB}))
        print(f"windows lab: {' '.join(each)}: exit {codes[-1]} after {time.monotonic() - begun:.0f} s", flush=True)
    return max(codes)


# No cache in the checkout, and the stacks of a test that hangs.
_QUIET = ["-p", "no:cacheprovider", "-o", "faulthandler_timeout=240"]
_LAB = ["-n", "2", "--dist", "loadgroup", "-m", "windows_lab", "--durations=10"]


def _relay(argv: list[str], env: dict[str, str]) -> int:
    """The program's output as it comes; its streams are pipes, as CPython needs them under wine."""
    with subprocess.Popen(
        wine.command(argv),
        env=wine.environment(env),
        cwd=place.CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        watchdog = threading.Timer(_LIMIT, wine.stop)
        watchdog.daemon = True
        watchdog.start()
        for line in process.stdout:
            sys.stdout.buffer.write(line.replace(b"\r\n", b"\n"))
            sys.stdout.buffer.flush()
        watchdog.cancel()
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
