"""How far the choice goes for a machine: a profile, else the bare choice, else both again for fewer GPUs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile
from envdoc.model.value import dataclass, replace
from envdoc.rules.choice import bare
from envdoc.rules.choice.auto import choose, judge_all
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, judge
from envdoc.rules.choice.situation import Card


@dataclass(frozen=True, slots=True)
class Reached:
    """`judged` are all judgements of the machine as it is, the bare one last. `best` is to be followed, None where
    nothing fits; it was judged for `case`, which is without the GPUs that are `left_out`."""

    case: Case
    judged: tuple[Judgement, ...]
    best: Judgement | None
    left_out: tuple[Card, ...] = ()


def reach(case: Case, profiles: Mapping[str, Profile]) -> Reached:
    """A profile that fits; else, for `auto`, the bare choice; else the same for the most GPUs that go together."""
    judged = judge_all(case, profiles)
    best = choose(judged, case)
    if best is not None or case.wish.profile != "auto" or not _answerable(case):
        return Reached(case, judged, best)
    judged = (*judged, judge(bare.profile(case, _like(case, profiles)), case))
    if judged[-1].best is not None:
        return Reached(case, judged, judged[-1])
    for fewer in _fewer(case):
        again = judge_all(fewer, profiles)
        best = choose(again, fewer) or _bare(fewer, profiles)
        if best is not None:
            gone = tuple(card for card in case.situation.cards if card not in fewer.situation.cards)
            return Reached(fewer, judged, best, gone)
    return Reached(case, judged, None)


def _bare(case: Case, profiles: Mapping[str, Profile]) -> Judgement | None:
    judgement = judge(bare.profile(case, _like(case, profiles)), case)
    return judgement if judgement.best is not None else None


def _answerable(case: Case) -> bool:
    """Whether all GPUs are known: a build for one that nobody knows would be a guess."""
    situation = case.situation
    return not situation.unreadable and all(card.capability for card in situation.cards)


def _like(case: Case, profiles: Mapping[str, Profile]) -> Profile | None:
    """The profile that would fit if any Python and any torch would do."""
    free = replace(
        case,
        situation=replace(case.situation, python=""),
        wish=replace(case.wish, torch="", with_components=()),
        into="",
    )
    best = choose(judge_all(free, profiles), free)
    return best.profile if best else None


def _fewer(case: Case) -> Iterator[Case]:
    """The machine with GPUs of some compute capabilities left out: the most GPUs first, then the newer ones."""
    situation = case.situation
    kinds = situation.capabilities
    sets = [set(kept) for size in range(len(kinds) - 1, 0, -1) for kept in combinations(kinds, size)]

    def rank(kept: set[str]) -> tuple[int, list[tuple[int, ...]]]:
        count = sum(card.capability in kept for card in situation.cards)
        return (-count, [tuple(-part for part in version_tuple(each)) for each in sorted(kept, key=version_tuple)])

    for kept in sorted(sets, key=rank):
        cards = tuple(card for card in situation.cards if card.capability in kept)
        yield replace(case, situation=replace(situation, cards=cards))
