"""What a stream, a folder or an encoding may do to a command: nothing but what the documented table says."""

from __future__ import annotations

import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cli_runner import Run
from stream_conditions import COMMANDS, CONDITIONS, run, table, wrong

from envdoc.cli import app, output, streams

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "streams.md"


def test_the_documented_table_is_this_one() -> None:
    assert len(CONDITIONS) >= 15
    assert len(COMMANDS) >= 12
    assert table() in PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists() or sys.platform == "win32", reason="POSIX shells and /dev/full")
def test_every_condition_and_every_command(tmp_path: Path) -> None:
    """Each condition with one command in turn, and each command; `tools/streams_table.py` runs all 180."""
    names = list(COMMANDS)
    pairs = [(condition, names[(5 * n + 3) % len(names)]) for n, condition in enumerate(CONDITIONS)]
    assert {name for _, name in pairs} == set(names)
    run(CONDITIONS[0], "diagnose", tmp_path)  # makes the log
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda pair: (pair[0].name, pair[1], wrong(*pair, run(*pair, tmp_path))), pairs))
    assert [each for each in told if each[2]] == []


class Broken(io.TextIOBase):
    """A stream that takes some text and then fails."""

    encoding = "utf-8"

    def __init__(self, error: OSError, after: int = 0) -> None:
        self.error, self.left, self.taken = error, after, ""

    def write(self, text: str) -> int:
        if self.left <= 0:
            raise self.error
        self.left -= 1
        self.taken += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held."""


def installed(monkeypatch: pytest.MonkeyPatch, out: object) -> tuple[int, list[str]]:
    """`install --yes` with an installer that notes how far it came, into stream `out`."""
    from envdoc.cli import run_install
    from envdoc.model.results import InstallResult

    did: list[str] = []

    def carry_through(wished: object, **_: object) -> int:
        for number in range(3):
            output.plain(f"line {number}")
            output.talk(f"talk {number}")
            did.append(str(number))
        return run_install._end(InstallResult("/e", "cpu", usable=True), None, run_install.Format.JSON)

    monkeypatch.setattr(run_install, "carry_through", carry_through)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", out)
    return app.run(["install", "--profile", "cpu", "--yes"]), did


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "Broken pipe"), OSError(28, "No space left on device"), OSError(5, "I/O error")]
)
def test_a_lost_stream_changes_nothing_of_an_installation(
    monkeypatch: pytest.MonkeyPatch, error: OSError, after: int
) -> None:
    assert installed(monkeypatch, Broken(error, after)) == (0, ["0", "1", "2"])


def test_no_stream_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed(monkeypatch, None) == (0, ["0", "1", "2"])


def test_a_result_that_could_not_be_written_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Broken(OSError(28, "No space left on device")))
    monkeypatch.setattr(sys, "stderr", errors)
    assert app.run(["facts", "torch"]) == 1
    assert errors.getvalue() == "error: stdout cannot be written: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252", "latin-1", "utf-8"])
def test_a_letter_that_cannot_be_shown_can_be_read_back(envdoc: Run, encoding: str) -> None:
    name = "/no/机器é💥.json"
    told = envdoc("check", "--machine", name, encoding=encoding)
    assert told.code == 2
    assert "?" not in told.stderr.splitlines()[0]
    back = told.stderr.splitlines()[0]
    for letter in "机器é💥":
        code = ord(letter)
        escaped = f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
        back = back.replace(escaped, letter)
    assert name in back
    document = json.loads(envdoc("check", "--machine", name, "--format", "json", encoding=encoding).stdout)
    assert name in document["findings"][0]["summary"]


NASTY = "\x1b[31mred\x07\u202eevil\u2066\x9b2J\udcff\u200b"
PLACES = [
    ["check", "--machine", NASTY],
    ["check", "--profile", NASTY],
    ["check", "--env", NASTY],
    ["check", "--python", NASTY],
    ["check", "--only", NASTY],
    ["check", "--skip", NASTY],
    ["resolve", "--torch", NASTY],
    ["resolve", "--gpu", NASTY],
    ["resolve", "--driver", NASTY],
    ["resolve", "--os", NASTY],
    ["resolve", "--arch", NASTY],
    ["resolve", "--python", NASTY],
    ["resolve", "--with", NASTY],
    ["resolve", "--mirror", NASTY],
    ["explain", NASTY],
    ["facts", NASTY],
    ["diff", NASTY, NASTY],
    ["history", "--env", NASTY],
    ["env", "--env", NASTY],
    ["diagnose", NASTY],
    ["diagnose", "--os", NASTY, "x"],
    ["report", NASTY],
    ["report", "--for", NASTY],
    ["profiles", "validate", NASTY],
    ["profiles", NASTY],
    [NASTY],
    ["check", "--format", NASTY],
    ["check", f"--{NASTY}"],
    ["rollback", "--yes", "--env", NASTY],
    ["snapshot", "-o", f"/no/{NASTY}"],
]


@pytest.mark.parametrize("argv", PLACES, ids=lambda argv: " ".join(argv[:2]).replace(NASTY, "NASTY"))
def test_no_argument_reaches_the_terminal_raw(envdoc: Run, argv: list[str]) -> None:
    told = envdoc(*argv)
    assert told.code in (1, 2), told.stderr
    assert not set("\x1b\x07\u202e\u2066\x9b\udcff\u200b") & set(told.stdout + told.stderr)
    assert "Traceback" not in told.stderr


def test_names_of_files_and_profiles_too(envdoc: Run, tmp_path: Path) -> None:
    profile = tmp_path / "own.yaml"
    profile.write_text('id: "x\\e[31m"\ntitle: "t\\u202e"\nwhat\\e: 1\n', encoding="utf-8")
    told = envdoc("profiles", "validate", str(profile))
    assert told.code == 2
    assert not set("\x1b\u202e") & set(told.stdout + told.stderr)


def test_a_document_stays_json_whatever_stands_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"a": NASTY, "b\u202e": ["\x00", "\udc80", "💥", "\U000e0001"]}
    output.document(data)
    written = capsys.readouterr().out
    assert not set("\x1b\u202e\u2066\x9b\udcff") & set(written)
    assert json.loads(written) == data


def test_a_stream_takes_text_only_and_has_no_buffer() -> None:
    stream = streams.of(io.StringIO())
    with pytest.raises(TypeError):
        stream.write(b"x")  # type: ignore[arg-type]
    assert not hasattr(stream, "buffer")


@pytest.mark.skipif(sys.platform == "win32", reason="bash and ulimit")
def test_a_name_that_is_not_utf8_and_little_memory(tmp_path: Path) -> None:
    import subprocess

    broken = os.fsencode(str(tmp_path)) + b"/env\xff"
    Path(os.fsdecode(broken)).mkdir()
    for argv in (["check", "--env"], ["rollback", "--yes", "--env"]):
        done = subprocess.run(
            [sys.executable, "-m", "envdoc", *argv, broken], capture_output=True, timeout=60, check=False
        )
        assert done.returncode in (0, 1, 2), done.stderr
        assert b"Traceback" not in done.stderr
        assert b"\xff" not in done.stderr
    for limit in (40_000, 90_000, 160_000, 1_000_000):
        command = f"ulimit -v {limit}; exec {sys.executable} -m envdoc check --profile cpu"
        done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
        if limit <= 160_000:
            assert (done.returncode, done.stderr.splitlines()[0]) == (
                1,
                b"error: there is not enough memory to run envdoc",
            )
        else:
            assert (done.returncode, done.stderr) == (0, b"")
