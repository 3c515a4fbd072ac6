"""What a source gives for a build: the version string to install, or why it does not give it.

The PyTorch index and its mirrors hold every variant that the tables publish, marked by a local tag
(`2.7.1+cu128`). The Python package index holds one fixed build a release, without a tag: on Linux the table's
`pypi_default`, on Windows the CPU one. Folders and other indexes hold what they were seen to hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.findings import text
from envdoc.knowledge.rows import TorchRow
from envdoc.model.facts import Why
from envdoc.model.resolution import Offers, Source, SourceKind, SourceState
from envdoc.model.value import dataclass
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.reasons import Kind, Reason

# Where wheels come from where nobody named anything else; not asked.
USUAL = (
    SourceState(Source("pytorch", SourceKind.PYTORCH, "https://download.pytorch.org/whl/{cuda}")),
    SourceState(Source("pypi", SourceKind.PYPI, "https://pypi.org/simple")),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A build from a source. `build` is the row of what really comes: for cpu wishes the Linux wheel of the
    Python package index is a CUDA build (`superset`)."""

    source: Source
    release: str  # "2.7.1"
    tag: str  # "+cu128", or "" where the source's files carry none
    build: TorchRow
    superset: bool = False


def find(row: TorchRow, releases: tuple[str, ...], case: Case) -> tuple[Offered | None, tuple[Reason, ...]]:
    """The build from the first source that gives it (its newest release first), and what the others said."""
    reasons: list[Reason] = []
    fallback: Offered | None = None
    for state in case.sources:
        found = _of_source(state, row, releases, case)
        if isinstance(found, Reason):
            reasons.append(found)
        elif not found.superset:
            return found, tuple(reasons)
        else:
            fallback = fallback or found
    if not case.sources:
        reasons.append(Reason(Kind.SOURCE, text("resolve", "no-source")))
    return fallback, tuple(reasons)


def reachable(state: SourceState) -> bool:
    """Whether the source answered, or was not asked."""
    return state.offers.why in (None, Why.NOT_ASKED)


def _of_source(state: SourceState, row: TorchRow, releases: tuple[str, ...], case: Case) -> Offered | Reason:
    name = state.source.name
    if not reachable(state):
        return Reason(
            Kind.UNREACHABLE,
            text("resolve", "unreachable", name=name, why=text("facts", str(state.offers.why), told="")),
        )
    shape = _shape(state, row, case)
    if isinstance(shape, Reason):
        return shape
    build, tags = shape
    told: list[tuple[str, str]] = []
    for release in reversed(releases):
        for tag in tags:
            lacking = _lacking(state.offers.value, release, tag, case)
            if lacking is None:
                return Offered(state.source, release, tag, build, superset=build is not row)
            told.append(lacking)
    # torch without its companion says more than a release that is not there at all
    package, version = min(told, key=lambda each: each[0] == "torch")
    return Reason(Kind.SOURCE, text("resolve", "source-lacks", name=name, package=package, version=version))


def _shape(state: SourceState, row: TorchRow, case: Case) -> tuple[TorchRow, tuple[str, ...]] | Reason:
    """Which build the source would give, and the local tags that it may carry there."""
    kind, name = state.source.kind, state.source.name
    tag = f"+{row.cuda}"
    if kind is SourceKind.PYPI:
        return _pypi_build(row, name, case)
    if kind in (SourceKind.PYTORCH, SourceKind.MIRROR):
        return row, ("",) if row.os == "darwin" else (tag,)
    if not state.offers.known and "{cuda}" not in state.source.url:
        return Reason(Kind.SOURCE, text("resolve", "not-asked", name=name))
    return row, (tag, "") if row.pypi_default else (tag,)


def _pypi_build(row: TorchRow, name: str, case: Case) -> tuple[TorchRow, tuple[str, ...]] | Reason:
    served = case.builds.on_pypi(row.version)
    if served is None:
        return Reason(
            Kind.SOURCE, text("resolve", "source-without", name=name, version=row.version, os=row.os, arch=row.arch)
        )
    if served is row or row.cuda == "cpu":
        return served, ("",)
    return Reason(Kind.SOURCE, text("resolve", "source-only", name=name, version=row.version, cuda=served.cuda))


def _lacking(offers: Offers | None, release: str, tag: str, case: Case) -> tuple[str, str] | None:
    """Name and version of the first of torch and its companions that the source was asked for and lacks."""
    if offers is None:
        return None
    for package, version in _together(release, case):
        listed = offers.versions.get(package)
        if package == "torch" and not listed:
            return package, f"{version}{tag}"
        if listed is not None and f"{version}{tag}" not in listed:
            return package, f"{version}{tag}"
    return None


def _together(release: str, case: Case) -> Iterable[tuple[str, str]]:
    yield "torch", release
    row = case.knowledge.companion(release)
    if row is not None:
        yield "torchvision", row.torchvision
        if row.torchaudio:
            yield "torchaudio", row.torchaudio
