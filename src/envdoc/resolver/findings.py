"""Findings of the resolver: why nothing fits, and what a choice that fits should be known for.

Every code has its page in docs/findings/.
"""

from __future__ import annotations

from envdoc.findings import text
from envdoc.model.finding import Command, Finding, Remediation, Severity
from envdoc.model.text import joined
from envdoc.model.value import replace
from envdoc.resolver import asked
from envdoc.resolver.explain import main_reasons
from envdoc.resolver.openers import Opened
from envdoc.resolver.unproved import of_unproved
from envdoc.rules import drivers
from envdoc.rules.choice import gates
from envdoc.rules.choice.bare import BARE, is_bare
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, Pick, Verdict
from envdoc.rules.choice.offers import reachable
from envdoc.rules.choice.reach import Reached
from envdoc.rules.choice.reasons import Kind, texts
from envdoc.rules.choice.situation import alike

_DRIVERS = "https://www.nvidia.com/en-us/drivers/"
_COMPATIBILITY = "https://docs.nvidia.com/deploy/cuda-compatibility/"
_MATRIX = "https://github.com/pytorch/pytorch/blob/main/RELEASE.md"

# The code and the summary's beginning for each kind of reason, in the order in which they are looked for.
_REFUSALS: dict[Kind, tuple[str, str, str]] = {
    Kind.SYSTEM: ("system-outside-profile", "refused-system", _MATRIX),
    Kind.GPU_UNKNOWN: ("gpu-unknown", "refused-gpu-unknown", _DRIVERS),
    Kind.GPU_PROFILE: ("gpu-outside-profile", "refused-gpu-profile", ""),
    Kind.PYTHON_PROFILE: ("python-outside-profile", "refused-python-profile", ""),
    Kind.BRANCH: ("driver-dropped-gpu", "refused-branch", _DRIVERS),
    Kind.DRIVER: ("driver-too-old-for-profile", "refused-driver", _COMPATIBILITY),
    Kind.WISH: ("torch-outside-profile", "refused-wish", ""),
    Kind.LIBC: ("glibc-too-old", "refused-libc", _MATRIX),
    Kind.MODEL: ("model-needs-other", "refused-model", ""),
    Kind.COMPONENT: ("component-does-not-fit", "refused-component", ""),
    Kind.PYTHON: ("python-without-torch", "refused-python", _MATRIX),
    Kind.UNREACHABLE: ("network-unreachable", "refused-unreachable", ""),
    Kind.SOURCE: ("source-without-build", "refused-source", ""),
}


def of_refusal(judged: tuple[Judgement, ...], case: Case, opened: tuple[Opened, ...]) -> tuple[Finding, ...]:
    """Why nothing fits: one finding, or one a cause, each an error."""
    remedy = _remedy(opened, case)
    if case.wish.profile != "auto":
        return _of_profile(judged[0], case, remedy)
    if case.situation.unreadable:
        return (_unreadable(case, remedy),)
    covering = [each for each in judged if not _outside(each)]
    if covering:
        # what a profile merely does not offer the bare choice could have given: its reasons stand in the way
        instead = _only_lacks(covering[0]) and is_bare(judged[-1].profile)
        return _of_profile(judged[-1] if instead else covering[0], case, remedy)
    return (_unanswerable(case, remedy),)


def _only_lacks(judgement: Judgement) -> bool:
    """Whether all that is against a profile is that it does not offer a component."""
    return {reason.kind for reason in judgement.general} == {Kind.COMPONENT}


def _outside(judgement: Judgement) -> bool:
    outside = (Kind.NO_GPU, Kind.GPU_PROFILE, Kind.GPU_UNKNOWN)
    return any(reason.kind in outside for reason in judgement.general)


def _of_profile(judgement: Judgement, case: Case, remedy: Remediation) -> tuple[Finding, ...]:
    """The causes that stand against every candidate of the profile; without such, those against its first."""
    kinds = _causes(judgement)
    found = tuple(
        _refusal(
            code,
            text("resolve", "of-profile", who=_whose(judgement), told=text("resolve", summary)),
            _evidence(judgement, kind, case),
            remedy,
            link,
        )
        for kind, (code, summary, link) in _REFUSALS.items()
        if kind in kinds
    )
    if found:
        return found
    summary = text("resolve", "no-build", who=_whose(judgement))
    place = f"{case.situation.system.value} {case.situation.arch}"
    evidence = texts(main_reasons(judgement)) or (text("resolve", "never-published", place=place),)
    return (_refusal("no-torch-build-fits", summary, evidence, remedy, _MATRIX),)


def _whose(judgement: Judgement) -> str:
    """Whose refusal it is. The bare one is that of all that was ever published."""
    return text("resolve", "every-build") if is_bare(judgement.profile) else judgement.profile.id


def _causes(judgement: Judgement) -> set[Kind]:
    if judgement.general:
        return {reason.kind for reason in judgement.general}
    every = [{reason.kind for reason in verdict.reasons} for verdict in judgement.own]
    kinds = [each for each in every if Kind.UNPUBLISHED not in each]
    if is_bare(judgement.profile):  # builds for other GPUs say nothing about why those for these do not fit
        kinds = [each for each in kinds if Kind.GPU_CODE not in each] or kinds
    common = (set.intersection(*kinds) or kinds[0]) if kinds else set()
    return common - {Kind.SOURCE} if Kind.UNREACHABLE in common else common


