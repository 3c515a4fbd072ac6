"""The launcher without torchrun, really started: its ranks' variables, one that fails, a hang, its own death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from envdoc.training import launcher

LIMIT = 60.0
TELL = """
import json, os
names = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "USE_LIBUV")
print(json.dumps({name: os.environ.get(name) for name in names}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a training, with the launcher's files."""
    root = tmp_path / "训练 of mine"
    root.mkdir()
    for name, text in launcher.files().items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def start(folder: Path, code: str, *words: str, ranks: int = 2) -> subprocess.Popen[str]:
    (folder / "train.py").write_text(code, encoding="utf-8")
    argv = [sys.executable, "ranks.py", "--ranks", str(ranks), "--", "train.py", *words]
    env = {name: value for name, value in os.environ.items() if name != "USE_LIBUV"}
    return subprocess.Popen(
        argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_each_rank_is_told_who_it_is(folder: Path) -> None:
    out, err = start(folder, TELL).communicate(timeout=LIMIT)
    told = sorted((json.loads(line.split("] ", 1)[1]) for line in out.splitlines()), key=lambda each: each["RANK"])
    assert err == ""
    assert len({each.pop("MASTER_PORT") for each in told}) == 1
    same = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
    libuv = "0" if sys.platform == "win32" else None
    assert told == [{"RANK": n, "LOCAL_RANK": n, "USE_LIBUV": libuv, **same} for n in ("0", "1")]


def test_words_reach_the_program_as_they_are(folder: Path) -> None:
    words = ("a b", 'say "hi"', "100%", "x&y", "环境", "")
    out, _ = start(folder, "import sys; print(ascii(sys.argv[1:]))", *words, ranks=1).communicate(timeout=LIMIT)
    assert out.strip() == ascii(list(words))


def test_one_that_fails_ends_the_others_and_gives_its_code(folder: Path) -> None:
    code = "import os, sys, time\nif os.environ['RANK'] == '1': sys.exit(7)\ntime.sleep(300)\n"
    begun = time.monotonic()
    process = start(folder, code)
    _, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err.strip()) == (7, "rank 1 ended with 7; the others are ended")
    assert time.monotonic() - begun < 30


def test_a_rank_outlives_the_launcher_never(folder: Path) -> None:
    """Each rank holds a file open and writes its time into it; after the launcher's death the times stand still."""
    code = """
import os, time
while True:
    with open("alive-" + os.environ["RANK"], "w") as file:
        file.write(str(time.time()))
    time.sleep(0.05)
"""
    process = start(folder, code)
    files = [folder / f"alive-{rank}" for rank in (0, 1)]
    until = time.monotonic() + LIMIT
    while not all(file.exists() for file in files) and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.communicate(timeout=LIMIT)
    time.sleep(1.0)
    before = [file.stat().st_mtime_ns for file in files]
    time.sleep(1.0)
    assert [file.stat().st_mtime_ns for file in files] == before


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C as a signal to one process is POSIX")
def test_ctrl_c_ends_all(folder: Path) -> None:
    process = start(folder, "import time; print('begun', flush=True); time.sleep(300)")
    assert process.stdout is not None
    assert {process.stdout.readline() for _ in range(2)} == {"[rank 0] begun\n", "[rank 1] begun\n"}
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LIMIT)
    assert process.returncode == 130


def test_wrong_words_are_told(folder: Path) -> None:
    for words in (
        ["--ranks", "0", "--", "x.py"],
        ["--ranks", "2"],
        ["--ranks", "2", "--llamafactory", "f", "--", "x"],
    ):
        done = subprocess.run(
            [sys.executable, "ranks.py", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert (done.returncode, "error:" in done.stderr) == (2, True), words
