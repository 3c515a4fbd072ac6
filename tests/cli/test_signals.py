"""Signals that ask to stop: at any moment, once and many times; ignored ones; what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no os.kill for these")

# Sends itself a signal after a while, as a user would: counted from the first line of `envdoc.__main__`.
CODE = """
import os, sys, threading, time
def send():
    time.sleep({delay})
    for _ in range({times}):
        os.kill(os.getpid(), {number})
        time.sleep(0.003)
threading.Thread(target=send, daemon=True).start()
sys.argv = ["envdoc", *{argv!r}]
from envdoc.__main__ import main
main()
"""


def _as_from_a_terminal() -> None:
    """Signals as a shell in a terminal leaves them, also where the tests themselves run in the background."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def stopped(delay: float, times: int, number: int, *argv: str) -> subprocess.CompletedProcess[str]:
    code = CODE.format(delay=delay, times=times, number=number, argv=list(argv))
    # the module is there before the clock starts: what is tested is envdoc's start, not Python's
    return subprocess.run(
        [sys.executable, "-c", "import envdoc.__main__\n" + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=_as_from_a_terminal,
    )


DELAYS = (0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("times", [1, 20])
def test_ctrl_c_at_any_moment(delay: float, times: int) -> None:
    done = stopped(delay, times, signal.SIGINT, "diagnose", "--", "sleep", "5")
    assert done.returncode == 130, done.stderr
    assert done.stderr in ("", "interrupted\n")
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])  # by name: Windows, where this is collected, has no SIGHUP
def test_a_polite_kill_and_a_closed_terminal(name: str) -> None:
    done = stopped(0.3, 3, signal.Signals[name], "diagnose", "--", "sleep", "5")
    assert (done.returncode, done.stderr) in ((130, ""), (130, "interrupted\n"))


def test_a_signal_that_is_switched_off_stays_off(tmp_path: Path) -> None:
    """`nohup envdoc …`: the terminal closes, and the work goes on."""
    command = f'trap "" HUP; exec {sys.executable} -m envdoc diagnose -- sleep 1.2'
    running = subprocess.Popen(["bash", "-c", command], stderr=subprocess.PIPE)
    time.sleep(0.7)
    running.send_signal(signal.SIGHUP)
    _, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (0, b"")


def test_children_end_with_their_parent(tmp_path: Path) -> None:
    mark = f"{31536000 + os.getpid()}"
    running = subprocess.Popen(
        [sys.executable, "-m", "envdoc", "diagnose", "--", "sleep", mark],
        stderr=subprocess.PIPE,
        preexec_fn=_as_from_a_terminal,
    )
    deadline = time.monotonic() + 20
    while not _runs(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _runs(mark)
    for _ in range(5):
        running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert err in (b"", b"interrupted\n")
    assert not _runs(mark)


def _runs(mark: str) -> bool:
    """Whether a `sleep MARK` runs; a test of its own, so that nobody else's is counted."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            program, *rest = entry.read_bytes().split(b"\0")
            if program.endswith(b"sleep") and rest[:1] == [mark.encode()]:
                return True
        except OSError:
            continue
    return False


ENDING = """
import atexit, sys, threading, time
import envdoc.cli.app
def run(argv):
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    atexit.register(print, "ended")
    return 1
envdoc.cli.app.run = run
from envdoc.__main__ import main
main()
"""


def test_a_thread_that_still_waits_does_not_hold_up_the_end() -> None:
    """With little memory Python aborts (134) where it finds one when it ends."""
    done = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "ended\n", "")
