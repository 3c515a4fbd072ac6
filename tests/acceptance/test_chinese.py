"""A reader of Chinese finds no English sentence in what `check`, `resolve`, `diagnose` and `explain` say.

To renew the golden files after a change that is meant: `ENVDOC_UPDATE_GOLDEN=1 python -m pytest tests/acceptance`,
then read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from test_whole_outputs import MACHINES, printed

from english import english
from envdoc.findings import Language, codes, entry
from envdoc.model.resolution import Wish
from envdoc.render.lines import flat, laid_out
from envdoc.render.text_plan import plan_lines
from envdoc.workflow.context import local_host
from envdoc.workflow.resolve import resolve
from envdoc.workflow.wishes import MachineWish, WhatIf

GOLDEN = Path(__file__).parent / "golden" / "zh"
CORPUS = Path(__file__).parents[1] / "diagnose" / "corpus"
NAMES = sorted(path.stem for path in MACHINES.glob("*.json"))
SEED = "win11-2x5060ti-576-cpu-torch"  # two RTX 5060 Ti, driver 576, a CPU build of torch
# What is seen on such a machine: the CPU build, an old bitsandbytes, torchrun, a build for older GPUs.
SEEN_THERE = ("torch-cpu-build", "bnb-cuda-setup", "windows-torchrun-libuv", "no-kernel-image")
WISHES = (
    ("--torch", "2.9"),
    ("--torch", "1.0"),
    ("--python", "3.8"),
    ("--python", "3.14"),
    ("--with", "flash-attn", "--with", "deepspeed"),
    ("--no-gpu",),
    ("--gpu", "RTX 4090", "--gpu", "GTX 1080"),
    ("--driver", "450"),
    ("--profile", "cpu"),
    ("--profile", "hopper"),
)


def test_english_is_seen() -> None:
    assert list(english("✗ torch-missing：envdoc installed torch here, and it is gone")) != []
    assert list(english("有计算能力 6.1 and 8.9 的代码")) != []
    assert list(english("计算能力 unknown")) != []
    assert list(english("    $ uv pip install torch and some more words")) == []
    assert list(english("内存只有 8 GiB：torch 2.8.0 cu128 用不了 `set X=1 and so on`")) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("argv", [("check",), ("check", "-v", "--profile", "rtx50-cu128"), ("resolve", "-v")])
def test_no_english_is_left(name: str, argv: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    _, told = printed([*argv, "--lang", "zh", "--machine", str(MACHINES / f"{name}.json")], "utf-8", monkeypatch)
    assert list(english(told)) == []


@pytest.mark.parametrize("name", [SEED, "linux-b200-580"])
@pytest.mark.parametrize("wish", WISHES)
def test_no_english_is_left_in_a_wish(name: str, wish: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ["resolve", "-v", *wish, "--lang", "zh", "--machine", str(MACHINES / f"{name}.json")]
    _, told = printed(argv, "utf-8", monkeypatch)
    assert list(english(told)) == []


@pytest.mark.parametrize("case", sorted(path.name for path in CORPUS.iterdir()))
def test_no_english_is_left_in_a_diagnosis(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, told = printed(["diagnose", str(_log(case)), "--lang", "zh"], "utf-8", monkeypatch)
    assert f"{case.partition('.')[0]}：" in told
    assert list(english(told)) == []


def _log(case: str) -> Path:
    """The first log of a folder of the corpus that its code is told of."""
    return next(path for path in sorted((CORPUS / case).glob("*.log")) if not path.name.startswith("near-"))


@pytest.mark.parametrize("code", [code for code in codes() if "zh" in entry(code).pages])
def test_a_page_has_its_head_in_chinese(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    exit_code, told = printed(["explain", code, "--lang", "zh"], "utf-8", monkeypatch)
    head = told.split("\n## ")[0]
    assert exit_code == 0
    assert "## 含义" in told
    assert list(english(head)) == []


@pytest.mark.parametrize("command", ["check", "resolve"])
def test_the_whole_output_is_as_recorded(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = printed([command, "--lang", "zh", "--machine", str(MACHINES / f"{SEED}.json")], "utf-8", monkeypatch)
    _compare(command, code, told)


def test_the_whole_diagnosis_is_as_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "train.log"
    log.write_text("\n".join(_log(case).read_text(encoding="utf-8") for case in SEEN_THERE), encoding="utf-8")
    argv = ["diagnose", str(log), "--lang", "zh", "--machine", str(MACHINES / f"{SEED}.json")]
    code, told = printed(argv, "utf-8", monkeypatch)
    assert list(english(told)) == []
    _compare("diagnose", code, told)


def test_the_plan_for_it_is_as_recorded() -> None:
    wish = MachineWish(file=str(MACHINES / f"{SEED}.json"))
    plan = resolve(local_host(), wish, Wish(), WhatIf(), environment="/srv/env").plan
    assert plan is not None
    told = flat(laid_out(plan_lines(plan), Language.ZH), ascii_only=False)
    told = told.replace(str(Path("/srv/env").absolute()), "/srv/env")
    assert list(english(told)) == []
    _compare("plan", 0, told)


def _compare(name: str, code: int, told: str) -> None:
    told = re.sub(r"，用时 \d+\.\d\d 秒$", "", told, flags=re.MULTILINE)
    whole = re.sub(r"对照 \d+ 条规则", "对照 N 条规则", told) + f"exit {code}\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("ENVDOC_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(whole, encoding="utf-8")
    assert whole == path.read_text(encoding="utf-8")
