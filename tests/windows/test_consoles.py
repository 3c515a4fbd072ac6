r"""What goes through a pipe in the code pages of Windows: no letter is lost, nothing is wider than the terminal.

The lab runs these twice: as a western Windows (1252, 437) and as a Chinese one (936). A console itself is written to
by WriteConsoleW, whatever its code page; wine without a screen has none.
"""

from __future__ import annotations

import ctypes
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from windows_kit import ENVDOC, make_environment, variables

from envdoc.host.local import LocalHost
from envdoc.probe import Ask, collect

pytestmark = [pytest.mark.windows_lab, pytest.mark.whole_windows]
NAME = "训练 ü € ж"


def ansi() -> int:
    return int(ctypes.windll.kernel32.GetACP())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("consoles") / NAME)


def printed(home: Path, environment: Path, encoding: str, *words: str, **env: str) -> bytes:
    """What `envdoc check` of the environment writes; without an encoding in Windows' own."""
    told = {**variables(home, {"VIRTUAL_ENV": str(environment), **env}), "PYTHONIOENCODING": encoding}
    if not encoding:
        del told["PYTHONIOENCODING"]
    argv = [*ENVDOC, "check", *words]
    done = subprocess.run(argv, env=told, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    return done.stdout


def read_back(text: str) -> str:
    r"""The text with its escapes (`\xfc`, `\u8bad`) as the letters that they stand for."""
    return re.sub(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))", lambda found: chr(int(found[1] or found[2], 16)), text)


@pytest.mark.parametrize("page", [437, 936, 1252, 65001])
def test_a_letter_that_the_code_page_lacks_can_be_read_back(tmp_path: Path, environment: Path, page: int) -> None:
    encoding = "utf-8" if page == 65001 else f"cp{page}"
    data = printed(tmp_path, environment, encoding, "--lang", "en")
    head = data.decode(encoding).splitlines()[0]
    assert read_back(head).endswith(f"in {environment} (active virtual environment)"), head
    assert "?" not in head
    can = {437: "ü", 936: "训练", 1252: "ü €", 65001: NAME}[page]
    assert can in head, "what the page has is not escaped"


def test_windows_own_code_page(tmp_path: Path, environment: Path) -> None:
    head = printed(tmp_path, environment, "", "--lang", "en").decode(f"cp{ansi()}").splitlines()[0]
    assert read_back(head).endswith(f"in {environment} (active virtual environment)"), head
    assert "?" not in head


def test_a_document_is_ascii_or_utf8_and_whole(tmp_path: Path, environment: Path) -> None:
    told = json.loads(printed(tmp_path, environment, "", "--format", "json").decode(f"cp{ansi()}"))
    assert told["machine"]["target"]["prefix"] == str(environment)
    assert told["machine"]["os"]["code_page"]["value"] == ansi()


def test_the_code_page_of_china_is_named(tmp_path: Path, environment: Path) -> None:
    if ansi() != 936:
        pytest.skip(f"the code page of this Windows is {ansi()}: the lab has a Chinese one too")
    out = printed(tmp_path, environment, "", "--lang", "en").decode("gbk")
    assert "windows-code-page: Python reads files in code page 936 (GBK)" in out


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80])
def test_nothing_but_commands_and_addresses_is_wider_than_the_terminal(
    tmp_path: Path, environment: Path, language: str, width: int
) -> None:
    """A Chinese letter takes two cells."""
    data = printed(tmp_path, environment, "utf-8", "--lang", language, COLUMNS=str(width))
    lines = data.decode().splitlines()
    assert "\x1b" not in data.decode(), "a pipe gets no colours"
    wide = [line for line in lines if cell_len(line) > width and not re.match(r" +(\$|https?:)|(Next|下一步)", line)]
    assert [line for line in wide if str(environment) not in line] == []


# What a tool writes, and what it means. GBK is understood where Windows itself speaks it.
WRITES = {
    "utf-16 as wsl.exe does": "Windows Subsystem for Linux 训练\r\n".encode("utf-16-le"),
    "utf-16 with a mark": b"\xff\xfe" + "驱动 576.88\r\n".encode("utf-16-le"),
    "utf-8 with a mark": b"\xef\xbb\xbf" + "驱动\r\n".encode(),
    "gbk": "找不到驱动程序\r\n".encode("gbk"),
}


@pytest.mark.parametrize("kind", WRITES)
def test_what_tools_write_is_read(tmp_path: Path, kind: str) -> None:
    data = WRITES[kind]
    if kind == "gbk" and ansi() != 936:
        pytest.skip(f"the code page of this Windows is {ansi()}: GBK means nothing here")
    tool = tmp_path / "tool.py"
    tool.write_text(f"import sys; sys.stdout.buffer.write({data!r})", encoding="ascii")
    done = LocalHost().run([sys.executable, str(tool)], timeout=60)
    encoding = "gbk" if kind == "gbk" else "utf-8-sig" if "utf-8" in kind else "utf-16"
    assert done.stdout == data.decode(encoding)


def test_the_language_is_that_of_windows(tmp_path: Path, environment: Path) -> None:
    """Chinese where Windows speaks Chinese, English where it speaks English; `--lang` above both."""
    out = printed(tmp_path, environment, "utf-8").decode()
    assert ("下一步" in out) == (ansi() == 936)


def test_the_probe_says_the_same_as_windows(tmp_path: Path) -> None:
    machine = collect(LocalHost(variables(tmp_path)), Ask(parts=("os",), fresh=True))
    assert machine.os.code_page.value == ansi()
