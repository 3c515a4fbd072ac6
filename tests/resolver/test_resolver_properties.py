"""What holds for every machine, tried on machines that nobody thought of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from resolver_kit import PYPI, PYTORCH, Resolver, down

from envdoc.model.cuda import version_tuple
from envdoc.model.facts import known
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.model.resolution import Resolution, SourceState, Wish
from envdoc.model.specifiers import allows
from envdoc.rules.coverage import covers

R = Resolver()
CAPABILITIES = ("5.2", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "12.0", "12.1")
DRIVERS = (
    "470.256.02",
    "525.60.13",
    "535.54.03",
    "550.54.14",
    "560.35.03",
    "570.26",
    "575.51.03",
    "580.65.06",
    "590.48.01",
    "610.43.02",
)
PROFILES = ("auto", *R.profiles)

gpus = st.lists(st.sampled_from(CAPABILITIES), max_size=3).map(tuple)
drivers = st.sampled_from(("", *DRIVERS))
systems = st.sampled_from((("linux", "x86_64"), ("linux", "aarch64"), ("windows", "x86_64")))
pythons = st.sampled_from(("", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"))
wishes = st.builds(Wish, profile=st.sampled_from(PROFILES), torch=st.sampled_from(("", "2.7", "2.8.0", ">=2.9")))
sources = st.sampled_from(
    (
        (SourceState(PYTORCH), SourceState(PYPI)),
        (down(PYTORCH), SourceState(PYPI)),
        (SourceState(PYPI),),
        (SourceState(PYTORCH), down(PYPI)),
    )
)
quick = settings(max_examples=40, deadline=None, derandomize=True)


def machine_of(cards: tuple[str, ...], driver: str, place: tuple[str, str], python: str) -> Machine:
    return R.machine(gpus=cards, driver=driver, system=place[0], arch=place[1], python=python)


machines = st.builds(machine_of, gpus, drivers, systems, pythons)


def candidates(resolution: Resolution) -> set[tuple[str, str]]:
    """Torch line and variant that fit: the chosen one, and those that only lost by preference."""
    if not resolution.fits:
        return set()
    line = ".".join(resolution.torch.split(".")[:2])
    also = [
        each.candidate.split() for each in resolution.rejected if each.reasons[0].startswith("fits too; the profile")
    ]
    return {(line, str(resolution.cuda)), *((words[1], words[2]) for words in also)}


@quick
@given(machines, wishes, sources)
def test_a_choice_satisfies_every_constraint(machine: Machine, wish: Wish, offered: tuple[SourceState, ...]) -> None:
    resolution = R.resolve(machine, wish, offered)
    if not resolution.fits:
        assert [finding for finding in resolution.findings if finding.severity == "error"]
        return
    profile = R.profiles[resolution.profile]
    line = ".".join(resolution.torch.split(".")[:2])
    assert machine.os.system in profile.systems
    assert machine.os.arch in profile.arches
    assert (line in profile.torch.prefer, resolution.cuda in profile.torch.cuda) == (True, True)
    assert resolution.python in profile.python.allow
    assert not wish.torch or allows(
        f"=={wish.torch}.*" if wish.torch == "2.7" else wish.torch.replace("2.8.0", "==2.8.0"), resolution.torch
    )
    _satisfies_the_gpus(machine, profile, resolution)


def _satisfies_the_gpus(machine: Machine, profile: Profile, resolution: Resolution) -> None:
    driver = version_tuple(machine.driver.version.value or "")
    floor = R.knowledge.driver_floor(str(resolution.cuda), machine.os.system.value)
    for gpu in machine.gpus.or_else(()):
        capability = str(gpu.compute_capability.value)
        if profile.gpus is None:
            continue
        assert version_tuple(profile.gpus.min) <= version_tuple(capability) <= version_tuple(profile.gpus.max)
        assert covers(resolution.arch_list, capability)
        assert not driver or driver >= version_tuple(floor)
        assert not (driver and driver[0] >= 590 and version_tuple(capability) < (7, 5))


@quick
@given(machines, wishes, sources)
def test_every_rejected_candidate_says_why(machine: Machine, wish: Wish, offered: tuple[SourceState, ...]) -> None:
    resolution = R.resolve(machine, wish, offered)
    names = [each.candidate for each in resolution.rejected]
    assert len(names) == len(set(names))
    assert all(each.reasons and all(each.reasons) for each in resolution.rejected)


@quick
@given(machines, wishes, sources)
def test_the_same_input_gives_the_same_output(machine: Machine, wish: Wish, offered: tuple[SourceState, ...]) -> None:
    assert R.resolve(machine, wish, offered) == R.resolve(machine, wish, offered)


@quick
@given(machines, wishes)
def test_the_order_of_gpus_does_not_matter(machine: Machine, wish: Wish) -> None:
    turned = replace(machine, gpus=known(tuple(reversed(machine.gpus.or_else(())))), overrides=machine.overrides)
    straight = replace(machine, gpus=known(machine.gpus.or_else(())))
    assert R.resolve(straight, wish) == R.resolve(turned, wish)


@quick
@given(
    gpus.filter(bool), st.sampled_from(DRIVERS), st.sampled_from(DRIVERS), systems, st.sampled_from(tuple(R.profiles))
)
def test_a_newer_driver_loses_no_candidate(
    cards: tuple[str, ...], one: str, other: str, place: tuple[str, str], profile: str
) -> None:
    """But where its branch drops a GPU: from 590 on nothing below 7.5 is served."""
    older, newer = sorted((one, other), key=version_tuple)
    if version_tuple(newer)[0] >= 590 and any(version_tuple(each) < (7, 5) for each in cards):
        return
    before = R.resolve(machine_of(cards, older, place, ""), Wish(profile))
    after = R.resolve(machine_of(cards, newer, place, ""), Wish(profile))
    assert candidates(before) <= candidates(after)


@quick
@given(machines, st.sampled_from(tuple(R.profiles)), st.sampled_from(CAPABILITIES))
def test_another_gpu_never_adds_a_candidate(machine: Machine, profile: str, capability: str) -> None:
    have = machine.gpus.or_else(())
    if not have:
        return  # the first GPU ends the imagining for an image build
    more = R.machine(gpus=(capability,)).gpus.or_else(())[0]
    joined = replace(machine, gpus=known((*have, replace(more, index=len(have)))))
    assert candidates(R.resolve(joined, Wish(profile))) <= candidates(R.resolve(machine, Wish(profile)))


@quick
@given(machines, st.sampled_from(tuple(R.profiles)), st.sampled_from(("2.7", "2.8.0", ">=2.9", "2.9.1+cu130")))
def test_a_torch_wish_never_adds_a_candidate(machine: Machine, profile: str, torch: str) -> None:
    narrow, wide = R.resolve(machine, Wish(profile, torch)), R.resolve(machine, Wish(profile))
    assert candidates(narrow) <= candidates(wide)


@quick
@given(machines, wishes)
def test_a_lost_source_never_adds_a_candidate(machine: Machine, wish: Wish) -> None:
    whole = R.resolve(machine, wish)
    lost = R.resolve(machine, wish, (down(PYTORCH), SourceState(PYPI)))
    if wish.profile != "auto":
        assert candidates(lost) <= candidates(whole)
    assert whole.fits or not lost.fits


@quick
@given(machines, wishes, sources)
def test_a_driver_opener_is_true(machine: Machine, wish: Wish, offered: tuple[SourceState, ...]) -> None:
    """What the first driver opener promises is there on the machine with that driver."""
    resolution = R.resolve(machine, wish, offered)
    for opener in resolution.openers:
        if opener.change.endswith("or newer") and opener.change.startswith("driver"):
            version = opener.change.split()[1]
            driver = R.machine(driver=version if version.count(".") else f"{version}.00").driver
            after = R.resolve(replace(machine, driver=driver), wish, offered)
            assert after.fits
            return
