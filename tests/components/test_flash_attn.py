"""flash-attn: which wheel, or every condition that the nearest ones miss; names in every grammar; the component."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from component_kit import CONTEXT

from envdoc.components import flash_attn
from envdoc.components.flash.choose import FA2, choose
from envdoc.components.flash.judge import floor_reasons, judge
from envdoc.components.flash.target import Target, usual_abi
from envdoc.findings import Language, say
from envdoc.knowledge import flashwheels, wheelnames
from envdoc.knowledge.tables import load
from envdoc.model.machine import System
from envdoc.model.plan import InstallWheel

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("flash_attn_cases.yaml").read_text("utf-8"))
SEEDS_OWN = "flash_attn-2.7.4.post1+cu124torch2.6.0cxx11abiFALSE-cp312-cp312-win_amd64.whl"
FLASH = flashwheels.load()


def target_of(told: dict[str, Any]) -> Target:
    arch, abi = told.get("arch", "x86_64"), told.get("abi", "usual")
    if abi == "usual":
        abi = usual_abi(told["torch"], told["cuda"], arch, load())
    gpus = tuple(dict.fromkeys(told["gpus"].split()))
    free_threaded = told.get("threaded", False)
    return Target(
        System(told["os"]),
        arch,
        told["python"],
        told["torch"],
        told["cuda"],
        abi,
        gpus,
        told.get("glibc", ""),
        free_threaded,
    )


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100
    assert sum("refused" in case for case in CASES) >= 25


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_the_right_wheel_or_the_named_refusal(case: dict[str, Any]) -> None:
    chosen = choose(target_of(case["target"]), FLASH, load(), case.get("package", FA2))
    wheel = chosen.wheel
    takes = f"{wheel.collection}/{wheel.release}/{wheel.name.file}" if wheel else None
    assert (takes, chosen.reused, list(chosen.reasons)) == (
        case.get("takes"),
        case.get("reused", False),
        case.get("refused", []),
    )


SEED = Target(System.WINDOWS, "x86_64", "3.12", "2.7.0", "12.8", False, ("12.0",))


def the(name: str) -> flashwheels.Wheel:
    """The wheel of that name in the index."""
    parsed = wheelnames.parse(name)
    assert parsed is not None
    ends = "win_amd64" if "win_amd64" in name else "_x86_64"
    for line in FLASH.lines(parsed.package, ends):
        for wheel in FLASH.wheels(parsed.package, ends, line):
            if wheel.name == parsed:
                return wheel
    raise LookupError(name)


def test_the_seeds_own_wheel_is_refused_for_each_of_its_faults() -> None:
    assert judge(the(SEEDS_OWN), SEED, FLASH, load()).reasons == (
        "built for torch 2.6.0, this is torch 2.7.0",
        "2.7.4.post1 built with CUDA 12.4 has no code for compute capability 12.0 (it has 8.0 9.0)",
    )


def test_reasons_are_said_in_chinese_too() -> None:
    told = judge(the(SEEDS_OWN), SEED, FLASH, load()).reasons
    assert [say(each, Language.ZH) for each in told] == [
        "为 torch 2.6.0 构建，这里是 torch 2.7.0",
        "2.7.4.post1（以 CUDA 12.4 构建）没有计算能力 12.0 的代码（有 8.0 9.0）",
    ]
    refused = choose(replace(SEED, cuda=""), FLASH, load()).reasons
    assert [say(each, Language.ZH) for each in refused] == ["flash-attn 需要 CUDA 版 torch，而 torch 2.7.0 是 CPU 版"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"torch": "2.8.0"}, "torch"),
        ({"cuda": "13.0"}, "CUDA"),
        ({"cuda": ""}, "CPU"),
        ({"python": "3.11"}, "Python"),
        ({"gpus": ("7.5",)}, "compute capability"),
    ],
)
def test_each_condition_alone_refuses(changes: dict[str, Any], word: str) -> None:
    right = choose(SEED, FLASH, load()).wheel
    assert right is not None
    (reason,) = judge(right, replace(SEED, **changes), FLASH, load()).reasons
    assert word in reason


def test_every_chosen_wheel_meets_every_condition_of_its_case() -> None:
    """The choice and the judgement of one file are the same functions; nothing chosen has a reason against it."""
    for case in CASES:
        target = target_of(case["target"])
        chosen = choose(target, FLASH, load(), case.get("package", FA2))
        if chosen.wheel is not None:
            assert judge(chosen.wheel, target, FLASH, load()).reasons == ()


def test_generations() -> None:
    assert floor_reasons("flash-attn-4", ("9.0", "10.0", "10.3"), FLASH) == ()
    assert floor_reasons("flash-attn-4", ("12.0",), FLASH) == (
        "FlashAttention 4 runs on compute capability 9.x, 10.x only, not 12.0",
    )


NAMES = {
    "flash_attn-2.8.3+cu12torch2.7cxx11abiTRUE-cp312-cp312-linux_x86_64.whl": ("12", "2.7", True),
    "flash_attn-2.6.3+cu123torch2.4cxx11abiFALSE-cp312-cp312-linux_x86_64.whl": ("12.3", "2.4", False),
    "flash_attn-2.8.3+cu128torch2.8-cp313-cp313t-win_amd64.whl": ("12.8", "2.8", None),
    "flash_attn-2.8.3+cu128torch2.8.0cxx11abiFALSE-cp312-cp312-win_amd64.whl": ("12.8", "2.8.0", False),
    "flash_attn-2.7.4.post1+cu129torch2.7.0-cp312-cp312-linux_x86_64.whl": ("12.9", "2.7.0", None),
    "flash_attn_3-3.0.0+cu128torch2.9gite2743ab-cp39-abi3-win_amd64.whl": ("12.8", "2.9", None),
    "flash_attn_3-3.0.0b1+20251110.cu128torch280cxx11abitrue.c8abdd-cp39-abi3-linux_x86_64.whl": (
        "12.8",
        "2.8.0",
        True,
    ),
    "flash_attn_3-3.0.0+20260511.cu130torch2110cxx11abitrue.ab6632-cp39-abi3-linux_x86_64.whl": (
        "13.0",
        "2.11.0",
        True,
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_read_in_every_grammar_and_written_again(name: str) -> None:
    parsed = wheelnames.parse(name)
    assert parsed is not None
    built = wheelnames.built_for(parsed.local)
    assert built is not None
    assert (parsed.file, (built.cuda, built.torch, built.cxx11_abi)) == (name, NAMES[name])


@pytest.mark.parametrize(
    "name",
    [
        "flash_attn-2.8.3.tar.gz",
        "flash_attn-2.8.3-cp312-cp312-linux_x86_64.whl",
        "flash_attn-2.8.3+rocm64torch2.8-cp312-cp312-linux_x86_64.whl",
        "causal_conv1d-1.6.1+cu12torch2.8cxx11abiTRUE-cp312-cp312-linux_x86_64.whl",
        "../flash_attn-2.8.3+cu128torch2.8-cp312-cp312-win_amd64.whl",
    ],
)
def test_other_names_are_not_guessed(name: str) -> None:
    assert wheelnames.parse(name) is None


def test_the_index_holds_what_its_lists_named() -> None:
    every = list(flashwheels.read(Path(flashwheels.INDEX).read_text("utf-8").splitlines()))
    assert len({(wheel.collection, wheel.name, wheel.release) for wheel in every}) == len(every) == 6351
    assert {wheel.collection for wheel in every} == {row.name for row in FLASH.collections}
    assert all(FLASH.url(wheel).startswith("https://") for wheel in every[:50])


def test_the_component_takes_the_file_and_nothing_else() -> None:
    (way,) = flash_attn.candidates(replace(CONTEXT, system=System.WINDOWS, torch="2.7.0"))
    steps = [(each.name, each.version, each.url) for each in way.steps if isinstance(each, InstallWheel)]
    assert (way.reasons, [each.name for each in way.requirements], steps) == (
        (),
        ["einops"],
        [
            (
                "flash-attn",
                "2.8.3",
                "https://github.com/mjun0812/flash-attention-prebuild-wheels/releases/download/v0.7.11/"
                "flash_attn-2.8.3%2Bcu128torch2.7-cp312-cp312-win_amd64.whl",
            )
        ],
    )


def test_a_refusal_says_what_serves_instead() -> None:
    (way,) = flash_attn.candidates(replace(CONTEXT, torch="2.15.0", cuda="cu130"))
    assert [reason.split(":")[0].split(",")[0] for reason in way.reasons[3:]] == [
        "instead",
        "or",
        "or a build from source",
    ]
    (old,) = flash_attn.candidates(replace(CONTEXT, gpus=("7.5",)))
    assert len(old.reasons) == 2
