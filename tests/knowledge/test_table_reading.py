"""The reading of table files: groups hand their fields down, words become tuples, nothing is taken for a number."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoc.errors import DataError
from envdoc.knowledge import files, table, torchtable, yamlfile
from envdoc.knowledge.rows import DriverFloorRow, StackRow, TorchRow

FLOORS = """
source: https://example.org/a
checked: 2026-11-23
rows:
  - {cuda_major: 11, linux: 450.80, windows: 452.10}
  - source: "measured: x.whl"
    rows:
      - {cuda_major: 12, linux: 525.60.13, windows: 527.41, checked: 2026-11-24}
"""


def test_a_group_hands_its_fields_down_and_a_row_may_differ() -> None:
    assert table.rows(DriverFloorRow, yamlfile.parse(FLOORS, "floors.yaml")) == (
        DriverFloorRow("https://example.org/a", "2026-11-23", 11, "450.80", "452.10"),
        DriverFloorRow("measured: x.whl", "2026-11-24", 12, "525.60.13", "527.41"),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("7.5 8.0 12.0", ("7.5", "8.0", "12.0")),
        ("3.9-3.11", ("3.9", "3.10", "3.11")),
        ("2.7 2.9-2.11", ("2.7", "2.9", "2.10", "2.11")),
        (["2.10"], ("2.10",)),
        ([], ()),
        ("0.0.29.post2 0.0.29.post3", ("0.0.29.post2", "0.0.29.post3")),
        ("3.9-4.1", ("3.9-4.1",)),  # not a run of minors of one major
    ],
)
def test_words(written: str | list[str], read: tuple[str, ...]) -> None:
    assert table.words(written) == read


def test_versions_and_dates_stay_text() -> None:
    assert yamlfile.parse("{a: 3.10, b: 2026-11-23, c: 580, d: true, e: null, f: 1e3}", "x") == {
        "a": "3.10",
        "b": "2026-11-23",
        "c": 580,
        "d": True,
        "e": None,
        "f": "1e3",
    }


def test_words_within_a_dict_of_tuples() -> None:
    row = table.make(
        StackRow,
        {
            "source": "s",
            "checked": "2026-11-23",
            "package": "p",
            "version": "1",
            "python": "",
            "torch": "",
            "wheels_python": {"windows": "3.10-3.12"},
        },
    )
    assert row.wheels_python == {"windows": ("3.10", "3.11", "3.12")}
    assert row.systems == ("linux", "windows")


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(DataError) as caught:
        table.make(
            DriverFloorRow,
            {"source": "s", "checked": "c", "cuda_major": 12, "linux": "1", "windows": "2", "wndows": "3"},
        )
    assert "'wndows'" in caught.value.message


def test_a_torch_build_meets_its_line() -> None:
    data = yamlfile.parse(
        """
lines:
  2.7: {patches: 2.7.0 2.7.1, python: 3.9-3.10, cxx11_abi: true, glibc: 2.28, pypi: {linux-x86_64: cu126}}
builds:
  source: s
  checked: 2026-11-23
  os: linux
  arch: x86_64
  rows:
    - {cuda: cu126, lines: 2.6-2.7, sm: 5.0 9.0}
    - {cuda: cpu, lines: 2.7, sm: [], glibc: 2.17}
""",
        "torch.yaml",
    )
    common = {"version": "2.7", "os": "linux", "arch": "x86_64", "patches": ("2.7.0", "2.7.1"), "cxx11_abi": True}
    assert torchtable.rows(data) == (
        TorchRow("s", "2026-11-23", cuda="cu126", python=("3.9", "3.10"), sm=("5.0", "9.0"), pypi_default=True,
                 glibc="2.28", **common),
        TorchRow("s", "2026-11-23", cuda="cpu", python=("3.9", "3.10"), sm=(), pypi_default=False,
                 glibc="2.17", **common),
    )  # fmt: skip


def test_a_damaged_installation_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(files, "TABLES", tmp_path)
    with pytest.raises(DataError) as caught:
        table.read("torch")
    assert caught.value.message.endswith("torch.yaml: No such file or directory")
    assert "install envdoc again" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2", "x.yaml:2: not valid YAML: did not find expected ',' or ']'"),
        ("a: 1\n\tb: 2\n", "x.yaml:2: not valid YAML: found a tab character that violates indentation"),
        (
            "a: !!python/object:os.system {}",
            "x.yaml:1: not valid YAML: could not determine a constructor for the tag",
        ),
    ],
)
def test_bad_yaml_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        yamlfile.parse(text, "x.yaml")
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &a [1]\nb: *a\n", "x.yaml:2: aliases (`*name`) are not allowed"),
        ("[" * 21 + "]" * 21, "x.yaml:1: nested deeper than 20"),
    ],
)
def test_bombs_are_refused_before_they_grow(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        yamlfile.compose(text, "x.yaml")
    assert caught.value.message == message


def test_a_long_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("#" * (yamlfile.LIMIT_BYTES + 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        yamlfile.text_of(str(path))
    assert caught.value.message == f"{path}: longer than 256 KiB"
