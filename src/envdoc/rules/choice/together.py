"""Releases that go together by the bounds that each puts on others, where no lock holds them: the newest known ones.

Who bounds others is asked before them: LLaMA-Factory before transformers, transformers before the hub; so from the
last to be installed to the first. A release is passed over where its bounds and those before it leave no version of
a package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from envdoc.findings import text
from envdoc.knowledge.rows import StackRow
from envdoc.model.cuda import version_tuple
from envdoc.model.patterns import pattern
from envdoc.model.specifiers import allows
from envdoc.model.value import dataclass, replace
from envdoc.rules.choice.asked import Candidate, Components, Context

_NAMED = pattern(r"\d+(?:\.\d+)*(?:\.post\d+)?")


@dataclass(frozen=True, slots=True)
class Refused:
    """A component that does not fit. `by` are the others whose bounds are against it, none where it is its own
    fault."""

    name: str
    reasons: tuple[str, ...]
    by: tuple[str, ...] = ()
    bounded: bool = False  # no known release lies within what others allow of it


class Bounds:
    """What is allowed of each package so far, and by whom; `wanted` are the components that must have a known
    release."""

    def __init__(self, of: Mapping[str, str], wanted: frozenset[str]) -> None:
        self.of = dict(of)
        self.by: dict[str, list[str]] = {}
        self.wanted = wanted

    def add(self, owner: str, pins: Mapping[str, str]) -> None:
        for package, bound in pins.items():
            self.of[package] = _joined(self.of.get(package, ""), bound)
            self.by.setdefault(package, []).append(owner)


@dataclass(frozen=True, slots=True)
class Together:
    chosen: tuple[tuple[str, Candidate], ...]  # in the order of installation
    refused: tuple[Refused, ...]


def together(
    context: Context,
    asked: Iterable[str],
    components: Components,
    *,
    bounds: Mapping[str, str] | None = None,
    there: Iterable[StackRow] = (),
) -> Together:
    """The newest releases of the components `asked` for that go with the context and with each other.

    Args:
        bounds: what is allowed of packages before any is chosen, by what is no package: a model.
        there: releases that stay as they are, whose bounds hold too.
    """
    wanted = frozenset(asked)
    known = Bounds(bounds or {}, wanted)
    for each in there:
        known.add(each.package, _all(each))
    chosen: list[tuple[str, Candidate]] = []
    refused: list[Refused] = []
    for name in reversed(components.names()):
        if name not in wanted and name not in known.of:  # one that comes along with another bounds others too
            continue
        way, row, against = _newest(name, known, context, components)
        if row is not None:
            known.add(name, {**_all(row), **({name: f"=={row.version}"} if name in wanted else {})})
        if way is not None and name in wanted:
            chosen.insert(0, (name, way))
        elif against is not None and name in wanted:
            refused.append(against)
    return Together(tuple(chosen), tuple(refused))


def _newest(
    name: str, known: Bounds, context: Context, components: Components
) -> tuple[Candidate | None, StackRow | None, Refused | None]:
    """The newest known release that fits, or what is against the newest one."""
    rows = newest_first(_rows(name, context))
    if not rows:  # torch, and what is chosen by files of its own
        way, against = _first(name, context, components)
        return way, None, None if way else Refused(name, against)
    allowed = [row for row in rows if allows(known.of.get(name, ""), row.version)]
    if not allowed:
        nothing = text("resolve", "no-release", name=name, bounds=known.of[name])
        return None, None, Refused(name, (nothing,), tuple(known.by.get(name, ())), bounded=True)
    told: list[tuple[tuple[bool, bool, int], Refused]] = []
    for place, row in enumerate(allowed):
        way, against = _first(name, replace(context, lock={**context.lock, name: row.version}), components)
        clash = _clash(row, known, context) if way else Refused(name, against)
        if clash is None:
            return way, row, None
        other_torch = not allows(row.torch, context.torch)
        told.append(((not clash.by, other_torch, -place if other_torch else place), clash))
    # of several releases: rather that two do not go together; else the newest one's reasons that is for this torch;
    # else the oldest one's, which asks least
    return None, None, min(told, key=lambda each: each[0])[1]


def _first(name: str, context: Context, components: Components) -> tuple[Candidate | None, tuple[str, ...]]:
    ways = components.candidates(name, context)
    way = next((each for each in ways if not each.reasons), None)
    return way, () if way else ways[0].reasons


def _clash(row: StackRow, known: Bounds, context: Context) -> Refused | None:
    """The first package of which this release and those chosen before it leave no version."""
    name = f"{row.package} {row.version}"
    for package, bound in _all(row).items():
        before, others = known.of.get(package, ""), tuple(dict.fromkeys(known.by.get(package, ())))
        if not others or _possible(_joined(before, bound), package, known, context):
            continue
        values = {"name": name, "package": package, "wanted": bound, "bounds": before, "other": ", ".join(others)}
        return Refused(row.package, (text("resolve", "apart", **values),), others)
    return None


def _all(row: StackRow) -> dict[str, str]:
    """What a release bounds: by its metadata, and by what is known beyond it."""
    return {**row.pins, **{name: _joined(row.pins.get(name, ""), bound) for name, bound in row.beside.items()}}


def _possible(bounds: str, package: str, known: Bounds, context: Context) -> bool:
    """Whether a version lies within the bounds: a known one of what was asked for, any of what only comes along."""
    rows = _rows(package, context) if package in known.wanted else []
    return any(allows(bounds, row.version) for row in rows) if rows else satisfiable(bounds)


def satisfiable(bounds: str) -> bool:
    """Whether any version lies in a specifier. Its clauses name the ends of the ranges: what is on one of them or
    just above it is enough to look at."""
    named = _NAMED.findall(bounds)
    return any(allows(bounds, each) for each in ("0", *named, *map(_next, named)))


def _next(version: str) -> str:
    head, _, last = version.partition(".post")[0].rpartition(".")
    return f"{head}.{int(last) + 1}".lstrip(".")


def newest_first(rows: Iterable[StackRow]) -> list[StackRow]:
    """Of a release and its post-releases, which are equal here, the one that stands last in the table."""
    return sorted(rows, key=lambda row: version_tuple(row.version))[::-1]


def _rows(name: str, context: Context) -> list[StackRow]:
    return [row for row in context.knowledge.stacks if row.package == name]


def _joined(one: str, two: str) -> str:
    return ",".join(filter(None, (one, two)))
