"""What holds for every machine, tried on machines that nobody thought of.

They are drawn from a profile's own bounds (its systems, GPUs, Pythons; drivers around the floors), because nearly
nothing fits a machine drawn at large. Each property counts what it reached and ends with the least that it must
have: one that reaches nothing fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from resolver_kit import PYPI, PYTORCH, UNASKED, Resolver, down, fixed_lock

from envdoc.components import registry
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import known
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.model.resolution import Resolution, SourceState, Wish
from envdoc.model.specifiers import allows
from envdoc.model.value import dataclass
from envdoc.rules import drivers as driver_rules
from envdoc.rules.choice import bare
from envdoc.rules.choice.auto import judge_all
from envdoc.rules.choice.case import Builds, Case
from envdoc.rules.choice.judge import judge
from envdoc.rules.choice.situation import situate
from envdoc.rules.coverage import covers

R = Resolver()
CAPABILITIES = ("5.2", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "12.0", "12.1")
DRIVERS = (
    "470.256.02",
    "525.60.13",
    "535.54.03",
    "560.35.03",
    "570.26",
    "575.51.03",
    "580.65.06",
    "590.48.01",
    "610.43.02",
)
SOURCES = (
    (SourceState(PYTORCH), SourceState(PYPI)),
    (down(PYTORCH), SourceState(PYPI)),
    (SourceState(PYPI),),
    (SourceState(PYTORCH), down(PYPI)),
)
EXAMPLES = 40
Candidates = set[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A machine drawn from a profile's bounds, with the wish and the sources."""

    profile: str
    cards: tuple[str, ...]
    driver: str
    place: tuple[str, str]
    python: str
    wish: Wish
    sources: tuple[SourceState, ...]

    def machine(self, **changed: object) -> Machine:
        facts = {"gpus": self.cards, "driver": self.driver, "python": self.python, **changed}
        return R.machine(system=self.place[0], arch=self.place[1], **facts)


@st.composite
def drawn(draw: st.DrawFn, drivers: tuple[str, ...] = (*2 * DRIVERS[4:7], "", *DRIVERS)) -> Drawn:
    profile = R.profiles[draw(st.sampled_from(tuple(R.profiles)))]
    place = (draw(st.sampled_from(profile.systems)).value, draw(st.sampled_from(profile.arches)))
    inside = _inside(profile)
    cards = draw(st.lists(st.sampled_from(inside), min_size=1, max_size=2)) if inside else []
    if draw(st.integers(0, 9)) == 9:
        cards.append(draw(st.sampled_from(CAPABILITIES)))
    python = draw(st.sampled_from(("", "", *2 * profile.python.allow, "3.9")))
    torch = draw(st.sampled_from(("", "", "", profile.torch.prefer[0], f"<={profile.torch.prefer[-1]}", "2.8.0")))
    name = draw(st.sampled_from(("auto", profile.id)))
    return Drawn(
        profile.id, tuple(cards), draw(st.sampled_from(drivers)), place, python, Wish(name, torch),
        draw(st.sampled_from(SOURCES)),
    )  # fmt: skip


def _inside(profile: Profile) -> tuple[str, ...]:
    if profile.gpus is None:
        return ()
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    return tuple(each for each in CAPABILITIES if low <= version_tuple(each) <= high)


def holds(
    what: Callable[[Drawn, Counter[str]], None],
    least: dict[str, int],
    strategy: st.SearchStrategy[Drawn] | None = None,
) -> None:
    """Try a property on EXAMPLES drawn machines, and see that it reached at least so much."""
    reached: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(strategy if strategy is not None else drawn())
    def run(each: Drawn) -> None:
        what(each, reached)

    run()
    assert all(reached[name] >= number for name, number in least.items()), dict(reached)


