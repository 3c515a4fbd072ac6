"""What is printed for cmd, run by the real cmd.exe as it stands.

The programs that the lines name are stood in for by one that says the words it was given. They must be the words that
Windows' own reading of the line gives: then cmd has redirected, expanded and split nothing.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from printed_lines import of
from windows_kit import variables

from envdoc.model.finding import Shell
from envdoc.model.launch import Engine, LaunchFile, LaunchWish, Sharing
from envdoc.training.launch.script import NAMES, script

pytestmark = pytest.mark.windows_lab
_SET = re.compile(r'set "(\w+)=(.*)"')
_BUILT_IN = ("set", "start", "rmdir", "del")


def words(line: str) -> list[str]:
    """The line's words by Windows' CommandLineToArgvW, the program first."""
    count = ctypes.c_int()
    split = ctypes.windll.shell32.CommandLineToArgvW  # type: ignore[attr-defined]
    split.restype = ctypes.POINTER(ctypes.c_wchar_p)
    found = split(line, ctypes.byref(count))
    return [str(found[n]) for n in range(count.value)]


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    files = os.environ.get("ENVDOC_LAB_FILES", "")
    if not (Path(files) / "says.exe").exists():
        pytest.skip("ENVDOC_LAB_FILES names no folder with says.exe")
    folder = tmp_path / "stand-ins"
    folder.mkdir()
    for program in {words(line)[0] for line in of("any", "cmd")} - set(_BUILT_IN):
        name = program.removesuffix(".exe")
        if re.fullmatch(r"[\w.-]+", name):
            shutil.copyfile(Path(files) / "says.exe", folder / f"{name}.exe")
    return folder


def cmd(line: str, folder: Path, **env: str) -> tuple[int, str]:
    done = subprocess.run(
        f'cmd.exe /d /s /c "{line}"',
        cwd=folder,
        env=variables(folder, {"PATH": f"{folder};{variables(folder)['PATH']}", **env}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")


def test_every_line_of_every_recorded_machine(stand_ins: Path) -> None:
    run = 0
    for line in of("any", "cmd"):
        program = words(line)[0]
        setting = _SET.fullmatch(line)
        if setting:
            wanted = (0, f"{setting[1]}={setting[2]}\n")
            assert cmd(f"{line}&set {setting[1]}", stand_ins) == wanted, line
        elif program not in _BUILT_IN and "\\" not in program:
            assert cmd(line, stand_ins) == (0, "".join(f"{word}\n" for word in words(line)[1:])), line
        else:
            continue
        run += 1
    print(f"{run} of {len(of('any', 'cmd'))} lines run by cmd")
    assert run > 10


def test_set_without_quotes_keeps_the_blank(stand_ins: Path) -> None:
    """Why the lines have the quotes where they have them."""
    assert cmd("set USE_LIBUV=0 && set USE_LIBUV", stand_ins) == (0, "USE_LIBUV=0 \n")
    assert cmd('set "USE_LIBUV=0" && set USE_LIBUV', stand_ins) == (0, "USE_LIBUV=0\n")


def reads_utf8(folder: Path) -> bool:
    """Whether `chcp 65001` in a script changes how cmd reads the rest of it; wine's does not without a console."""
    script = folder / "reads.cmd"
    script.write_bytes("@echo off\r\nchcp 65001 >nul\r\nsays 训\r\n".encode())
    return cmd(f'"{script}"', folder)[1].strip() == "训"


@pytest.mark.parametrize("file", ["train.yaml", "100%.yaml", "a & b.yaml", "caret^.yaml", "训练.yaml", "x!y!.yaml"])
def test_the_launchers_script_gives_the_words_on(stand_ins: Path, file: str) -> None:
    python = stand_ins / "my python.exe"
    for to in (python, stand_ins / "says.exe"):
        shutil.copyfile(Path(os.environ["ENVDOC_LAB_FILES"]) / "says.exe", to)
    if not file.isascii() and not reads_utf8(stand_ins):
        pytest.skip("this cmd does not heed `chcp` (wine's without a console)")
    wish = LaunchWish(file, Engine.LLAMAFACTORY, Sharing.DDP, 2, shell=Shell.CMD)
    words = ("--ranks", "2", "--llamafactory", file)
    start = LaunchFile(NAMES[Shell.CMD], script(wish, (str(python), "ranks.py", *words)))
    (stand_ins / start.name).write_bytes(start.written)
    assert cmd(f'"{stand_ins / start.name}"', stand_ins) == (0, "\n".join(("ranks.py", *words, "")))
