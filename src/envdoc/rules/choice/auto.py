"""Among profiles, the one made for these GPUs."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.knowledge.gpunames import words
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

    Of the profiles that fit all visible GPUs the one that names them, else the one with the narrowest bounds: it was
    made for them. Equal ones stand as the profiles do.
    """
    fitting = [each for each in judged if each.best is not None]
    if case.wish.profile != "auto":
        return next(iter(fitting), None)
    if case.situation.unreadable:
        return None
    return min(fitting, key=distance, default=None)


def distance(judgement: Judgement) -> tuple[bool, int, int]:
    """How far a profile is from being made for just these GPUs: whether it does not name them all, and how wide its
    bounds are, in majors and minors."""
    gpus = judgement.profile.gpus
    if gpus is None:
        return (True, 0, 0)
    low, high = version_tuple(gpus.min), version_tuple(gpus.max)
    return (not _named(judgement), high[0] - low[0], high[1] - low[1])


def _named(judgement: Judgement) -> bool:
    """Whether the profile was made for cards, and each visible GPU is one of them ("Tesla T4" is "t4")."""
    cards = judgement.situation.cards
    made_for = [words(name) for name in judgement.profile.gpus.cards] if judgement.profile.gpus else []
    return bool(cards) and all(any(own <= words(card.name) for own in made_for) for card in cards)
