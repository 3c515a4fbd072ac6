"""Reasons into lines that people read: what was rejected, and why the choice is what it is."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile
from envdoc.model.resolution import Rejected
from envdoc.model.text import Text, joined
from envdoc.rules import drivers
from envdoc.rules.choice import gates
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, Pick, Verdict
from envdoc.rules.choice.reasons import Kind, Reason, texts
from envdoc.rules.choice.situation import Situation, alike

_ELSEWHERE = (Kind.GPU_PROFILE, Kind.NO_GPU, Kind.SYSTEM)


def rejected_candidates(judgement: Judgement) -> tuple[Rejected, ...]:
    """One line for each torch line x CUDA variant that was not taken. The bare choice judges every build there is:
    of its the nearest first, what fits too last,
    those that were never published not at all."""
    best = judgement.best
    verdicts = [verdict for verdict in judgement.verdicts if verdict is not best]
    if is_bare(judgement.profile):
        kinds = {id(each): [reason.kind for reason in each.reasons] for each in verdicts}
        verdicts = [each for each in verdicts if Kind.UNPUBLISHED not in kinds[id(each)]]
        verdicts.sort(key=lambda each: (not each.reasons, len(each.reasons)))
    return tuple(Rejected(each.name, texts(each.reasons) or (_less_preferred(judgement, each),)) for each in verdicts)


def _less_preferred(judgement: Judgement, verdict: Verdict) -> str:
    name = judgement.best.name if judgement.best else "another"
    if not verdict.known:
        return text("resolve", "own-compilers", name=name)
    return text("resolve", "comes-before" if is_bare(judgement.profile) else "prefers", name=name)


def distance(judgement: Judgement) -> tuple[bool, int]:
    """How far a profile is from the machine: what is for another GPU or system last, then by the reasons against."""
    return (_elsewhere(judgement), len(judgement.general))


def _elsewhere(judgement: Judgement) -> bool:
    return any(reason.kind in _ELSEWHERE for reason in judgement.general)


def rejected_profile(judgement: Judgement, best: Judgement | None) -> Rejected:
    """One line for a whole profile that `auto` did not take."""
    candidate = text("resolve", "bare-title") if is_bare(judgement.profile) else f"profile {judgement.profile.id}"
    if judgement.best is None:
        told = texts(main_reasons(judgement))
        # "profile rtx40: is for ..." needs no second "rtx40"
        short = tuple(_without(judgement.profile.id, each) for each in told)
        return Rejected(candidate, short, _elsewhere(judgement))
    if best is None:
        return Rejected(candidate, (text("resolve", "fits-not-asked"),))
    return Rejected(candidate, (text("resolve", "fits-too", profile=best.profile.id),))


def _without(profile: str, told: str) -> str:
    """The sentence without the profile that it begins with."""
    if isinstance(told, Text) and told.values.get("profile") == profile:
        return text(told.page, told.name, **{**told.values, "profile": ""})
    return told


def main_reasons(judgement: Judgement) -> tuple[Reason, ...]:
    """Why nothing of a profile fits: what is against it as a whole, else what is against its first choice."""
    if judgement.general:
        return judgement.general
    if is_bare(judgement.profile):  # of every build there is, in its order, the first that was made for these GPUs
        return min((each.reasons for each in judgement.verdicts), key=_farness, default=())
    return judgement.verdicts[0].reasons if judgement.verdicts else ()


def _farness(reasons: tuple[Reason, ...]) -> tuple[bool, bool]:
    """Of a build's reasons: that it was never made is farthest, then that it has no code for the GPUs."""
    kinds = {reason.kind for reason in reasons}
    return Kind.UNPUBLISHED in kinds, Kind.GPU_CODE in kinds


def why(judgement: Judgement, verdict: Verdict, pick: Pick, case: Case) -> tuple[str, ...]:
    """The choice in sentences, the most important first."""
    situation, profile = judgement.situation, judgement.profile
    lines = [_profile_line(judgement, case), _build_line(verdict, pick, situation)]
    lines += _driver_lines(verdict.cuda, situation, case.knowledge)
    lines += [
        text("resolve", "serves-instead", text=reason.text, source=pick.offered.source.name)
        for reason in verdict.passed
    ]
    if pick.offered.superset:
        lines.append(
            text(
                "resolve",
                "superset",
                source=pick.offered.source.name,
                release=pick.offered.release,
                cuda=pick.offered.build.cuda,
            )
        )
    lines.append(_python_line(pick.python, profile, case))
    if is_bare(profile) and len(pick.components) > 1:
        lines.append(text("resolve", "newest-known"))
    if situation.hidden:
        names = joined((str(card) for card in alike(situation.hidden)), " and ")
        lines.append(text("resolve", "hidden", names=names))
    if not situation.sure:
        lines.append(text("resolve", "fastest-first"))
    return tuple(lines)


def _profile_line(judgement: Judgement, case: Case) -> str:
    profile, cards = judgement.profile, case.situation.cards
    if case.wish.profile != "auto":
        return text("resolve", "profile-asked", profile=profile.id)
    if is_bare(profile):
        return text("resolve", "no-profile-fits")
    if profile.gpus is None:
        return text("resolve", "profile-no-gpu", profile=profile.id)
    names = joined(
        text("resolve", card.verb("card-has", "cards-have"), card=card, capability=card.capability)
        for card in alike(cards)
    )
    return text("resolve", "profile-for", profile=profile.id, span=gates.span(profile), names=names)


def _build_line(verdict: Verdict, pick: Pick, situation: Situation) -> str:
    offered = pick.offered
    told = text("resolve", "torch-from", release=offered.release, cuda=verdict.cuda, source=offered.source.name)
    if verdict.cuda == "cpu":
        return text("resolve", "needs-no-gpu", told=told)
    return text("resolve", "has-code", told=told, capabilities=joined(situation.capabilities, " and "))


def _driver_lines(cuda: str, situation: Situation, knowledge: Knowledge) -> list[str]:
    """How the driver stands to the variant: native, by minor-version compatibility, or unknown."""
    if cuda == "cpu":
        return []
    floor = drivers.floor(cuda, situation.driver_system, knowledge)
    least = max([card.driver_min for card in situation.cards], default=0)
    if not situation.driver:
        needs = max([floor, str(least)], key=version_tuple)
        return [text("resolve", "driver-unknown", cuda=cuda, needs=needs)]
    native = drivers.by_minor_compatibility(situation.the_driver, cuda, knowledge)
    if native:
        return [text("resolve", "by-minor", driver=situation.driver, cuda=cuda, floor=floor, native=native)]
    return [text("resolve", "driver-new-enough", driver=situation.driver, cuda=cuda)]


def _python_line(python: str, profile: Profile, case: Case) -> str:
    at_hand = text("resolve", "at-hand") if python in case.situation.interpreters else ""
    if case.situation.python:
        return text("resolve", "python-asked", python=python, at_hand=at_hand)
    if is_bare(profile):
        return text("resolve", "python-has-wheel", python=python, at_hand=at_hand)
    if python == profile.python.prefer:
        return text("resolve", "python-preferred", python=python, at_hand=at_hand)
    return text("resolve", "python-other", python=python, prefer=profile.python.prefer)
