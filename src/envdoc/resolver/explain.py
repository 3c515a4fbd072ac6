"""Reasons into lines that people read: what was rejected, and why the choice is what it is."""

from __future__ import annotations

from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile
from envdoc.model.resolution import Rejected
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
    of its the nearest first, those that were never published not at all."""
    best = judgement.best
    verdicts = [verdict for verdict in judgement.verdicts if verdict is not best]
    if is_bare(judgement.profile):
        kinds = {id(each): [reason.kind for reason in each.reasons] for each in verdicts}
        verdicts = [each for each in verdicts if Kind.UNPUBLISHED not in kinds[id(each)]]
        verdicts.sort(key=lambda each: len(each.reasons))
    return tuple(Rejected(each.name, texts(each.reasons) or (_less_preferred(judgement, each),)) for each in verdicts)


def _less_preferred(judgement: Judgement, verdict: Verdict) -> str:
    name = judgement.best.name if judgement.best else "another"
    if not verdict.known:
        return f"runs too, but its own compilers do not know this GPU; {name} does"
    return f"fits too; {'before it comes' if is_bare(judgement.profile) else 'the profile prefers'} {name}"


def distance(judgement: Judgement) -> tuple[bool, int]:
    """How far a profile is from the machine: what is for another GPU or system last, then by the reasons against."""
    return (_elsewhere(judgement), len(judgement.general))


def _elsewhere(judgement: Judgement) -> bool:
    return any(reason.kind in _ELSEWHERE for reason in judgement.general)


def rejected_profile(judgement: Judgement, best: Judgement | None) -> Rejected:
    """One line for a whole profile that `auto` did not take."""
    candidate = f"profile {judgement.profile.id}"
    if judgement.best is None:
        told = texts(main_reasons(judgement))
        # "profile rtx40: is for ..." needs no second "rtx40"
        short = tuple(text.removeprefix(f"{judgement.profile.id} ") for text in told)
        return Rejected(candidate, short, _elsewhere(judgement))
    if best is None:
        return Rejected(candidate, ("fits, but the GPUs of this machine could not be asked",))
    return Rejected(candidate, (f"fits too; {best.profile.id} is narrower or stands first",))


def main_reasons(judgement: Judgement) -> tuple[Reason, ...]:
    """Why nothing of a profile fits: what is against it as a whole, else what is against its first choice."""
    if judgement.general:
        return judgement.general
    return judgement.verdicts[0].reasons if judgement.verdicts else ()


def why(judgement: Judgement, verdict: Verdict, pick: Pick, case: Case) -> tuple[str, ...]:
    """The choice in sentences, the most important first."""
    situation, profile = judgement.situation, judgement.profile
    lines = [_profile_line(judgement, case), _build_line(verdict, pick, situation)]
    lines += _driver_lines(verdict.cuda, situation, case.knowledge)
    lines += [f"{reason.text}; {pick.offered.source.name} serves instead" for reason in verdict.passed]
    if pick.offered.superset:
        lines.append(
            f"{pick.offered.source.name} serves torch {pick.offered.release} as the {pick.offered.build.cuda} build "
            "only; it is larger than the CPU build and runs on the CPU just as well"
        )
    lines.append(_python_line(pick.python, profile, case))
    if is_bare(profile) and len(pick.components) > 1:
        lines.append("the other components are the newest known releases whose own bounds allow this")
    if situation.hidden:
        names = " and ".join(str(card) for card in alike(situation.hidden))
        lines.append(f"`CUDA_VISIBLE_DEVICES` hides {names}: not counted")
    if not situation.sure:
        lines.append(
            "CUDA may count the fastest GPU first: set `CUDA_DEVICE_ORDER=PCI_BUS_ID` to be sure which is hidden"
        )
    return tuple(lines)


def _profile_line(judgement: Judgement, case: Case) -> str:
    profile, cards = judgement.profile, case.situation.cards
    if case.wish.profile != "auto":
        return f"profile {profile.id} was asked for"
    if is_bare(profile):
        return "no profile fits this machine: chosen from what is published, by the tables alone"
    if profile.gpus is None:
        return f"profile {profile.id}: no GPU is visible"
    names = ", ".join(f"{card} {card.verb('has', 'have')} {card.capability}" for card in alike(cards))
    return f"profile {profile.id} is for compute capability {gates.span(profile)}: {names}"


def _build_line(verdict: Verdict, pick: Pick, situation: Situation) -> str:
    offered = pick.offered
    told = f"torch {offered.release} {verdict.cuda} from {offered.source.name}"
    if verdict.cuda == "cpu":
        return f"{told}: needs no GPU"
    return f"{told}: has code for compute capability {' and '.join(situation.capabilities)}"


def _driver_lines(cuda: str, situation: Situation, knowledge: Knowledge) -> list[str]:
    """How the driver stands to the variant: native, by minor-version compatibility, or unknown."""
    if cuda == "cpu":
        return []
    floor = drivers.floor(cuda, situation.driver_system, knowledge)
    least = max([card.driver_min for card in situation.cards], default=0)
    if not situation.driver:
        needs = max([floor, str(least)], key=version_tuple)
        return [f"the driver version is not known: {cuda} needs {needs} or newer here"]
    native = drivers.by_minor_compatibility(situation.the_driver, cuda, knowledge)
    if native:
        return [
            f"driver {situation.driver} runs {cuda} by minor-version compatibility (from {floor} on); "
            f"driver {native} brings that CUDA itself"
        ]
    return [f"driver {situation.driver} is new enough for {cuda}"]


def _python_line(python: str, profile: Profile, case: Case) -> str:
    at_hand = " and is at hand" if python in case.situation.interpreters else ""
    if case.situation.python:
        return f"Python {python} was asked for{at_hand}"
    if is_bare(profile):
        return f"Python {python} has a wheel of it{at_hand}"
    if python == profile.python.prefer:
        return f"Python {python} is what the profile prefers{at_hand}"
    return f"Python {python}: the profile's {profile.python.prefer} does not go with this choice"
