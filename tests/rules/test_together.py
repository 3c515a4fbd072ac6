"""Releases that go together: each chosen by its own bounds and those of all before it, or two that cannot be told."""

from __future__ import annotations

import pytest

from envdoc.components import registry
from envdoc.components.base import Context
from envdoc.knowledge.rows import StackRow
from envdoc.knowledge.tables import load
from envdoc.model.machine import System, Tool
from envdoc.model.value import replace
from envdoc.rules.builder import Builder
from envdoc.rules.choice.together import Together, satisfiable, together

BUILDER = Builder(host_compiler=Tool("/usr/bin/g++", "13.3.0"), tools=frozenset({"cmake"}))
CONTEXT = Context(System.LINUX, "x86_64", "3.12", "2.8.0", "cu128", ("9.0",), load(), builder=BUILDER)
TRAINER = ("llamafactory", "deepspeed", "liger-kernel", "hqq", "gptqmodel")


def versions(found: Together) -> dict[str, str]:
    """The chosen releases; what comes along within bounds alone is left out."""
    every = {each.name: each.version for _, way in found.chosen for each in way.requirements}
    return {name: version for name, version in every.items() if version[0].isdigit()}


@pytest.mark.parametrize(
    ("bounds", "possible"),
    [
        ("", True),
        ("<5", True),
        ("==2.2.6", True),
        (">=2.16.0,<=4.0.0,>=3.4.1,!=4.0.*,<5.0.0", True),
        (">=3.6.0,<=4.0.0,!=4.0.*,!=3.6.0", True),
        (">=1.13.0,>=1.3.0,<=1.11.0", False),
        ("==4.57.1,>=4.57.2", False),
        (">=4.0.0,<=4.0.0,!=4.0.*", False),
        ("==0.0.32.post1,>=0.0.27.post2", True),
    ],
)
def test_whether_any_version_lies_within_bounds(bounds: str, possible: bool) -> None:
    assert satisfiable(bounds) is possible


def test_a_trainer_and_what_it_uses() -> None:
    found = together(CONTEXT, TRAINER, registry)
    assert (versions(found), found.refused) == (
        {
            "deepspeed": "0.18.4",
            "liger-kernel": "0.8.5",
            "hqq": "0.2.8.post1",
            "gptqmodel": "5.7.0",
            "llamafactory": "0.9.5",
        },
        (),
    )


def test_alone_the_newest_goes_in() -> None:
    newest = together(replace(CONTEXT, torch="2.14.1", cuda="cu130"), ("gptqmodel",), registry)
    assert versions(newest) == {"gptqmodel": "7.7.0"}


def test_unsloth_goes_beside_llamafactory() -> None:
    found = together(CONTEXT, (*TRAINER, "unsloth", "xformers", "torchao", "transformers"), registry)
    chosen = versions(found)
    assert (found.refused, chosen["unsloth"], chosen["llamafactory"]) == ((), "2026.10.9", "0.9.5")
    assert (chosen["transformers"], chosen["xformers"]) == ("5.6.0", "0.0.32.post2")


def test_two_that_do_not_go_together_are_named_with_the_package_between_them() -> None:
    found = together(replace(CONTEXT, torch="2.13.0", cuda="cu130"), ("vllm", "llamafactory"), registry)
    assert versions(found) == {"llamafactory": "0.9.5"}
    (refused,) = found.refused
    assert (refused.name, refused.by) == ("vllm", ("llamafactory",))
    assert refused.reasons == (
        "vllm 0.32.0 and llamafactory do not go together: transformers >=5.16.1,<5.20.0 against "
        ">=4.55.0,<=5.6.0,!=4.52.0,!=4.57.0; each in an environment of its own",
    )


def test_an_older_release_is_taken_where_the_newest_does_not_go_along() -> None:
    torch = replace(CONTEXT, torch="2.11.0", cuda="cu130")
    assert versions(together(torch, ("sglang",), registry)) == {"sglang": "0.5.17"}
    assert versions(together(torch, ("sglang", "llamafactory"), registry))["sglang"] == "0.5.12.post1"


def test_what_is_there_bounds_what_comes() -> None:
    factory = next(row for row in load().stacks if (row.package, row.version) == ("llamafactory", "0.9.5"))
    assert versions(together(CONTEXT, ("gptqmodel",), registry, there=(factory,))) == {"gptqmodel": "5.7.0"}
    assert versions(together(CONTEXT, ("gptqmodel",), registry)) == {"gptqmodel": "7.3.4"}


def test_of_many_refused_releases_the_one_that_asks_least_is_told() -> None:
    (refused,) = together(replace(CONTEXT, torch="2.7.1"), ("gptqmodel",), registry).refused
    assert refused.reasons == ("gptqmodel 5.7.0 needs torch >=2.8.0, not 2.7.1",)


def test_one_that_only_comes_along_needs_no_known_release() -> None:
    """sglang pins a transformers that no row knows: it comes from the index; asked for by name it is refused."""
    torch = replace(CONTEXT, torch="2.11.0", cuda="cu130")
    assert versions(together(torch, ("sglang",), registry)) == {"sglang": "0.5.17"}
    found = together(torch, ("sglang", "transformers"), registry)
    assert (versions(found), [(each.name, each.by) for each in found.refused]) == (
        {"sglang": "0.5.17"},
        [("transformers", ("sglang",))],
    )


def test_nobody_who_was_not_asked_for_bounds_anything() -> None:
    rows: tuple[StackRow, ...] = load().stacks
    assert any(row.package == "sglang" and "transformers" in row.pins for row in rows)
    assert versions(together(CONTEXT, ("transformers",), registry)) == {"transformers": "5.23.0"}
