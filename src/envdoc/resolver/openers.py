"""The nearest single changes that open more. Each is tried by deciding again with the change; none is guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from envdoc.components import registry
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.finding import Command
from envdoc.model.profile import Profile
from envdoc.model.resolution import Offers, Opener
from envdoc.model.text import joined
from envdoc.model.value import dataclass, replace
from envdoc.resolver import asked
from envdoc.resolver.variables import set_variables, visible_only
from envdoc.rules import drivers
from envdoc.rules.choice.auto import distance
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, Verdict, distinct, judge
from envdoc.rules.choice.offers import reachable
from envdoc.rules.choice.reasons import Kind, Reason
from envdoc.rules.choice.situation import Card, alike

_MODERN_GLIBC = "2.28"
_AT_MOST = 3  # what a change opens is told in so many builds


class ChangeKind(StrEnum):
    """What is changed. Every build that a driver opens counts as open for the changes after it."""

    DRIVER = "driver"
    SOURCE = "source"
    PYTHON = "python"
    GPUS = "gpus"
    LIBC = "libc"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Change:
    kind: ChangeKind
    words: str
    case: Case
    commands: tuple[Command, ...] = ()  # that make it
    driver: str = ""  # of a newer driver: its least version


@dataclass(frozen=True, slots=True)
class Opened:
    """An opener, and the commands that make its change."""

    opener: Opener
    commands: tuple[Command, ...] = ()
    driver: str = ""
    profile: str = ""  # the first that it opens; `bare` for the bare choice


def find(
    case: Case,
    profiles: Mapping[str, Profile],
    judged: tuple[Judgement, ...],
    best: Judgement | None,
    others: Callable[[], Mapping[str, Profile]],
) -> tuple[Opened, ...]:
    """Changes that let in what is shut out now, the cheapest to make first."""
    kinds = {reason.kind for each in judged for reason in _reasons(each)}
    at_first = open_now = _open(judged)
    # where the choice is a build that nobody proved, another such is no gain
    nearest = sorted(judged, key=lambda each: (is_bare(each.profile), distance(each)))
    gaining = [each.profile for each in nearest if best is None or not is_bare(each.profile)]
    found = []
    for change in _changes(case, judged, best, kinds):
        before = at_first if change.kind is ChangeKind.WISH else open_now  # to wish for less is the least change
        judged_then = tuple(judge(profile, change.case) for profile in gaining)
        opened = {key: verdict for key, verdict in _open(judged_then).items() if key not in before}
        if opened:
            opener = Opener(change.words, _told(opened))
            found.append(Opened(opener, change.commands, change.driver, next(iter(opened))[0]))
            open_now = {**open_now, **opened} if change.kind is ChangeKind.DRIVER else open_now
    if best is None and not (found and case.wish.profile == "auto" and case.situation.cards):
        found += _other_profiles(case, profiles if case.wish.profile == "auto" else {**others(), **profiles})
    return tuple(found)


def _open(judged: tuple[Judgement, ...]) -> dict[tuple[str, str, str], Verdict]:
    """Every build that fits, by profile, line and variant."""
    return {
        (each.profile.id, verdict.line, verdict.cuda): verdict
        for each in judged
        for verdict in each.verdicts
        if verdict.pick
    }


def _told(opened: dict[tuple[str, str, str], Verdict]) -> str:
    """`torch 2.9 cu130, torch 2.10 cu130 and 2 more (rtx50-cu130)`, the first profile's."""
    first = next(iter(opened))[0]
    names = [verdict.name for (profile, _, _), verdict in opened.items() if profile == first]
    more = str(len(names) - _AT_MOST) if len(names) > _AT_MOST else ""
    return text("resolve", "opens", names=", ".join(names[:_AT_MOST]), more=more, profile=first)


def _changes(case: Case, judged: tuple[Judgement, ...], best: Judgement | None, kinds: set[Kind]) -> Iterator[Change]:
    """Single changes worth trying, told by the kinds of reasons that were met."""
    if Kind.DRIVER in kinds:
        yield from _newer_drivers(case, judged)
    if Kind.BRANCH in kinds and case.situation.capabilities:
        yield from _older_driver(case)
    if Kind.UNREACHABLE in kinds or any(not reachable(state) for state in case.sources):
        yield from _sources(case)
    unproved = best is None or is_bare(best.profile)
    if case.situation.python and unproved:
        yield from _pythons(case, judged)
    if len(case.situation.capabilities) > 1 and unproved:
        yield from _hidden(case)
    if Kind.LIBC in kinds and case.situation.glibc:
        told = text("resolve", "change-glibc", glibc=_MODERN_GLIBC)
        yield Change(ChangeKind.LIBC, told, _with(case, glibc=_MODERN_GLIBC))
    if best is None and case.wish.torch:
        told, wish = text("resolve", "change-torch", torch=case.wish.torch), replace(case.wish, torch="")
        yield Change(ChangeKind.WISH, told, replace(case, wish=wish), asked.resolve(wish, case.situation))
    if best is None and {Kind.COMPONENT, Kind.MODEL} & kinds:
        yield from _without(case, judged)


