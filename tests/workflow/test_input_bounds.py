"""Numbers, nesting and sizes of what somebody else wrote: each harms only the command that names it, with exit 2."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from envdoc.cli.app import run
from envdoc.cli.system_errors import of_the_system
from envdoc.errors import DataError
from envdoc.knowledge import yamlfile
from envdoc.model import jsontext

DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        "[" * 80 + "]" * 80,
        "9" * 5000,
        "1" + "0" * 25,
        "NaN",
        "-Infinity",
        "1e999",
        "{",
        "",
        '{"a": ' * 90 + "1" + "}" * 90,
    ],
)
def test_json_within_bounds(text: str) -> None:
    with pytest.raises(ValueError):  # RecursionError, OverflowError and MemoryError are none
        jsontext.loads(text)


def test_json_that_is_fine() -> None:
    assert jsontext.loads('{"a": [1, -2.5, 9223372036854775807, null]}') == {"a": [1, -2.5, (1 << 63) - 1, None]}


@pytest.mark.parametrize(
    "text",
    [
        "a: !!int x\n",
        "a: !!python/object/apply:os.system [x]\n",
        "a: !!binary x\n",
        "a: !own x\n",
        "a: &x [*x]\n",
        "a: *x\n",
        f"a: {DEEP}\n",
        "? [a, b]\n: c\n",
        "{[a]: b}\n",
        "a: !!float nan\n",
    ],
)
def test_yaml_within_bounds(text: str) -> None:
    with pytest.raises(DataError):
        read(text)


def read(text: str) -> object:
    """As a profile is read: looked at first, then loaded."""
    yamlfile.compose(text, "own.yaml")
    return yamlfile.parse(text, "own.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1:2:3", "1:2:3"),
        ("0b11", "0b11"),
        ("0x1f", "0x1f"),
        ("017", "017"),
        ("1_000", "1_000"),
        ("9" * 5000, "9" * 5000),
        ("-12", -12),
        ("0", 0),
    ],
)
def test_numbers_of_yaml_are_decimal_and_short(text: str, value: object) -> None:
    assert yamlfile.parse(f"a: {text}\n", "own.yaml") == {"a": value}


@pytest.mark.parametrize("value", ["1:2:3", "9" * 5000, "!!int x", DEEP, "[" * 30 + "]" * 30, "&a [*a]", "0x1f"])
def test_a_profile_with_such_a_value_is_bad_data(tmp_path: Path, value: str) -> None:
    source = (Path(__file__).parents[2] / "profiles" / "cpu.yaml").read_text(encoding="utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(source + f"\ndisk_mib: {value}\n", encoding="utf-8")
    assert run(["profiles", "validate", str(path)]) == 2
    assert run(["resolve", "--profile", str(path), "--no-gpu"]) == 2


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["resolve", "--no-gpu", "--torch", "9" * 5000], 2),
        (["resolve", "--no-gpu", "--torch", ">=2." + "9" * 5000], 2),
        (["resolve", "--no-gpu", "--torch", "2.8.0+" + "c" * 5000], 2),
        (["resolve", "--gpu", "9" * 5000], 2),
        (["resolve", "--no-gpu", "--driver", "9" * 5000], 2),
        (["resolve", "--no-gpu", "--python", "3." + "1" * 5000], 2),
        (["smoke", "--timeout-factor", "nan"], 2),
        (["smoke", "--timeout-factor", "inf"], 2),
        (["smoke", "--timeout-factor", "1e30"], 2),
        (["resolve", "--no-gpu", "--mirror", "http://[::1"], 2),
        (["resolve", "--no-gpu", "--mirror", "https://"], 2),
        (["resolve", "--no-gpu", "--mirror", "https://h:port/simple"], 2),
        (["resolve", "--no-gpu", "--mirror", "gopher://h/simple"], 2),
        (["resolve", "--no-gpu", "--mirror", "https://h/a b"], 2),
    ],
)
def test_arguments_within_bounds(argv: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == code
    assert len(capsys.readouterr().err) < 3000


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        '{"schema": 1, "taken": ' + "9" * 5000 + "}",
        '{"os": {"system": ["linux"]}}',
        '{"os": {"system": "linux", "arch": NaN}}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_hostile_snapshot_is_bad_data(tmp_path: Path, text: str) -> None:
    path = tmp_path / "machine.json"
    path.write_text(text, encoding="utf-8")
    assert run(["check", "--machine", str(path)]) == 2


def test_a_snapshot_too_large_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "machine.json"
    path.write_text(json.dumps({"note": "x" * (33 << 20)}), encoding="utf-8")
    assert run(["check", "--machine", str(path)]) == 2
    assert "longer than 32 MiB" in capsys.readouterr().err


def test_a_lock_is_read_within_bounds(tmp_path: Path) -> None:
    root = Path(__file__).parents[2] / "profiles"
    (tmp_path / "locks").mkdir()
    (tmp_path / "own.yaml").write_text((root / "cpu.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    for lock in (root / "locks").iterdir():
        (tmp_path / "locks" / lock.name).write_bytes(b"\xff\xfe" + lock.read_bytes())
    assert run(["resolve", "--profile", str(tmp_path / "own.yaml"), "--no-gpu"]) in (1, 2)


LONG = "9" * 5000


@pytest.mark.parametrize(
    "argv",
    [
        ["rollback", "--yes", "--env", LONG],
        ["rollback", "--yes", "--remove", "--env", LONG],
        ["history", "--env", LONG],
        ["env", "--env", LONG],
        ["install", "--profile", "cpu", "--yes", "--env", LONG],
        ["install", "--profile", "cpu", "--yes", "--adopt", "--env", LONG],
        ["data", "check", "x", "--tokenizer", LONG],
        ["data", "check", LONG],
        ["launch", LONG],
        ["memory", LONG, "--method", "lora"],
        ["diagnose", LONG],
        ["profiles", "validate", LONG],
        ["check", "--machine", LONG],
    ],
)
def test_a_name_that_no_file_can_have_is_no_bug(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) in (1, 2)
    assert "bug" not in capsys.readouterr().err


def test_a_lock_of_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    source = (Path(__file__).parents[2] / "profiles" / "cpu.yaml").read_text(encoding="utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(source.replace("linux-x86_64-cp311.txt", f"l{LONG}.txt"), encoding="utf-8")
    assert run(["profiles", "validate", str(path)]) == 2
    assert run(["resolve", "--profile", str(path), "--no-gpu"]) == 2


@pytest.mark.parametrize(
    "number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENAMETOOLONG, errno.ELOOP]
)
def test_what_the_system_refuses_is_no_bug(number: int) -> None:
    told = of_the_system(OSError(number, os.strerror(number), "/a/b"))
    assert told is not None
    assert told.message.startswith("/a/b: ")
    assert told.exit_code == 2
