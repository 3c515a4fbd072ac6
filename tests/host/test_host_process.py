"""Programs that hang, fork, ignore signals or keep pipes open: none may hold envdoc or outlive its time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from host_helpers import Program, gone_soon

from envdoc.host import children
from envdoc.host.local import LocalHost
from envdoc.model.facts import Why

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX process trees")

TREE = """
import os, subprocess, sys, time
{setup}
code = "import os, signal, time; {inner}; print(os.getpid(), flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", code], start_new_session={session})
print(os.getpid(), flush=True)
time.sleep(60)
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.mark.parametrize("session", [False, True], ids=["same session", "own session"])
@pytest.mark.parametrize("deaf", [False, True], ids=["polite", "ignores SIGTERM"])
def test_a_hung_tree_is_killed_in_time(program: Program, session: bool, deaf: bool) -> None:
    setup, inner = (f"import signal; {DEAF}", DEAF) if deaf else ("", "pass")
    argv = program(TREE.format(setup=setup, inner=inner, session=session))
    start = time.monotonic()
    done = LocalHost().run(argv, timeout=1.0)
    took = time.monotonic() - start
    pids = [int(line) for line in done.stdout.split()]
    assert len(pids) == 2
    assert done.why is Why.TIMED_OUT
    assert took < 2.0
    assert gone_soon(pids)


def test_a_grandchild_that_keeps_the_pipes_does_not_hold_us(program: Program) -> None:
    argv = program(
        """
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
        print(child.pid)
        """
    )
    start = time.monotonic()
    done = LocalHost().run(argv, timeout=20)
    assert (done.returncode, done.why) == (0, None)
    assert time.monotonic() - start < 3
    pid = int(done.stdout)
    assert not gone_soon([pid])  # it ended well and left a helper behind: not ours to kill
    os.kill(pid, signal.SIGKILL)


def test_ctrl_c_kills_the_tree_and_is_passed_on(program: Program, tmp_path: Path) -> None:
    argv = program(TREE.format(setup="", inner="pass", session=False))
    caller = textwrap.dedent(
        f"""
        import sys
        from envdoc.host.local import LocalHost
        try:
            LocalHost().run({argv!r}, timeout=60, on_line=lambda line: print(line, flush=True))
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            sys.exit(130)
        """
    )
    process = subprocess.Popen([sys.executable, "-c", caller], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(process.stdout.readline()) for _ in range(2)]
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=10)
    assert (rest, process.returncode) == ("interrupted\n", 130)
    assert gone_soon(pids)


def test_the_end_of_the_process_ends_what_threads_still_run(program: Program) -> None:
    argv = program("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    caller = textwrap.dedent(
        f"""
        import threading
        from envdoc.host.local import LocalHost
        begun = threading.Event()
        def line(text):
            print(text, flush=True)
            begun.set()
        run = lambda: LocalHost().run({argv!r}, timeout=60, on_line=line)
        threading.Thread(target=run, daemon=True).start()
        begun.wait(20)
        """
    )
    done = subprocess.run([sys.executable, "-c", caller], stdout=subprocess.PIPE, text=True, timeout=30, check=True)
    assert gone_soon([int(done.stdout)])


def test_an_error_of_the_listener_kills_the_program(program: Program) -> None:
    argv = program("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    seen: list[int] = []

    def listener(line: str) -> None:
        seen.append(int(line))
        raise RuntimeError("listener")

    with pytest.raises(RuntimeError, match="listener"):
        LocalHost().run(argv, timeout=60, on_line=listener)
    assert gone_soon(seen)


def test_a_program_that_reads_nothing_and_one_that_writes_much(program: Program) -> None:
    deaf = LocalHost().run(program("pass"), timeout=20, stdin="x" * 1_000_000)
    assert (deaf.returncode, deaf.why) == (0, None)
    loud = LocalHost().run(program("import sys; sys.stdout.write('x' * 3_000_000)"), timeout=20)
    assert len(loud.stdout) == 3_000_000


def test_lines_come_while_the_program_runs(program: Program) -> None:
    argv = program("import time; print('first', flush=True); time.sleep(1); print('last')")
    times: list[tuple[str, float]] = []
    start = time.monotonic()
    LocalHost().run(argv, timeout=20, on_line=lambda line: times.append((line, time.monotonic() - start)))
    assert [line for line, _ in times] == ["first", "last"]
    assert times[1][1] - times[0][1] > 0.7


def test_a_killed_program_has_the_signal_as_its_code(program: Program) -> None:
    done = LocalHost().run(program("import os; os.kill(os.getpid(), 11)"), timeout=20)
    assert (done.returncode, done.why) == (-11, None)


def test_output_that_is_not_utf8(program: Program) -> None:
    done = LocalHost().run(program(r"import sys; sys.stdout.buffer.write(b'caf\xe9\n')"), timeout=20)
    assert done.stdout == "caf�\n"


def test_utf16_output_as_wsl_writes_it(program: Program) -> None:
    argv = program("import sys; sys.stdout.buffer.write('Ubuntu\\r\\nDebian\\r\\n'.encode('utf-16-le'))")
    seen: list[str] = []
    done = LocalHost().run(argv, timeout=20, on_line=seen.append)
    assert done.stdout == "Ubuntu\r\nDebian\r\n"
    assert seen == ["Ubuntu", "Debian"]


def open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_many_runs_leave_no_open_files(program: Program) -> None:
    argv = program("print('x')")
    before = open_files()
    host = LocalHost()
    for _ in range(10):
        assert host.run(argv, timeout=20).ok
    assert open_files() <= before


@pytest.mark.parametrize(
    ("text", "member"),
    [
        (
            "4242 (a (b) c) S 1 4242 4200 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 88123 1000 10",
            children.Member(4242, 1, 4200, "88123"),
        ),
        ("4242 (x) Z 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 88123 1000 10", None),
        ("", None),
        ("not a stat", None),
        ("7 (x) S 1", None),
    ],
)
def test_parse_stat(text: str, member: children.Member | None) -> None:
    assert children.parse_stat(text) == member
