"""The components that go in where they are asked for: where each fits, and each refusal of its own."""

from __future__ import annotations

from typing import Any

import pytest
from component_kit import CONTEXT, only, written

from envdoc.components import registry
from envdoc.knowledge.tables import load
from envdoc.model.machine import System, Tool
from envdoc.model.specifiers import allows
from envdoc.rules.builder import Builder

WINDOWS = System.WINDOWS
COMPILER = Builder(host_compiler=Tool("/usr/bin/g++", "13.3.0"))
ADDED = ("triton", "xformers", "torchao", "hqq", "aqlm", "eetq", "autoawq", "gptqmodel", "unsloth", "vllm", "sglang")


def case(name: str, version: str, **changes: Any) -> tuple[list[str], tuple[str, ...]]:
    found = only(name, lock={name: version}, **{"builder": COMPILER, **changes})
    return written(found), found.reasons


def test_they_go_in_only_where_they_are_asked_for() -> None:
    assert set(registry.names()) - set(registry.usual()) == {*ADDED, "llama.cpp-convert"}


@pytest.mark.parametrize(
    ("name", "version", "changes", "reasons"),
    [
        ("xformers", "0.0.32.post2", {}, ()),
        ("xformers", "0.0.32.post2", {"system": WINDOWS}, ()),
        ("xformers", "0.0.31.post1", {}, ("xformers 0.0.31.post1 needs torch ==2.7.1, not 2.8.0",)),
        ("xformers", "0.0.32.post2", {"arch": "aarch64"}, ("xformers 0.0.32.post2 has no wheel for aarch64",)),
        (
            "xformers",
            "0.0.33",
            {"torch": "2.9.0"},
            ("xformers 0.0.33 is compiled for CUDA 13 on the package index, not for cu128",),
        ),
        ("xformers", "0.0.33.post1", {"torch": "2.9.0"}, ()),
        ("xformers", "0.0.35", {"torch": "2.15.0"}, ()),
        (
            "xformers",
            "0.0.32.post2",
            {"gpus": ("7.0", "8.6")},
            ("xformers 0.0.32.post2 needs compute capability 7.5 or newer, not 7.0",),
        ),
        ("xformers", "0.0.32.post2", {"cuda": "cpu", "gpus": ()}, ("xformers 0.0.32.post2 runs on a GPU only",)),
        (
            "xformers",
            "0.0.28.post3",
            {"torch": "2.5.1", "cuda": "cu124", "gpus": ("8.9",), "system": WINDOWS},
            ("xformers 0.0.28.post3 does not run on windows",),
        ),
        ("torchao", "0.17.0", {"cuda": "cpu", "gpus": ()}, ()),
        ("hqq", "0.2.8.post1", {"system": WINDOWS}, ()),
        ("aqlm", "1.1.7", {}, ()),
        ("aqlm", "1.1.7", {"torch": "2.1.2"}, ("aqlm 1.1.7 needs torch >=2.2.0, not 2.1.2",)),
        ("eetq", "1.0.0", {"python": "3.10"}, ()),
        (
            "eetq",
            "1.0.0",
            {},
            (
                "eetq 1.0.0 needs Python ==3.10.*, not 3.12",
                "transformers 5 loads EETQ by the package `kernels`; "
                "LLaMA-Factory quantizes to 8 bits by bitsandbytes or HQQ too",
            ),
        ),
        ("autoawq", "0.2.9", {}, ()),
        ("autoawq", "0.2.9", {"system": WINDOWS}, ("autoawq 0.2.9 does not run on windows",)),
        ("gptqmodel", "5.7.0", {}, ()),
        ("gptqmodel", "5.7.0", {"torch": "2.7.1"}, ("gptqmodel 5.7.0 needs torch >=2.8.0, not 2.7.1",)),
        (
            "gptqmodel",
            "5.7.0",
            {"builder": Builder()},
            ("gptqmodel 5.7.0 cannot be built here: pypcre is a module in C, and there is no compiler",),
        ),
        ("unsloth", "2026.10.9", {}, ()),
        ("unsloth", "2026.10.9", {"torch": "2.15.0"}, ("unsloth 2026.10.9 needs torch >=2.4.0,<2.15.0, not 2.15.0",)),
        ("unsloth", "2026.10.9", {"cuda": "cpu", "gpus": ()}, ("unsloth runs on a GPU only",)),
        (
            "unsloth",
            "2026.10.9",
            {"gpus": ("6.1",)},
            ("unsloth 2026.10.9 needs compute capability 7.0 or newer, not 6.1",),
        ),
        ("vllm", "0.11.0", {}, ()),
        ("vllm", "0.11.0", {"system": WINDOWS}, ("vllm 0.11.0 does not run on windows",)),
        ("vllm", "0.26.0", {"torch": "2.11.0", "cuda": "cu130"}, ()),
        (
            "vllm",
            "0.26.0",
            {"torch": "2.11.0", "cuda": "cu126"},
            ("vllm 0.26.0 is compiled for CUDA 13 on the package index, not for cu126",),
        ),
        (
            "vllm",
            "0.33.0",
            {"torch": "2.12.1", "cuda": "cu130"},
            (
                "vllm has releases for torch 2.5.1, 2.6.0, 2.7.0, 2.7.1, 2.8.0, 2.9.0, 2.9.1, 2.10.0, 2.11.0, "
                "2.13.0, 2.14.0; none is for 2.12.1",
            ),
        ),
        ("sglang", "0.5.5", {}, ()),
        ("sglang", "0.5.23", {"torch": "2.14.1", "cuda": "cu130"}, ()),
        (
            "sglang",
            "0.5.23",
            {"torch": "2.10.0"},
            ("sglang has releases for torch 2.8.0, 2.9.1, 2.11.0, 2.13.0, 2.14.1; none is for 2.10.0",),
        ),
        ("triton", "", {}, ()),
        ("triton", "", {"gpus": ("6.1",)}, ("triton needs compute capability 7.0 or newer, not 6.1",)),
        ("triton", "", {"torch": "2.3.1", "system": WINDOWS}, ("no triton-windows is known for torch 2.3.1",)),
        ("triton", "", {"cuda": "cpu", "gpus": ()}, ("triton runs on a GPU only",)),
    ],
)  # fmt: skip
def test_each(name: str, version: str, changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    requirements, told = case(name, version, **changes)
    assert told == reasons
    assert not version or requirements[0] == f"{name} {version}"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, ["triton 3.4.0"]), ({"system": WINDOWS}, ["triton-windows <3.5"])],
)
def test_triton_is_the_one_that_belongs_to_torch(changes: dict[str, Any], expected: list[str]) -> None:
    assert written(only("triton", **changes)) == expected


