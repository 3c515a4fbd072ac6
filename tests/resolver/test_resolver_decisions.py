"""Single decisions of the choice, each by a machine on which it alone makes the difference."""

from __future__ import annotations

import re

import pytest
from resolver_kit import PYPI, PYTORCH, Resolver, down, offering

from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Gpu, Machine
from envdoc.model.resolution import Resolution, Wish
from envdoc.model.value import replace

RTX50 = {"gpus": ("RTX 5060 Ti",), "driver": "576.02"}


def codes(resolution: Resolution) -> list[str]:
    return [finding.code for finding in resolution.findings]


def test_of_profiles_that_fit_the_narrowest_is_taken_wherever_it_stands(resolving: Resolver) -> None:
    """`mixed` serves an RTX 5060 Ti too, and would be taken if the order of the files decided."""
    reordered = Resolver()
    names = sorted(resolving.profiles, key=lambda name: name != "mixed")
    reordered.profiles = {name: resolving.profiles[name] for name in names}
    assert next(iter(reordered.profiles)) == "mixed"
    assert reordered(**RTX50).profile == resolving(**RTX50).profile == "rtx50-cu128"


def test_where_gpus_could_not_be_asked_nothing_is_chosen(resolving: Resolver) -> None:
    hung: Machine = replace(resolving.machine(driver="576.02"), gpus=missing(Why.TIMED_OUT, "nvml"))
    resolution = resolving.resolve(hung)
    assert (resolution.fits, codes(resolution)) == (False, ["gpus-not-readable"])


def test_for_a_gpu_that_nobody_knows_nothing_is_guessed(resolving: Resolver) -> None:
    strange: Machine = replace(resolving.machine(driver="580.65.06"), gpus=known((Gpu(0, name=known("NVIDIA X1")),)))
    resolution = resolving.resolve(strange)
    assert (resolution.fits, codes(resolution)) == (False, ["gpu-unknown"])


def test_a_gpu_needs_the_branch_that_first_knew_it(resolving: Resolver) -> None:
    """cu128 runs from 525 on, an RTX 5060 Ti from 570 on: the driver is too old for the GPU alone."""
    resolution = resolving(Wish("rtx50-cu128"), gpus=("RTX 5060 Ti",), driver="560.35.03")
    assert (resolution.fits, codes(resolution)) == (False, ["driver-too-old-for-profile"])
    assert "needs driver 570 or newer" in resolution.findings[0].evidence[0]


@pytest.mark.parametrize("driver", ["525.60.13", "535.54.03", "560.35.03", "570.26"])
def test_a_driver_that_is_proposed_is_newer_than_the_one_at_hand(resolving: Resolver, driver: str) -> None:
    resolution = resolving(gpus=("RTX 5060 Ti",), driver=driver)
    told = [re.findall(r"driver ([\d.]+) or newer", each.change) for each in resolution.openers]
    proposed = [version_tuple(version) for each in told for version in each]
    assert proposed
    assert all(version > version_tuple(driver) for version in proposed)


def test_a_source_that_is_down_is_the_cause_not_the_one_without_the_build(resolving: Resolver) -> None:
    """The package index answers and has other builds; whether the PyTorch index has this one nobody could ask."""
    sources = (down(PYTORCH), offering(PYPI, torch=("2.7.1",), torchvision=("0.22.1",), torchaudio=("2.7.1",)))
    resolution = resolving(Wish("rtx50-cu128"), sources, gpus=("RTX 5060 Ti",), driver="576.02", system="windows")
    assert (resolution.fits, codes(resolution)) == (False, ["network-unreachable"])


def test_what_opens_by_two_changes_is_said_once(resolving: Resolver) -> None:
    """Both sources are down: either would do, and the line that shows other ways is the same for both."""
    resolution = resolving(Wish("cpu"), (down(PYTORCH), down(PYPI)), system="windows")
    assert codes(resolution) == ["network-unreachable"]
    lines = [each.command for each in resolution.findings[0].remediation.commands]
    assert lines == ["envdoc facts mirrors"]


def test_torch_without_its_companion_says_more_than_a_release_that_is_not_there(resolving: Resolver) -> None:
    sources = (offering(PYTORCH, torch=("2.7.0+cu128",), torchvision=("0.21.0+cu128",)),)
    resolution = resolving(Wish("rtx50-cu128", torch=">=2.7,<2.8"), sources, **RTX50)
    reasons = {reason for each in resolution.rejected for reason in each.reasons}
    assert "pytorch does not offer torchvision 0.22.0+cu128" in reasons


def test_beside_a_gpu_that_nobody_knows_the_others_get_no_choice_either(resolving: Resolver) -> None:
    """Of several that no build serves together some are left out; one that nobody knows is never among them."""
    both = resolving.machine(gpus=("GTX 1080", "RTX 5090"), driver="580.65.06")
    strange: Machine = replace(both, gpus=known((*both.gpus.or_else(()), Gpu(2, name=known("NVIDIA X1")))))
    resolution = resolving.resolve(strange)
    assert (resolution.fits, codes(resolution)) == (False, ["gpu-unknown"])