def candidates(machine: Machine, wish: Wish, sources: tuple[SourceState, ...] = UNASKED) -> Candidates:
    """Every build that fits, by profile, line and variant: as the choice itself has judged it."""
    situation = situate(machine, R.knowledge, wish.python)
    builds = Builds(R.knowledge.torch, situation.system.value, situation.arch)
    case = Case(situation, wish, sources, R.knowledge, builds, fixed_lock, registry)
    bare_too = [judge(bare.profile(case), case)] if wish.profile == "auto" else []
    return {
        (judged.profile.id, verdict.line, verdict.cuda)
        for judged in (*judge_all(case, R.profiles), *bare_too)
        for verdict in judged.verdicts
        if verdict.pick
    }


def test_a_choice_satisfies_every_constraint() -> None:
    def satisfied(it: Drawn, reached: Counter[str]) -> None:
        machine = it.machine()
        resolution = R.resolve(machine, it.wish, it.sources)
        if not resolution.fits:
            reached["refused"] += 1
            assert [finding for finding in resolution.findings if finding.severity == "error"]
            return
        reached["fits"] += 1
        assert not it.python or resolution.python == it.python
        assert not it.wish.torch or allows(_as_specifier(it.wish.torch), resolution.torch)
        _runs_on_the_gpus(machine, resolution, reached)
        if resolution.profile == bare.BARE:
            reached["bare"] += 1
            return
        profile = R.profiles[resolution.profile]
        line = ".".join(resolution.torch.split(".")[:2])
        assert machine.os.system in profile.systems
        assert machine.os.arch in profile.arches
        assert (line in profile.torch.prefer, resolution.cuda in profile.torch.cuda) == (True, True)
        assert resolution.python in profile.python.allow
        if profile.gpus is not None:
            low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
            assert all(low <= version_tuple(each) <= high for each in resolution.gpus)

    holds(satisfied, {"fits": 24, "refused": 6, "gpu": 18, "driver": 12, "bare": 2})


def _as_specifier(wished: str) -> str:
    """`2.8` is a line, `2.8.0` a release."""
    if not wished[0].isdigit():
        return wished
    return f"=={wished}.*" if wished.count(".") == 1 else f"=={wished}"


def _runs_on_the_gpus(machine: Machine, resolution: Resolution, reached: Counter[str]) -> None:
    """Code for every GPU that was not left out, and a driver that serves it; what is left out is said."""
    driver = version_tuple(machine.driver.version.value or "")
    floor = driver_rules.floor(str(resolution.cuda), machine.os.system.value, R.knowledge)
    have = {str(gpu.compute_capability.value) for gpu in machine.gpus.or_else(())}
    said = any(finding.code == "mixed-gpus-not-covered" for finding in resolution.findings)
    assert resolution.cuda == "cpu" or not have or set(resolution.gpus) == have or said
    for capability in set(resolution.gpus) & have:
        reached["gpu"] += 1
        reached["driver"] += bool(driver)
        assert covers(resolution.arch_list, capability)
        assert not driver or driver >= version_tuple(floor)
        assert not (driver and driver[0] >= 590 and version_tuple(capability) < (7, 5))


def test_every_rejected_candidate_says_why() -> None:
    def says_why(it: Drawn, reached: Counter[str]) -> None:
        resolution = R.resolve(it.machine(), it.wish, it.sources)
        names = [each.candidate for each in resolution.rejected]
        assert len(names) == len(set(names))
        assert all(each.reasons and all(each.reasons) for each in resolution.rejected)
        reached["rejected"] += len(names)

    holds(says_why, {"rejected": 200})


def test_the_same_input_gives_the_same_output() -> None:
    def same(it: Drawn, reached: Counter[str]) -> None:
        one, other = (R.resolve(it.machine(), it.wish, it.sources) for _ in range(2))
        assert one == other
        reached["fits"] += one.fits

    holds(same, {"fits": 16})


def test_the_order_of_gpus_does_not_matter() -> None:
    def turned(it: Drawn, reached: Counter[str]) -> None:
        straight = it.machine()
        gpus = straight.gpus.or_else(())
        back = replace(straight, gpus=known(tuple(reversed(gpus))))
        assert R.resolve(straight, it.wish) == R.resolve(back, it.wish)
        reached["several"] += len(gpus) > 1

    holds(turned, {"several": 10})


