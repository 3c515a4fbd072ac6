"""The components around a torch: as a profile's lock pins them, or for the bare choice as their bounds allow."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.model.profile import Profile
from envdoc.model.value import dataclass
from envdoc.rules.choice import formodel
from envdoc.rules.choice.asked import Candidate, Context
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case, lock_name, pins
from envdoc.rules.choice.offers import Offered
from envdoc.rules.choice.reasons import Kind, Reason
from envdoc.rules.choice.together import Refused, together


@dataclass(frozen=True, slots=True)
class Stack:
    """`reasons` are against the whole choice; `aside` are components that nobody asked for and that do not fit."""

    components: tuple[tuple[str, Candidate], ...]
    lock: str = ""  # "" where the profile has none for this platform and Python
    reasons: tuple[Reason, ...] = ()
    aside: tuple[Reason, ...] = ()


def around(offered: Offered, cuda: str, python: str, profile: Profile, case: Case) -> Stack:
    """What goes with this build on this Python."""
    lock = lock_name(case.situation, python)
    lines = case.locks(profile, lock) if lock in profile.locks else ()
    context = Context(
        case.situation.system,
        case.situation.arch,
        python,
        offered.release,
        cuda,
        case.situation.capabilities if cuda != "cpu" else (),
        case.knowledge,
        pins(lines),
        case.situation.glibc,
        case.situation.the_driver,
        case.situation.builder,
        dict(case.wish.places),
    )
    if is_bare(profile) and not case.into:
        return _by_bounds(context, profile, case)
    chosen, reasons = [], []
    for name in _to_fit(python, profile, case):
        way, against = _first(name, context, case)
        if way is None:
            reasons += [Reason(Kind.COMPONENT, text, name) for text in against]
        else:
            chosen.append((name, way))
    reasons += formodel.pin_reasons(context.lock, case)
    return Stack(tuple(chosen), lock if lines else "", tuple(reasons))


def wanted_components(profile: Profile, case: Case) -> tuple[str, ...]:
    """The profile's components with the user's `--with` and `--without`, in the order of installation."""
    return case.components.selected(profile.components, case.wish.with_components, case.wish.without_components)


def _to_fit(python: str, profile: Profile, case: Case) -> tuple[str, ...]:
    """Whom the choice is asked of. In an environment whose Python the profile does not allow, torch alone goes in."""
    if case.into and (is_bare(profile) or python not in profile.python.allow):
        return ("torch",)
    return wanted_components(profile, case)


def _first(name: str, context: Context, case: Case) -> tuple[Candidate | None, tuple[str, ...]]:
    """A component's first way that fits, or what is against its preferred one."""
    ways = case.components.candidates(name, context)
    way = next((each for each in ways if not each.reasons), None)
    return way, () if way else ways[0].reasons


def _by_bounds(context: Context, profile: Profile, case: Case) -> Stack:
    """What was asked for by the bounds alone, and beside it, of what usually goes along, as much as goes with that.
    What only a model asks for pushes nothing aside: it is to be trained by what goes along."""
    named = set(wanted_components(profile, case))
    wanted = {*named, *formodel.packages(case)}
    kept = case.components.selected(profile.optional, (), case.wish.without_components)
    beside = {name for name in kept if name in profile.optional} - wanted
    aside: list[Refused] = []
    while True:
        found = together(context, wanted | beside, case.components, bounds=formodel.bounds(case))
        against = [each for each in found.refused if each.name in wanted]
        blamed = {name for each in against if each.name in named for name in each.by} & beside
        if not blamed:
            break
        aside += [Refused(name, (_stands_back(name, against),)) for name in sorted(blamed)]
        beside -= blamed
    aside += [each for each in reversed(found.refused) if each.name not in wanted]
    return Stack(found.chosen, reasons=_told(against, case), aside=_told(aside, case))


def _stands_back(name: str, against: Iterable[Refused]) -> str:
    """Why one that nobody asked for is left out: another that somebody did does not go with it."""
    return next(each.reasons[0] for each in against if name in each.by)


def _told(refused: Iterable[Refused], case: Case) -> tuple[Reason, ...]:
    """As reasons; where the model that shall be trained bounds a package, it is what is told."""
    told: list[Reason] = []
    for each in refused:
        by = each.by[-1] if each.bounded and each.by else ""
        told += formodel.bound_reasons(each.name, by, case) or [
            Reason(Kind.COMPONENT, text, each.name) for text in each.reasons
        ]
    return tuple(told)
