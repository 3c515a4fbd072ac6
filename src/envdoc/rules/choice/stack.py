"""The components around a torch: as a profile's lock pins them, or for the bare choice as their bounds allow."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile
from envdoc.model.specifiers import allows
from envdoc.model.value import dataclass, replace
from envdoc.rules.choice import formodel
from envdoc.rules.choice.asked import Candidate, Context
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case, lock_name, pins
from envdoc.rules.choice.offers import Offered
from envdoc.rules.choice.reasons import Kind, Reason


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
    """The newest known releases that go with torch, Python and each other. Who bounds others is asked before them:
    LLaMA-Factory before transformers, transformers before the hub; so from the last to be installed to the first."""
    names = case.components.selected(case.components.names(), (), case.wish.without_components)
    wanted = {*wanted_components(profile, case), *formodel.packages(case)}
    chosen: list[tuple[str, Candidate]] = []
    bounds = formodel.bounds(case)
    by: dict[str, str] = {}
    reasons: list[Reason] = []
    aside: list[Reason] = []
    for name in reversed(names):
        way, version, against = _newest(name, bounds, context, case)
        for other, bound in _bounds_of(name, version, case).items():  # also of one that only comes along with another
            bounds[other], by[other] = ",".join(filter(None, (bounds.get(other, ""), bound))), name
        if name not in wanted and name not in profile.optional:
            continue
        if way is None:
            into = reasons if name in wanted else aside
            into += formodel.bound_reasons(name, by.get(name, ""), case) or [
                Reason(Kind.COMPONENT, text, name) for text in against
            ]
        else:
            chosen.insert(0, (name, way))
    return Stack(tuple(chosen), reasons=tuple(reasons), aside=tuple(reversed(aside)))


def _newest(
    name: str, bounds: dict[str, str], context: Context, case: Case
) -> tuple[Candidate | None, str, tuple[str, ...]]:
    """The newest known release that fits, or what is against the newest one."""
    rows = [row.version for row in case.knowledge.stacks if row.package == name]
    if not rows:  # torch, and what is chosen by files of its own
        way, against = _first(name, context, case)
        return way, "", against
    versions = [each for each in rows if allows(bounds.get(name, ""), each)]
    if not versions:
        return None, "", (text("resolve", "no-release", name=name, bounds=bounds.get(name, "there")),)
    told: tuple[str, ...] = ()
    for version in sorted(versions, key=version_tuple, reverse=True):
        way, against = _first(name, replace(context, lock={name: version}), case)
        if way is not None:
            return way, version, ()
        told = told or against
    return None, "", told


def _bounds_of(name: str, version: str, case: Case) -> dict[str, str]:
    row = next((each for each in case.knowledge.stacks if (each.package, each.version) == (name, version)), None)
    return row.pins if row else {}