def _evidence(judgement: Judgement, kind: Kind, case: Case) -> tuple[str, ...]:
    if kind is Kind.UNREACHABLE:
        return _lost(case)
    reasons = judgement.general or tuple(reason for verdict in judgement.own for reason in verdict.reasons)
    told = texts(reason for reason in reasons if reason.kind is kind)
    if kind is not Kind.WISH:
        return told
    beyond = (reason for verdict in judgement.verdicts for reason in verdict.reasons if reason.kind is Kind.PROFILE)
    return (*texts(beyond), *told)  # what the profile is for, then what was asked for


def _refusal(code: str, summary: str, evidence: tuple[str, ...], remedy: Remediation, link: str) -> Finding:
    return Finding(code, Severity.ERROR, summary, evidence, remedy, (link,) if link else ())


def _unanswerable(case: Case, remedy: Remediation) -> Finding:
    """`auto`, and a GPU of which nobody knows what it runs."""
    evidence = tuple(
        text("resolve", "capability-of", capability=each.capability or text("checks", "unknown"), each=each)
        for each in alike(case.situation.cards)
    )
    summary = text("resolve", "unanswerable")
    return _refusal("gpu-unknown", summary, evidence, remedy, _DRIVERS)


def _unreadable(case: Case, remedy: Remediation) -> Finding:
    without = asked.resolve(replace(case.wish, profile="cpu"), case.situation)
    commands = (*remedy.commands, Command("envdoc check"), *without)
    fix = text("resolve", "unreadable-fix")
    summary = text("resolve", "unreadable")
    evidence = (case.situation.unreadable,)
    return Finding("gpus-not-readable", Severity.ERROR, summary, evidence, Remediation(fix, commands))


def _remedy(opened: tuple[Opened, ...], case: Case) -> Remediation:
    if not opened:
        return Remediation(text("resolve", "no-single-change"))
    told = joined(
        (text("resolve", "change-opens", change=each.opener.change, opens=each.opener.opens) for each in opened), "; "
    )
    newer = sorted((each for each in opened if each.driver), key=lambda each: each.profile == BARE)
    least = newer[0].driver if newer else ""  # rather the one that leads to a profile
    if least:
        update = drivers.update(least, case.situation.system, wsl=case.situation.wsl)
        told = text("checks", "named", name=update, told=told)
    return Remediation(told, tuple(dict.fromkeys(command for each in opened for command in each.commands)))


def of_choice(
    reached: Reached, judgement: Judgement, verdict: Verdict, pick: Pick, opened: tuple[Opened, ...]
) -> tuple[Finding, ...]:
    """What a choice that fits should be known for: warnings and notes."""
    case = reached.case
    found = list(of_unproved(reached, judgement, verdict, pick, opened))
    if judgement.imagined:
        found.append(_gpu_absent(judgement, case))
    if judgement.profile.gpus and case.situation.cards and not case.situation.driver:
        found.append(_driver_unknown(verdict.cuda, case))
    if any(reason.kind is Kind.UNREACHABLE for reason in verdict.passed):
        found.append(_unreachable(pick, case))
    if not pick.lock and not is_bare(judgement.profile):
        found.append(_lock_missing(judgement, pick, case))
    return tuple(found)


def _gpu_absent(judgement: Judgement, case: Case) -> Finding:
    profile = judgement.profile
    seen = case.situation.unreadable or (
        text("resolve", "all-hidden") if case.situation.hidden else text("resolve", "none-here")
    )
    return Finding(
        "profile-gpu-absent",
        Severity.WARNING,
        text("resolve", "gpu-absent", profile=profile.id, span=gates.span(profile)),
        (seen,),
        Remediation(
            text("resolve", "gpu-absent-fix"),
            asked.install(replace(case.wish, profile="cpu"), case.situation),
        ),
    )


def _driver_unknown(cuda: str, case: Case) -> Finding:
    return Finding(
        "driver-not-known",
        Severity.INFO,
        text("resolve", "driver-not-judged", cuda=cuda),
        remediation=Remediation(
            text("resolve", "driver-not-judged-fix"),
            asked.resolve(case.wish, case.situation, "--driver", "580.65.06"),
        ),
    )


def _lost(case: Case) -> tuple[str, ...]:
    """What each source that could not be reached answered, in its own words."""
    return tuple(
        text("checks", "named", name=state.source.name, told=state.offers.reason())
        for state in case.sources
        if not reachable(state)
    )


def _unreachable(pick: Pick, case: Case) -> Finding:
    given = text("resolve", "larger-build") if pick.offered.superset else text("resolve", "same-variant")
    return Finding(
        "network-unreachable",
        Severity.WARNING,
        text("resolve", "preferred-unreachable", source=pick.offered.source.name, given=given),
        _lost(case),
        Remediation(text("resolve", "preferred-unreachable-fix"), (Command("envdoc facts mirrors"),)),
    )


def _lock_missing(judgement: Judgement, pick: Pick, case: Case) -> Finding:
    profile, situation = judgement.profile, case.situation
    return Finding(
        "lock-missing",
        Severity.WARNING,
        text(
            "resolve",
            "no-lock",
            profile=profile.id,
            system=situation.system.value,
            arch=situation.arch,
            python=pick.python,
        ),
        (text("resolve", "locks", locks=", ".join(sorted(profile.locks)) or text("checks", "none")),),
        Remediation(text("resolve", "no-lock-fix")),
    )
