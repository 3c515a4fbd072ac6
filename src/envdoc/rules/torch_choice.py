"""Which torch for this machine: the one answer that resolve, check, diagnose and install give.

`Choosing` holds what a choice is made of. `fresh` is what `envdoc resolve` would install in a new environment;
`for_environment` the build that goes into one that is there, with its Python: the same profile, the same order of
preference. The profiles are read only when a choice is asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from envdoc.knowledge.profiles import lock_lines
from envdoc.knowledge.tables import Knowledge
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.model.resolution import Wish
from envdoc.model.value import dataclass, replace
from envdoc.rules.choice.asked import Components
from envdoc.rules.choice.auto import choose, judge_all
from envdoc.rules.choice.case import Builds, Case, Locks, remembered
from envdoc.rules.choice.judge import Judgement, Verdict, judge
from envdoc.rules.choice.offers import USUAL
from envdoc.rules.choice.situation import Situation, situate

_STACK = ("torch", "torchvision", "torchaudio")


@dataclass(frozen=True, slots=True)
class Choice:
    """A torch build, with the torchvision and torchaudio that belong to it."""

    profile: str
    torch: str  # "2.7.1"
    cuda: str  # "cu128" | "cpu"
    python: str  # "3.12"
    packages: tuple[tuple[str, str], ...]  # (("torch", "2.7.1+cu128"), ("torchvision", "0.22.1+cu128"), ...)

    def is_installed(self, version: str, cuda: str) -> bool:
        """Whether a torch in place (its version, local tag or not, and CUDA variant) is this build."""
        return (version.partition("+")[0], cuda) == (self.torch, self.cuda)


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a choice is made of. `profile` is the one that the user named; None lets `auto` choose."""

    situation: Situation
    knowledge: Knowledge
    components: Components
    profiles: Callable[[], tuple[Profile, ...]]
    profile: Profile | None = None
    locks: Locks = lock_lines


def of_machine(
    machine: Machine,
    knowledge: Knowledge,
    components: Components,
    profiles: Callable[[], tuple[Profile, ...]],
    profile: Profile | None = None,
) -> Choosing:
    """The choice for a Machine."""
    return Choosing(situate(machine, knowledge), knowledge, components, profiles, profile)


def fresh(choosing: Choosing) -> Choice | None:
    """What a new environment gets; None where nothing fits."""
    judgement = _fresh(choosing)
    return _choice(judgement, judgement.best) if judgement else None


def for_environment(choosing: Choosing, python: str, *, not_as: tuple[str, str] = ("", "")) -> Choice | None:
    """What goes into an environment with that Python ("": unknown, as a new one's).

    Nothing where nothing fits the machine at all, or no build of a profile for it has a wheel for the Python.
    `not_as` is a build (version and CUDA variant) that is known not to do: the next newer one instead.
    """
    first = _fresh(choosing)
    if first is None:
        return None
    judgement = first
    if python:
        judgement = _into(choosing, first, python) or first
        if judgement.best is None or judgement.best.pick is None or judgement.best.pick.python != python:
            return None
    return _choice(judgement, _after(judgement, *not_as) if not_as[0] else judgement.best)


def _into(choosing: Choosing, first: Judgement, python: str) -> Judgement | None:
    inside = replace(_case(choosing), into=python)
    if choosing.profile is not None:
        return judge(choosing.profile, inside)
    same = judge(first.profile, inside)
    return same if same.best else choose(judge_all(inside, _by_id(choosing)), inside)


def _fresh(choosing: Choosing) -> Judgement | None:
    case = _case(choosing)
    return choose(judge_all(case, _by_id(choosing)), case)


def _by_id(choosing: Choosing) -> dict[str, Profile]:
    every = choosing.profiles() if choosing.profile is None else (choosing.profile,)
    return {profile.id: profile for profile in every}


def _case(choosing: Choosing) -> Case:
    situation, knowledge = choosing.situation, choosing.knowledge
    wish = Wish(choosing.profile.id if choosing.profile else "auto")
    builds = Builds(knowledge.torch, situation.system.value, situation.arch)
    return Case(situation, wish, USUAL, knowledge, builds, remembered(choosing.locks), choosing.components)


def _after(judgement: Judgement, version: str, cuda: str) -> Verdict | None:
    """The first of the profile's own builds that fits and is not the one that did not do, nor of an older line."""
    from envdoc.model.cuda import version_tuple

    public = version.partition("+")[0]
    for verdict in judgement.own:
        if verdict.pick is None or (verdict.pick.offered.release, verdict.cuda) == (public, cuda):
            continue
        if version_tuple(verdict.line) >= version_tuple(public)[:2]:
            return verdict
    return None


def _choice(judgement: Judgement, verdict: Verdict | None) -> Choice | None:
    if verdict is None or verdict.pick is None:
        return None
    pick = verdict.pick
    wanted = {each.name: each.version for _, way in pick.components for each in way.requirements}
    packages = tuple((name, wanted[name] + pick.offered.tag) for name in _STACK if name in wanted)
    return Choice(judgement.profile.id, pick.offered.release, verdict.cuda, pick.python, packages)
