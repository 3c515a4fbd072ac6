"""Memory while a program runs: what it prints is taken as fast as it is understood, and no faster."""

from __future__ import annotations

import sys
import time

import pytest

from envdoc.host import process
from envdoc.host.base import Input
from envdoc.host.decode import Lines
from envdoc.host.local import LocalHost
from envdoc.workflow.diagnose import diagnose_command


def test_a_line_without_an_end_comes_in_pieces() -> None:
    lines = Lines()
    told = [piece for _ in range(40) for piece in lines.feed(b"x" * (1 << 16))]
    assert sum(map(len, told)) >= 1 << 21
    assert len(lines._rest) <= 1 << 20
    assert "".join([*told, *lines.close()]) == "x" * (40 << 16)


def test_what_was_said_before_the_end_is_taken_whole_however_slowly() -> None:
    taken: list[str] = []

    def slow(line: str) -> None:
        time.sleep(0.01)
        taken.append(line)

    done = LocalHost().run([sys.executable, "-c", "for n in range(150): print(n)"], timeout=60, on_line=slow)
    assert (done.returncode, len(taken)) == (0, 150)


def test_a_child_that_was_left_behind_and_goes_on_printing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_LATE", 1.0)
    loop = "import time\nfor n in range(400): print(n, flush=True); time.sleep(0.05)"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {loop!r}]); print('done', flush=True)"
    began = time.monotonic()
    taken: list[str] = []
    done = LocalHost().run([sys.executable, "-c", code], timeout=60, on_line=taken.append)
    assert done.returncode == 0
    assert "done" in [line.strip() for line in taken]
    assert time.monotonic() - began < 15


def test_a_program_that_prints_faster_than_it_is_read_is_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_AHEAD", 10)
    seen, most = 0, 0
    offer = process._offer

    def watched(running: process._Running, line: str) -> None:
        nonlocal most
        offer(running, line)
        if running.on_line is slow:  # what an earlier test left behind may still print
            most = max(most, running.events.qsize())

    monkeypatch.setattr(process, "_offer", watched)
    code = "import sys\nfor n in range(3000): print(n)\nsys.stdout.flush()"

    def slow(line: str) -> None:
        nonlocal seen
        seen += 1
        if seen < 5:
            time.sleep(0.05)

    done = LocalHost().run([sys.executable, "-c", code], timeout=60, on_line=slow)
    assert (done.returncode, seen) == (0, 3000)
    assert 0 < most <= 10 + 2  # and what says that a pipe or the program has ended


def test_a_command_under_the_doctor_reads_our_input(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    class Asked(LocalHost):
        def run(self, argv, **rest):  # type: ignore[no-untyped-def, override]
            asked.update(rest)
            return super().run(argv, **{**rest, "stdin": None})

    diagnose_command(Asked(), [sys.executable, "-c", "pass"], None)
    assert asked["stdin"] is Input.OURS


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_and_so_it_gets_what_was_piped_in() -> None:
    import subprocess

    command = f"echo data | {sys.executable} -m envdoc diagnose -- cat"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "data\n")
