"""Each component: what it installs where it fits, and one refusal for each reason that it can give."""

from __future__ import annotations

from typing import Any

import pytest
from component_kit import LOCK, only, written

from envdoc.model.machine import System
from envdoc.rules.bitsandbytes import loaded

WINDOWS = System.WINDOWS


def bnb(version: str) -> dict[str, str]:
    return {**LOCK, "bitsandbytes": version}


@pytest.mark.parametrize(
    ("torch", "expected"),
    [
        ("2.7.1", ["torch 2.7.1", "torchvision 0.22.1", "torchaudio 2.7.1"]),
        ("2.11.0", ["torch 2.11.0", "torchvision 0.26.0", "torchaudio 2.11.0"]),
        ("2.13.0", ["torch 2.13.0", "torchvision 0.28.0"]),  # torchaudio ended with 2.11
    ],
)
def test_torch_brings_what_belongs_to_it(torch: str, expected: list[str]) -> None:
    assert (written(only("torch", torch=torch)), only("torch", torch=torch).reasons) == (expected, ())


def test_torch_without_a_known_companion() -> None:
    assert only("torch", torch="9.9.9").reasons == ("no torchvision is known to belong to torch 9.9.9",)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"cuda": "cu126", "gpus": ("6.1",)}, ()),
        ({"cuda": "cu130", "torch": "2.11.0"}, ()),
        ({"cuda": "cu129"}, ()),  # 0.50 falls back to 12.8
        ({"cuda": "cpu", "gpus": ()}, ()),
        (
            {"cuda": "cu126", "gpus": ("5.2", "6.1")},
            ("bitsandbytes 0.50.2 has no code for compute capability 5.2 in its CUDA 12.6 library",),
        ),
        (
            {"cuda": "cu126", "gpus": ("7.0",), "system": WINDOWS},
            (),  # the library for 12.6 on Windows has 6.0 and 7.5; checked below
        ),
        ({"lock": bnb("0.49.0"), "cuda": "cu132"}, ("bitsandbytes 0.49.0 has no library for cu132",)),
        ({"lock": bnb("0.48.0")}, ("bitsandbytes 0.48.0 is known bad",)),
        ({"lock": bnb("0.45.1")}, ("bitsandbytes 0.45.1 has no library for cu128",)),
        ({"lock": bnb("0.99.0")}, ("the tables know nothing about bitsandbytes 0.99.0",)),
        ({"torch": "2.3.1", "cuda": "cu121", "gpus": ("8.6",)}, ("bitsandbytes 0.50.2 needs torch 2.4 or newer",)),
        ({"python": "3.9"}, ("bitsandbytes 0.50.2 needs Python 3.10 or newer",)),
        ({"lock": {"llamafactory": "0.9.5"}}, ("the profile's lock for this platform does not pin `bitsandbytes`",)),
    ],
)
def test_bitsandbytes(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    if changes.get("system") is WINDOWS:
        reasons = ("bitsandbytes 0.50.2 has no code for compute capability 7.0 in its CUDA 12.6 library",)
    assert only("bitsandbytes", **changes).reasons == reasons


@pytest.mark.parametrize(
    ("cuda", "fallback", "expected"),
    [
        ("12.8", True, "12.8"),
        ("12.9", True, "12.8"),  # the highest below
        ("12.0", True, "12.1"),  # else the lowest above
        ("12.9", False, ""),
        ("11.7", True, "11.8"),
        ("14.0", True, ""),  # never across majors
    ],
)
def test_bitsandbytes_library_choice(cuda: str, fallback: bool, expected: str) -> None:
    assert loaded(("11.8", "12.1", "12.8", "13.0"), cuda, same_major=fallback) == expected


def test_deepspeed_on_linux_is_built_without_ops() -> None:
    candidate = only("deepspeed")
    assert (written(candidate), candidate.allow_build, dict(candidate.build_env), candidate.reasons) == (
        ["deepspeed 0.18.4"],
        ("deepspeed",),
        {"DS_BUILD_OPS": "0"},
        (),
    )


@pytest.mark.parametrize(
    ("version", "python", "reasons"),
    [
        ("0.16.5", "3.12", ()),
        ("0.16.5", "3.13", ("deepspeed 0.16.5 has Windows wheels only for Python 3.10, 3.11, 3.12",)),
        (
            "0.18.4",
            "3.12",
            ("deepspeed 0.18.4 does not run on windows", "deepspeed 0.18.4 has Windows wheels for no Python"),
        ),
        ("0.99.0", "3.12", ("the tables know nothing about deepspeed 0.99.0",)),
    ],
)
def test_deepspeed_on_windows_takes_wheels(version: str, python: str, reasons: tuple[str, ...]) -> None:
    candidate = only("deepspeed", system=WINDOWS, python=python, lock={**LOCK, "deepspeed": version})
    assert (candidate.reasons, candidate.allow_build, dict(candidate.build_env)) == (reasons, (), {})


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"system": WINDOWS}, ()),
        ({"cuda": "cpu", "gpus": ()}, ("liger-kernel runs on a GPU only",)),
        ({"gpus": ("6.1",)}, ("Triton needs compute capability 7.0 or newer, not 6.1",)),
        ({"python": "3.9"}, ("liger-kernel 0.8.5 needs Python >=3.10, not 3.9",)),
        ({"system": WINDOWS, "torch": "2.3.1"}, ("no triton-windows is known for torch 2.3.1",)),
    ],
)
def test_liger_kernel(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert only("liger-kernel", **changes).reasons == reasons


def test_liger_kernel_on_windows_stands_on_triton_windows() -> None:
    candidate = only("liger-kernel", system=WINDOWS)
    assert (written(candidate), candidate.no_deps) == (["triton-windows <3.5", "liger-kernel 0.8.5"], True)
    assert not only("liger-kernel").no_deps


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"python": "3.10"}, ("llamafactory 0.9.5 needs Python >=3.11, not 3.10",)),
        ({"torch": "2.3.1"}, ("llamafactory 0.9.5 needs torch >=2.4.0, not 2.3.1",)),
    ],
)
def test_llamafactory(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert only("llamafactory", **changes).reasons == reasons


def test_huggingface_hub_is_the_locked_one() -> None:
    candidate = only("huggingface-hub")
    assert (written(candidate), candidate.reasons) == (["huggingface-hub 1.33.0"], ())


@pytest.mark.parametrize("name", ["bitsandbytes", "deepspeed", "liger-kernel", "llamafactory", "huggingface-hub"])
def test_without_a_lock_conditions_still_hold_and_nothing_is_pinned(name: str) -> None:
    candidate = only(name, lock={})
    assert (candidate.requirements, candidate.reasons) == ((), ())
