"""A proposed command asks for all that was asked for: `resolve` and the `install` that it names choose the same."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from resolver_kit import Resolver

from envdoc.cli import quick
from envdoc.host.local import LocalHost
from envdoc.model.resolution import Resolution, Wish
from envdoc.model.value import replace
from envdoc.resolver.asked import words
from envdoc.workflow.resolve import resolve
from envdoc.workflow.wishes import MachineWish, WhatIf, wish

MACHINES = Path(__file__).parents[1] / "machines"
WINDOWS = {"gpus": ("RTX 5060 Ti",), "driver": "576.88", "system": "windows"}
EVERY = Wish(
    "rtx50-cu128",
    ">=2.7,<2.9",
    "3.11",
    ("hqq", "flash-attn"),
    ("deepspeed",),
    (("flash-attn", "index"),),
    ("cn", "https://mirror.example/simple"),
    "owner/A model",
)


def understood(line: tuple[str, ...]) -> Wish:
    """The wish that `install` and `resolve` read out of these words."""
    read: list[dict[str, Any] | None] = [quick.parse((command, *line)) for command in ("install", "resolve")]
    assert read[0] is not None
    assert read[0] == read[1]
    told = read[0]
    lists = (told.get(name) for name in ("with_", "without", "source", "mirror"))
    return wish(told["profile"], told.get("torch"), told.get("python"), *lists, told.get("for_model"))


@pytest.mark.parametrize(
    "asked",
    [
        Wish("cpu"),
        EVERY,
        replace(EVERY, places=(), torch="", model=""),
        replace(EVERY, with_components=("flash-attn",), python="", mirrors=()),
    ],
)
def test_the_words_of_a_wish_are_read_back_as_that_wish(asked: Wish) -> None:
    again = understood(("--profile", asked.profile, *words(asked)))
    assert set(again.with_components) == set(asked.with_components)
    assert replace(again, with_components=()) == replace(asked, with_components=())


def test_every_wish_has_its_words() -> None:
    """A new field of the wish is no silent loss in the next command; `needs` are read of the model."""
    bare = Wish("cpu")
    for name in (each for each in vars(bare) if each not in ("profile", "needs", "places", "of")):
        assert words(replace(bare, **{name: getattr(EVERY, name)})), name


def test_a_mirror_s_password_is_in_no_command() -> None:
    told = words(Wish(mirrors=("https://me:hunter2@mirror.example/simple", "/srv/wheels")))
    assert told == ("--mirror", "https://mirror.example/simple", "--mirror", "/srv/wheels")


def refused(resolving: Resolver, asked: Wish) -> Resolution:
    resolution = resolving(asked, **WINDOWS)
    assert not resolution.fits
    return resolution


def test_what_is_proposed_instead_keeps_the_other_wishes(resolving: Resolver) -> None:
    told = refused(resolving, Wish(python="3.12", with_components=("llama.cpp", "deepspeed"), mirrors=("cn",)))
    (finding,) = told.findings
    (line,) = (each.command for each in finding.remediation.commands)
    wishes = "--profile auto --python 3.12 --mirror cn --with deepspeed --without llama.cpp"
    assert line == f'envdoc resolve {wishes} --gpu "RTX 5060 Ti" --driver 576.88 --os windows'  # of the what-if


TORCHS_OWN = """PyTorch version: 2.8.0+cu128
OS: Ubuntu 22.04.4 LTS (x86_64)
GPU models and configuration: GPU 0: Tesla T4
Nvidia driver version: 535.247.01
"""


@pytest.mark.parametrize("field", ["file", "listing"])
def test_a_machine_that_was_named_is_named_again(field: str, tmp_path: Path) -> None:
    """What is proposed for a colleague's machine is not answered for one's own; and a profile for other GPUs is
    answered with one for these."""
    named = tmp_path / "node 7.txt"
    snapshot = (MACHINES / "linux-t4-535.json").read_text(encoding="utf-8")
    named.write_text(snapshot if field == "file" else TORCHS_OWN, encoding="utf-8")
    told = resolve(LocalHost(), MachineWish(**{field: str(named)}), Wish("hopper"), WhatIf())
    (finding,) = told.resolution.findings
    lines = [shlex.split(each.command) for each in finding.remediation.commands]
    option = "--machine" if field == "file" else "--listing"
    assert lines[0] == ["envdoc", "resolve", "--profile", "turing-dc", option, str(named)]
    assert all(line[-2:] == [option, str(named)] for line in lines)
    for line in lines:  # each does what it was proposed for
        instead = resolve(LocalHost(), MachineWish(**{field: str(named)}), Wish(line[3]), WhatIf())
        assert instead.resolution.fits, line
        assert finding.code not in [each.code for each in instead.resolution.findings]


def test_to_leave_a_component_out_is_said_beside_a_newer_driver(resolving: Resolver) -> None:
    """A driver that opens the same must not hide the change that costs nothing."""
    changes = [each.change for each in refused(resolving, Wish(with_components=("llama.cpp",))).openers]
    assert changes == ["driver 580 or newer", "`--without llama.cpp`"]


def test_where_no_profile_offers_a_component_the_bare_choice_says_what_is_in_its_way(resolving: Resolver) -> None:
    told = refused(resolving, Wish(with_components=("unsloth", "llama.cpp")))
    assert [each.code for each in told.findings] == ["component-does-not-fit"]
    assert [line for line in told.findings[0].evidence if "unsloth" in line] == []
    assert any("llama.cpp cannot be built here" in line for line in told.findings[0].evidence)
    bare = next(each for each in told.rejected if each.candidate == "torch by the tables alone")
    assert set(bare.reasons) == set(told.findings[0].evidence)


@pytest.mark.parametrize(
    ("asked", "machine", "code"),
    [
        (Wish("rtx40", with_components=("deepspeed",), mirrors=("cn",)), {"no_gpu": True}, "profile-gpu-absent"),
        (Wish(torch="2.8", with_components=("hqq",), mirrors=("cn",)), {"gpus": ("RTX 4090",)}, "driver-not-known"),
    ],
)
def test_a_finding_s_own_command_keeps_the_wishes_too(
    resolving: Resolver, asked: Wish, machine: dict[str, Any], code: str
) -> None:
    found = next(each for each in resolving(asked, **machine).findings if each.code == code)
    (line,) = (each.command for each in found.remediation.commands)
    assert " ".join(words(asked)) in line
