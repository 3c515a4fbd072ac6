"""The choice: one profile as asked, or for `auto` the one that suits the visible GPUs best."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from envdoc.components import registry
from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.knowledge.profiles import lock_lines
from envdoc.knowledge.tables import Knowledge
from envdoc.model.machine import Machine
from envdoc.model.profile import Locks, Profile
from envdoc.model.resolution import Rejected, Resolution, SourceState, Wish
from envdoc.model.text import joined
from envdoc.resolver import explain, findings, openers, result
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Builds, Case, remembered
from envdoc.rules.choice.judge import Judgement
from envdoc.rules.choice.reach import reach
from envdoc.rules.choice.situation import situate


def resolve(
    wish: Wish,
    machine: Machine,
    knowledge: Knowledge,
    profiles: Mapping[str, Profile],
    sources: tuple[SourceState, ...],
    *,
    locks: Locks = lock_lines,
    others: Callable[[], Mapping[str, Profile]] = dict,
) -> Resolution:
    """What to install on this machine, and why nothing else. Pure.

    `sources` stand in order of preference. `locks` reads a profile's lock; tests hand in their own. `others` gives
    the profiles that are looked at where none of `profiles` fits, and one was named.

    Raises:
        UsageError: an unknown profile or component, or a torch wish that is no version.
    """
    _check_names(wish, profiles)
    situation = situate(machine, knowledge, wish.python)
    builds = Builds(knowledge.torch, situation.system.value, situation.arch)
    case = Case(situation, wish, sources, knowledge, builds, remembered(locks), registry)
    reached = reach(case, profiles)
    judged, best = reached.judged, reached.best
    opened = openers.find(case, profiles, judged, None if reached.left_out else best, others)
    if best is None:
        return Resolution(
            profile="" if wish.profile == "auto" else judged[0].profile.id,
            python="",
            cuda=None,
            gpus=situation.capabilities,
            rejected=_rejected(judged, None, case),
            openers=tuple(each.opener for each in opened),
            why=(),
            findings=findings.of_refusal(judged, case, opened),
        )
    return result.build(reached, best, _rejected(judged, best, case), opened)


def _check_names(wish: Wish, profiles: Mapping[str, Profile]) -> None:
    for name in (*wish.with_components, *wish.without_components):
        registry.named(name)
    registry.selected((), wish.with_components, wish.without_components)
    if wish.profile == "auto" or wish.profile in profiles:
        return
    import difflib

    near = difflib.get_close_matches(wish.profile, profiles, n=3, cutoff=0.4) or list(profiles)
    hint = text("errors", "did-you-mean", names=joined([f"`{each}`" for each in near], " or "))
    raise UsageError(text("errors", "no-profile", profile=wish.profile), hint=hint)


def _rejected(judged: tuple[Judgement, ...], best: Judgement | None, case: Case) -> tuple[Rejected, ...]:
    """A line for each candidate of the profile judged; for `auto` also one for every profile but the chosen: those
    that are for this machine, the nearest first, before the candidates; those for another at the end."""
    if case.wish.profile != "auto":
        return explain.rejected_candidates(judged[0])
    chosen = best.profile.id if best else ""
    others = [each for each in judged if each.profile.id != chosen and not (best and is_bare(each.profile))]
    told = [explain.rejected_profile(each, best) for each in sorted(others, key=explain.distance)]
    candidates = explain.rejected_candidates(best) if best else ()
    return (*(each for each in told if not each.elsewhere), *candidates, *(each for each in told if each.elsewhere))