def test_a_newer_driver_loses_no_candidate() -> None:
    """But where its branch drops a GPU: from 590 on nothing below 7.5 is served."""

    def newer(it: Drawn, reached: Counter[str]) -> None:
        for after in (each for each in DRIVERS if version_tuple(each) > version_tuple(it.driver)):
            if version_tuple(after)[0] >= 590 and any(version_tuple(each) < (7, 5) for each in it.cards):
                continue
            before = candidates(it.machine(), it.wish)
            now = candidates(it.machine(driver=after), it.wish)
            assert before <= now
            reached["some before"] += bool(before)
            reached["more after"] += len(before) < len(now)

    holds(newer, {"some before": 25, "more after": 10}, drawn(DRIVERS[:6]))


def test_another_gpu_never_adds_a_candidate() -> None:
    def joined(it: Drawn, reached: Counter[str]) -> None:
        have = it.machine().gpus.or_else(())
        if not have:
            return  # the first GPU ends the imagining for an image build
        wish = replace(it.wish, profile=it.profile)
        alone = candidates(it.machine(), wish)
        for capability in (it.cards[0], *CAPABILITIES[::3]):
            more = R.machine(gpus=(capability,)).gpus.or_else(())[0]
            both = replace(it.machine(), gpus=known((*have, replace(more, index=len(have)))))
            together = candidates(both, wish)
            assert together <= alone
            reached["some"] += bool(alone)
            reached["fewer"] += len(together) < len(alone)
            reached["as many"] += bool(alone) and together == alone

    holds(joined, {"some": 50, "fewer": 20, "as many": 10})


def test_a_torch_wish_never_adds_a_candidate() -> None:
    def narrowed(it: Drawn, reached: Counter[str]) -> None:
        wish = Wish(it.profile)
        wide = candidates(it.machine(), wish)
        for torch in (R.profiles[it.profile].torch.prefer[0], "2.8.0", ">=2.9", "2.9.1+cu130"):
            narrow = candidates(it.machine(), replace(wish, torch=torch))
            assert narrow <= wide
            reached["some"] += bool(narrow)
            reached["fewer"] += len(narrow) < len(wide)

    holds(narrowed, {"some": 30, "fewer": 40})


def test_a_lost_source_never_adds_a_candidate() -> None:
    def lost(it: Drawn, reached: Counter[str]) -> None:
        whole = candidates(it.machine(), it.wish)
        less = candidates(it.machine(), it.wish, (down(PYTORCH), SourceState(PYPI)))
        assert less <= whole
        reached["some"] += bool(less)
        reached["fewer"] += len(less) < len(whole)

    holds(lost, {"some": 10, "fewer": 10})


def test_a_driver_opener_is_true() -> None:
    """What the first driver opener promises is there on the machine with that driver."""

    def true(it: Drawn, reached: Counter[str]) -> None:
        resolution = R.resolve(it.machine(), it.wish, it.sources)
        opener = next((each for each in resolution.openers if _of_the_driver(each.change)), None)
        if opener is None:
            return
        version = opener.change.split()[1]
        newer = it.machine(driver=version if "." in version else f"{version}.00")
        reached["openers"] += 1
        assert R.resolve(newer, it.wish, it.sources).fits
        gained = candidates(newer, it.wish, it.sources) - candidates(it.machine(), it.wish, it.sources)
        assert gained
        first = opener.opens.removeprefix("torch ").split(" and ")[0].split(",")[0].split(" (")[0]
        assert first in {f"{line} {cuda}" for _, line, cuda in gained}

    old = drawn(("470.256.02", "525.60.13", "560.35.03"))
    holds(true, {"openers": 12}, old)


def _of_the_driver(change: str) -> bool:
    return change.startswith("driver ") and change.endswith(" or newer")