@pytest.mark.parametrize(
    ("name", "version", "builds", "variables"),
    [
        ("hqq", "0.2.8.post1", ("hqq",), {"DISABLE_CUDA": "1"}),
        (
            "gptqmodel",
            "5.7.0",
            ("gptqmodel", "pypcre", "device-smi", "tokenicer", "logbar"),
            {"BUILD_CUDA_EXT": "0", "GPTQMODEL_FORCE_BUILD": "1", "TORCH_VERSION": "2.8.0"},
        ),
        ("autoawq", "0.2.9", ("autoawq",), {}),
        ("torchao", "0.16.0", (), {}),
    ],
)
def test_what_is_built_compiles_no_kernels_and_fetches_no_wheel(
    name: str, version: str, builds: tuple[str, ...], variables: dict[str, str]
) -> None:
    found = only(name, lock={name: version}, builder=COMPILER)
    assert (found.allow_build, dict(found.build_env)) == (builds, variables)


def test_what_must_come_along_within_bounds_that_no_metadata_names() -> None:
    """Without them the index gives kernels 0.17 and torchao 0.18, with which nothing imports beside torch 2.8."""
    requirements, _ = case("gptqmodel", "5.7.0")
    assert requirements == ["gptqmodel 5.7.0", "torchao <0.18", "kernels >=0.12.0,<0.13"]
    assert case("torchao", "0.18.0")[1] == ("torchao 0.18.0 needs torch >=2.11, not 2.8.0",)


def test_what_is_locked_beside_it_counts() -> None:
    told = only("gptqmodel", lock={"gptqmodel": "7.3.4", "accelerate": "1.11.0"}, builder=COMPILER).reasons
    assert told == ("gptqmodel 7.3.4 needs accelerate >=1.13.0, not 1.11.0",)
    told = only("vllm", lock={"vllm": "0.13.0", "transformers": "5.5.4"}, torch="2.9.0").reasons
    assert told == ("vllm 0.13.0 needs transformers >=4.56.0,<5, not 5.5.4",)


def test_the_tables_agree_on_which_xformers_belongs_to_a_torch() -> None:
    """`companions` is asked about an environment that is there, `stacks` about one to be made."""
    rows = [row for row in load().stacks if row.package == "xformers"]
    for companion in load().companions:
        theirs = [row.version for row in rows if allows(row.torch, companion.torch)]
        known = [version for version in companion.xformers if version in {row.version for row in rows}]
        assert set(known) <= set(theirs), companion.torch
        assert not known or theirs, companion.torch


@pytest.mark.parametrize("name", ADDED)
def test_every_release_that_is_known_fits_somewhere(name: str) -> None:
    """A row that nothing can choose would be an idle one."""
    if name == "triton":
        return
    for row in (each for each in load().stacks if each.package == name):
        found = [
            not case(name, row.version, torch=torch.torch, cuda=cuda, python=python, gpus=("9.0",))[1]
            for torch in CONTEXT.knowledge.companions
            for cuda in ("cu124", "cu128", "cu130")
            for python in ("3.10", "3.11", "3.12")
        ]
        assert any(found), (name, row.version)
