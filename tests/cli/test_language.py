"""The reader's language: where it is taken from, and what it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Run

from english import english
from envdoc.cli.language import preferred, taken, wished
from envdoc.errors import UsageError
from envdoc.findings import Language
from envdoc.host.language import of_langid
from envdoc.render.lines import Line, columns, flat

SEED = str(Path(__file__).parents[1] / "machines" / "win11-2x5060ti-576-cpu-torch.json")
LOG = """\
+ nvidia-smi
Failed to initialize NVML: Driver/library version mismatch
NVML library version: 580.95
"""


@pytest.mark.parametrize(
    ("argv", "rest", "language"),
    [
        (["check"], ["check"], "en"),
        (["--lang", "zh", "check"], ["check"], "zh"),
        (["check", "--lang=zh", "-v"], ["check", "-v"], "zh"),
        (["check", "--lang", "zh", "--lang", "en"], ["check"], "en"),
        (["diagnose", "--", "x", "--lang", "fr"], ["diagnose", "--", "x", "--lang", "fr"], "en"),
    ],
)
def test_the_option_is_taken_off(argv: list[str], rest: list[str], language: str) -> None:
    assert taken(argv) == rest
    assert (wished(), preferred()) == (language, language)


@pytest.mark.parametrize("argv", [["check", "--lang", "fr"], ["check", "--lang"], ["check", "--lang="]])
def test_an_unknown_language_is_usage(argv: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        taken(argv)
    assert caught.value.hint == "write `en` or `zh`"


def test_a_wish_of_one_run_is_not_that_of_the_next(envdoc: Run) -> None:
    assert envdoc("--lang", "zh", "check", "--list").code == 0
    taken(["check"])
    assert wished() is Language.EN


@pytest.mark.parametrize(("langid", "language"), [(0x0804, "zh"), (0x0404, "zh"), (0x0409, "en"), (0x0411, "en")])
def test_windows_user_interface(langid: int, language: str) -> None:
    assert of_langid(langid) == language


def test_a_diagnosis_in_chinese(envdoc: Run, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_bytes(LOG.encode())  # the bytes are counted
    ran = envdoc("diagnose", str(log), "--os", "linux", "--lang", "zh")
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("train.log: 3 行，101 bytes，涉及 ")
    assert lines[2:-4] == [
        "✗ driver-library-mismatch：NVIDIA 驱动已更新到 580.95，而旧的内核模块仍在加载中",
        "    第 2 行：Failed to initialize NVML: Driver/library version mismatch",
        "  → 重启；在容器中则重启宿主机。无法重启时，停止所有使用 GPU 的程序并重新加载内核模块",
    ]
    assert lines[-4:] == [
        "    $ bash: sudo reboot",
        "    $ bash: cat /proc/driver/nvidia/version",
        "    https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceEnumvs.html",
        "    https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html",
    ]


@pytest.mark.parametrize(
    ("option", "variable", "chinese"), [((), "zh", False), (("--lang", "zh"), "en", True), ((), "en", False)]
)
def test_json_is_english_unless_the_option_asks(
    envdoc: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: tuple[str, ...],
    variable: str,
    chinese: bool,
) -> None:
    log = tmp_path / "train.log"
    log.write_text(LOG, encoding="utf-8")
    monkeypatch.setenv("ENVDOC_LANG", variable)
    document = json.loads(envdoc("diagnose", str(log), "--format", "json", *option).stdout)
    finding = document["findings"][0]
    assert finding["summary"].startswith("NVIDIA 驱动已更新" if chinese else "The NVIDIA driver was updated")
    assert (finding["code"], finding["values"]) == ("driver-library-mismatch", {"library": "580.95"})
    assert finding["aliases"] == ["nvml-driver-library-mismatch", "cuda-803-driver-mismatch"]


@pytest.mark.parametrize(("encoding", "word"), [("gbk", "级别"), ("utf-8", "级别"), ("cp1252", "Severity")])
def test_where_chinese_cannot_be_written_english_is(envdoc: Run, encoding: str, word: str) -> None:
    ran = envdoc("explain", "torch-cpu-build", "--lang", "zh", encoding=encoding)
    assert word in ran.stdout


def test_a_page_that_is_not_translated_says_so(envdoc: Run) -> None:
    ran = envdoc("explain", "usage", "--lang", "zh")
    assert ran.stdout.startswith("# usage\n\n**级别：** 错误\n\n此页尚未翻译成中文，以下为英文\n\n## What it means\n")


def test_the_environment_asks_for_a_language(envdoc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENVDOC_LANG")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "级别" in envdoc("explain", "torch-cpu-build").stdout
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "Severity" in envdoc("explain", "torch-cpu-build").stdout


@pytest.mark.parametrize(
    "argv",
    [
        ("resolve", "--gpu", "RTX 6O90"),
        ("resolve", "--gpu", "12.0", "--no-gpu"),
        ("resolve", "--gpu", "99.0"),
        ("resolve", "--driver", "new"),
        ("resolve", "--python", "three"),
        ("resolve", "--os", "beos"),
        ("resolve", "--arch", "z80"),
        ("resolve", "--gpu", "12.0", "--with", "flash-atn"),
        ("resolve", "--gpu", "12.0", "--without", "torch"),
        ("resolve", "--gpu", "12.0", "--with", "deepspeed", "--without", "deepspeed"),
        ("check", "--only", "gpu-heath"),
        ("check", "--only", "memory", "--skip", "memory"),
        ("check", "--require", "memory", "--skip", "memory"),
        ("check", "--env", "/nowhere"),
        ("check", "--python", "/nowhere/python"),
        ("check", "--machine", "/nowhere.json"),
        ("diagnose", "/nowhere.log"),
        ("diagnose", "."),
        ("explain", "torch-cpu-bild"),
        ("smoke", "--only", "matmull"),
        ("rollback", "--env", "FILE", "--yes"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_in_chinese(envdoc: Run, tmp_path: Path, argv: tuple[str, ...]) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    ran = envdoc(*(each.replace("FILE", str(tmp_path)) for each in argv), "--lang", "zh")
    assert ran.code != 0
    assert "错误：" in ran.stderr
    assert "提示：" in ran.stderr
    assert list(english(ran.stderr)) == []


@pytest.mark.parametrize("way", ["option", "LANG", "LC_ALL", "windows"])
@pytest.mark.parametrize(
    ("argv", "chinese"),
    [
        (("check", "--machine", SEED), "错误"),
        (("resolve", "--machine", SEED), "软件包："),
        (("diagnose", "LOG"), "重启"),
        (("explain", "torch-cpu-build"), "含义"),
        (("smoke", "--list"), "矩阵乘法"),
        (("install", "--profile", "no-such-profile"), "错误："),
    ],
    ids=lambda told: told[0] if isinstance(told, tuple) else "",
)
def test_every_way_of_asking_reaches_every_command(
    envdoc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, argv: tuple[str, ...], chinese: str
) -> None:
    monkeypatch.delenv("ENVDOC_LANG")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    if way == "windows":
        monkeypatch.setattr("envdoc.host.language.ui_language", lambda: "zh-CN")
        monkeypatch.setattr("envdoc.cli.language.on_windows", lambda: True)
    elif way != "option":
        monkeypatch.setenv(way, "zh_CN.UTF-8")
    log = tmp_path / "train.log"
    log.write_text(LOG, encoding="utf-8")
    ran = envdoc(*(each.replace("LOG", str(log)) for each in argv), *(("--lang", "zh") if way == "option" else ()))
    assert chinese in ran.stdout + ran.stderr


def test_labels_stand_in_one_column_by_their_width_on_the_screen() -> None:
    lines = [Line("1", label="显存"), Line("2", label="driver"), Line("", label="CUDA 初始化"), Line("no label")]
    assert flat(lines, ascii_only=False) == "显存         1\ndriver       2\nCUDA 初始化\nno label\n"
    assert (columns("driver"), columns("显存"), columns("CUDA 初始化"), columns("，")) == (6, 4, 11, 2)
