"""Which torch for this machine: the one answer that resolve, check, diagnose and install give.

`Choosing` holds what a choice is made of. `fresh` is what `envdoc resolve` would install in a new environment;
`for_environment` the build that goes into one that is there, with its Python: the same profile, the same order of
preference. The profiles are read only when a choice is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from envdoc.knowledge.profiles import lock_lines
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Machine
from envdoc.model.profile import Locks, Profile
from envdoc.model.resolution import Wish
from envdoc.model.value import dataclass, replace
from envdoc.rules.choice import bare
from envdoc.rules.choice.asked import Components
from envdoc.rules.choice.auto import distance, judge_all
from envdoc.rules.choice.case import Builds, Case, remembered
from envdoc.rules.choice.judge import Judgement, Pick, Verdict, judge
from envdoc.rules.choice.offers import USUAL
from envdoc.rules.choice.reach import Reached, reach
from envdoc.rules.choice.situation import Situation, alike, situate

_STACK = ("torch", "torchvision", "torchaudio")


@dataclass(frozen=True, slots=True)
class Choice:
    """A torch build, with the torchvision and torchaudio that belong to it."""

    profile: str  # `bare` where none fits or has a build for the Python
    torch: str  # "2.7.1"
    cuda: str  # "cu128" | "cpu"
    python: str  # "3.12"
    packages: tuple[tuple[str, str], ...]  # (("torch", "2.7.1+cu128"), ("torchvision", "0.22.1+cu128"), ...)
    left_out: str = ""  # GPUs that it does not serve, because no build serves all together: "GPU 0 (GTX 1080)"

    @property
    def to_name(self) -> str:
        """What `--profile` must say to get it; `auto` where only that comes to it."""
        return "auto" if self.profile == bare.BARE or self.left_out else self.profile

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
    locks: Locks = lock_lines,
) -> Choosing:
    """The choice for a Machine."""
    return Choosing(situate(machine, knowledge), knowledge, components, profiles, profile, locks)


def fresh(choosing: Choosing) -> Choice | None:
    """What a new environment gets; None where nothing fits."""
    return next(_options(choosing), None)


def for_environment(choosing: Choosing, python: str, *, not_as: tuple[str, str] = ("", "")) -> Choice | None:
    """What goes into an environment with that Python ("": unknown, as a new one's).

    Nothing where nothing fits the machine at all, or no build of a profile for it has a wheel for the Python.
    `not_as` is a build (version and CUDA variant) that is in place and does not do: where it is the choice itself,
    the next one of its release line or a newer.
    """
    every = _options(choosing, python)
    best = next(every, None)
    if best is None or not best.is_installed(*not_as):
        return best
    now = version_tuple(not_as[0])[:2]
    return next((each for each in every if version_tuple(each.torch)[:2] >= now), None)


def options(choosing: Choosing, python: str = "") -> tuple[Choice, ...]:
    """Every build that fits, the one to take first; for an environment with that Python, else for a new one.

    Where GPUs had to be left out, for those that are kept. A build stands once, under the first who names it.
    """
    return tuple(_options(choosing, python))


def _options(choosing: Choosing, python: str = "") -> Iterator[Choice]:
    """The same one by one: most callers want the first alone, and the bare choice judges every build there is."""
    profiles = _by_id(choosing)
    reached = reach(_case(choosing), profiles)
    left_out = " and ".join(str(group) for group in alike(reached.left_out))
    told: set[tuple[str, str, str]] = set()
    for judgement in _judgements(choosing, reached, profiles, python):
        for choice in _choices(judgement):
            key = (choice.torch, choice.cuda, choice.python)
            if key not in told or not bare.is_bare(judgement.profile):
                told.add(key)
                yield replace(choice, left_out=left_out)


def _judgements(
    choosing: Choosing, reached: Reached, profiles: Mapping[str, Profile], python: str
) -> Iterator[Judgement]:
    """What fits best, then what else fits: for the GPUs that are kept, and for that Python."""
    first, case = reached.best, reached.case
    if first is None:
        return
    if python:
        case = replace(case, into=python)
    judged = judge_all(case, profiles)
    yield from (each for each in judged if each.profile is first.profile)
    rest = sorted((each for each in judged if each.profile is not first.profile), key=distance)
    last = [_bare(first.profile, case)] if choosing.profile is None else []
    beyond = python and python not in first.profile.python.allow
    yield from (*last, *rest) if beyond else (*rest, *last)  # beyond: as for a new environment of that Python


def _bare(like: Profile, case: Case) -> Judgement:
    """The bare choice, the nearest to what fits best."""
    every = like if bare.is_bare(like) else bare.profile(case, like)
    return judge(every, case)


def _by_id(choosing: Choosing) -> dict[str, Profile]:
    every = choosing.profiles() if choosing.profile is None else (choosing.profile,)
    return {profile.id: profile for profile in every}


def _case(choosing: Choosing) -> Case:
    situation, knowledge = choosing.situation, choosing.knowledge
    wish = Wish(choosing.profile.id if choosing.profile else "auto")
    builds = Builds(knowledge.torch, situation.system.value, situation.arch)
    return Case(situation, wish, USUAL, knowledge, builds, remembered(choosing.locks), choosing.components)


def _choices(judgement: Judgement) -> Iterator[Choice]:
    picks = [(verdict, verdict.pick) for verdict in judgement.verdicts if verdict.pick is not None]
    for verdict, pick in sorted(picks, key=lambda each: (each[1].offered.superset, not each[0].known)):
        yield _choice(judgement, verdict, pick)


def _choice(judgement: Judgement, verdict: Verdict, pick: Pick) -> Choice:
    wanted = {each.name: each.version for _, way in pick.components for each in way.requirements}
    packages = tuple((name, wanted[name] + pick.offered.tag) for name in _STACK if name in wanted)
    return Choice(judgement.profile.id, pick.offered.release, verdict.cuda, pick.python, packages)
