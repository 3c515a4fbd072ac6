"""Among profiles, the one made for these GPUs."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, distinct, judge


def judge_all(case: Case, profiles: Mapping[str, Profile]) -> tuple[Judgement, ...]:
    """The named profile's judgement, or for `auto` those of all."""
    if case.wish.profile != "auto":
        return (judge(profiles[case.wish.profile], case),)
    return tuple(judge(profile, case) for profile in distinct(profiles))


def choose(judged: tuple[Judgement, ...], case: Case) -> Judgement | None:
    """The judgement to follow, or None where nothing fits (or nobody can see the GPUs to choose for).

    Of the profiles that fit all visible GPUs the one with the narrowest bounds: it was made for them. Equal
    ones stand as the profiles do.
    """
    fitting = [each for each in judged if each.best is not None]
    if case.wish.profile != "auto":
        return next(iter(fitting), None)
    if case.situation.unreadable:
        return None
    return min(fitting, key=narrowness, default=None)


def narrowness(judgement: Judgement) -> tuple[int, int]:
    """How wide a profile's bounds are, in majors and minors; (0, 0) without GPUs."""
    gpus = judgement.profile.gpus
    if gpus is None:
        return (0, 0)
    low, high = version_tuple(gpus.min), version_tuple(gpus.max)
    return (high[0] - low[0], high[1] - low[1])