def _with(case: Case, **facts: object) -> Case:
    return replace(case, situation=replace(case.situation, **facts))  # type: ignore[arg-type]


def _newer_drivers(case: Case, judged: tuple[Judgement, ...]) -> Iterator[Change]:
    """Thresholds above the driver at hand, ascending: floors of the profiles' variants, the GPUs' own least."""
    situation = case.situation
    variants = dict.fromkeys(cuda for each in judged for cuda in each.profile.torch.cuda)
    floors = [drivers.floor(cuda, situation.driver_system, case.knowledge) for cuda in variants]
    own = [str(card.driver_min) for card in situation.cards if card.driver_min]
    have = drivers.comparable(situation.driver)
    for version in sorted({*floors, *own} - {""}, key=version_tuple):
        if version_tuple(version) > have:
            told = text("resolve", "change-driver", version=version)
            yield Change(ChangeKind.DRIVER, told, _with(case, driver=version), driver=version)


def _older_driver(case: Case) -> Iterator[Change]:
    oldest = case.situation.capabilities[0]
    branch = drivers.last_branch(oldest, case.knowledge)
    if branch:
        told = text("resolve", "change-branch", branch=branch, oldest=oldest)
        yield Change(ChangeKind.DRIVER, told, _with(case, driver=str(branch)))


def _sources(case: Case) -> Iterator[Change]:
    unasked: Fact[Offers] = missing(Why.NOT_ASKED)
    for lost in case.sources:
        if not reachable(lost):
            states = tuple(replace(each, offers=unasked) if each is lost else each for each in case.sources)
            commands = (Command("envdoc facts mirrors"),)
            told = text("resolve", "change-source", source=lost.source.name)
            yield Change(ChangeKind.SOURCE, told, replace(case, sources=states), commands)


def _pythons(case: Case, judged: tuple[Judgement, ...]) -> Iterator[Change]:
    """The nearest other Python that any judged profile allows; only the first that opens anything matters."""
    now = version_tuple(case.situation.python)
    proved = [each.profile for each in judged if not is_bare(each.profile)]
    every = {python for profile in proved for python in profile.python.allow} - {case.situation.python}
    nearest = sorted(every, key=lambda each: (abs(version_tuple(each)[1] - now[1]), version_tuple(each)))
    for python in nearest:
        changed = replace(_with(case, python=python), wish=replace(case.wish, python=""))
        if _open(tuple(judge(profile, changed) for profile in proved)):
            line = asked.resolve(replace(case.wish, python=python), case.situation)
            yield Change(ChangeKind.PYTHON, f"Python {python}", changed, line)
            return


def _hidden(case: Case) -> Iterator[Change]:
    """In a mixed machine: all GPUs of one compute capability hidden."""
    for capability in case.situation.capabilities:
        gone = [card for card in case.situation.cards if card.capability == capability]
        kept = tuple(card for card in case.situation.cards if card not in gone)
        indices = ",".join(str(card.index) for card in kept)
        told = text("resolve", "change-hide", gone=_listed(gone), indices=indices)
        commands = set_variables(visible_only(kept), case.situation.system)
        yield Change(ChangeKind.GPUS, told, _with(case, cards=kept), commands)


def _listed(cards: list[Card]) -> str:
    return joined((str(card) for card in alike(cards)), " and ")


def _without(case: Case, judged: tuple[Judgement, ...]) -> Iterator[Change]:
    """Each component that stands in the way left out."""
    for name in dict.fromkeys(reason.about for each in judged for reason in _reasons(each) if reason.about):
        if name != "torch":
            added = tuple(each for each in case.wish.with_components if name != registry.named(each).NAME)
            removed = (*case.wish.without_components, name)
            wish = replace(case.wish, with_components=added, without_components=removed)
            yield Change(
                ChangeKind.WISH, f"`--without {name}`", replace(case, wish=wish), asked.resolve(wish, case.situation)
            )


def _reasons(judgement: Judgement) -> Iterator[Reason]:
    yield from judgement.general
    for verdict in judgement.verdicts:
        yield from verdict.reasons


def _other_profiles(case: Case, profiles: Mapping[str, Profile]) -> list[Opened]:
    """Profiles that fit where the one asked for does not, the nearest first; for `auto` those that need no GPU."""
    auto = case.wish.profile == "auto"
    judged = []
    for profile in distinct(profiles):
        if profile.id == case.wish.profile or (profile.gpus is None) is not auto:
            continue
        # as `auto` a profile that is not for this machine costs nothing
        wish = replace(case.wish, profile=profile.id if auto else "auto")
        judged.append(judge(profile, replace(case, wish=wish)))
    fitting = (each for each in sorted(judged, key=distance) if not each.imagined)
    return [_instead(each.best, each.profile, case) for each in fitting if each.best]


def _instead(best: Verdict, profile: Profile, case: Case) -> Opened:
    opener = Opener(f"`--profile {profile.id}`", f"{best.name} ({profile.id})")
    return Opened(opener, asked.resolve(replace(case.wish, profile=profile.id), case.situation))
