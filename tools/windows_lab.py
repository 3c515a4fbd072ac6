"""The Windows lab: a Windows for the tests on Linux. `tests/lab` says what it is made of.

    python tools/windows_lab.py make              make it, or nothing to do
    python tools/windows_lab.py run [PYTEST …]    the tests, by Windows' own Python in it; `run --chinese PYTEST …`:
                                                  on a Windows whose code page is 936; `run ci`: what `.ci/run` runs
    python tools/windows_lab.py exec PROGRAM …    one Windows program in it
    python tools/windows_lab.py why               what is missing to make it; exit 1 where something is

On Windows itself none of this is needed: `python -m pytest` runs the same tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from lab import chinese as in_china
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
    with place.alone():
        prefix.make()
        try:
            return {"make": _nothing, "run": _tests, "exec": _program}[command](rest)
        finally:
            wine.stop()


def _nothing(_: list[str]) -> int:
    return 0


def _program(argv: list[str]) -> int:
    return _relay(argv, {}, lambda _: None)


def _tests(words: list[str]) -> int:
    """pytest with Windows' Python. Without words: the suite, what only Windows can run, then a Chinese Windows."""
    if words[:1] == [_CHINESE]:
        return _pass(words[1:], chinese=True)
    if words == [_CI]:
        return max(_pass(_WHOLE), _pass(_KILLS), _pass(_IN_CHINA, chinese=True), _pass(_ROOMS))
    if words:
        return _pass(words)
    return max(_pass(_SUITE), _pass(_LAB), _pass(_IN_CHINA, chinese=True))


def _pass(words: list[str], *, chinese: bool = False) -> int:
    if chinese and in_china.why_not():
        print(f"windows lab: no Chinese Windows: {in_china.why_not()}")
        return 1
    begun, said = time.monotonic(), list[str]()
    argv = [prefix.python(), "-m", "pytest", "-q", *_QUIET, *words]
    more = in_china.variables() if chinese else {}
    code = _relay(argv, {"ENVDOC_LAB_FILES": prefix.LAB, **more}, said.append)
    code = code or _cut_off(said)
    print(f"windows lab: {' '.join(words)}: exit {code} after {time.monotonic() - begun:.0f} s", flush=True)
    return code


def _cut_off(said: list[str]) -> int:
    """1 where pytest did not come to its last line: a program that wine's server ends has the exit code 0."""
    if any(re.search(r"\b\d+ (passed|skipped|deselected)\b.* in [\d.]+s", line) for line in said[-3:]):
        return 0
    print("windows lab: the tests were ended before they had a result")
    return 1


# No cache in the checkout, and the stacks of a test that hangs.
_QUIET = ["-p", "no:cacheprovider", "-o", "faulthandler_timeout=240"]
_SUITE = ["-n", "2", "-m", "not real and not gpu and not windows_lab"]
_LAB = ["-n", "2", "-m", "windows_lab", "--durations=10", "tests/windows"]

_CHINESE, _CI = "--chinese", "ci"
# for `.ci/run`: what was seen whole and fits into its time. Lines and scripts by the real cmd, the twelve machines,
# what is sick, the zoo, consoles, the seed's day; kills; and the rooms that ask the system, judge and prove.
_WHOLE = [*_LAB, "--deselect", "tests/windows/test_install.py"]
_KILLS = ["-m", "windows_lab", "tests/windows/test_install.py", "-k", "killed"]
_ROOMS = [*_SUITE, "tests/doctor", "tests/host", "tests/smoke"]
_IN_CHINA = ["-m", "windows_lab", "tests/windows/test_consoles.py", "tests/windows/test_sick_windows.py"]


def _relay(argv: list[str], env: dict[str, str], keep: Callable[[str], object]) -> int:
    """The program's output as it comes, each line to `keep` too; its streams are pipes, as CPython needs them under
    wine."""
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
            line = line.replace(b"\r\n", b"\n")
            keep(line.decode("utf-8", "replace"))
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        watchdog.cancel()
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
