"""The bare choice, where no profile fits: torch and its companions by the tables alone.

It is judged like a profile, one that allows every build that is published for the system. Nothing about it was ever
installed and proved, so it has no lock, and `auto` takes it last.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import GpuBounds, Profile, PythonBounds, TorchBounds
from envdoc.rules.choice.case import Case

BARE = "bare"
_PYTHON = "3.12"
# The widest use first: 12.8 is the newest that drivers from 525 on serve; then what older GPUs need, then what
# needs a driver from 580 on, then the old.
_VARIANTS = ("cu128", "cu126", "cu130", "cu132", "cu129", "cu124", "cu121", "cu118")


def is_bare(profile: Profile) -> bool:
    """Whether it is the bare choice."""
    return profile.origin == BARE


def profile(case: Case, like: Profile | None = None) -> Profile:
    """Every published build for the system. `like` is the profile that fits but for the Python: its lines and
    variants come first, and its components are those that go along, so that the choice is the nearest to what was
    proved; without one every component does that fits."""
    situation, builds = case.situation, case.builds
    gpus = _bounds(situation.capabilities)
    lines = sorted(builds.lines, key=lambda line: _age(line, case), reverse=True)
    published = {cuda for line in lines for cuda in builds.variants(line)}
    variants = [cuda for cuda in (*_VARIANTS, *sorted(published - {"cpu"})) if cuda in published]
    pythons = {python for row in builds.rows for python in row.python}
    return Profile(
        id=BARE,
        title=text("resolve", "bare-title"),
        summary=text("resolve", "bare-summary"),
        systems=(situation.system,),
        arches=(situation.arch,),
        gpus=gpus,
        python=PythonBounds(like.python.prefer if like else _PYTHON, tuple(sorted(pythons, key=version_tuple))),
        torch=TorchBounds(
            _merged(like.torch.prefer if like else (), lines),
            _merged(like.torch.cuda if like else (), variants) if gpus else ("cpu",),
        ),
        components=("torch",),
        optional=like.components if like else case.components.usual(),
        origin=BARE,
    )


def _bounds(capabilities: tuple[str, ...]) -> GpuBounds | None:
    return GpuBounds(capabilities[0], capabilities[-1]) if capabilities else None


def _age(line: str, case: Case) -> tuple[bool, tuple[int, ...]]:
    """Lines with a torchaudio first: what trains with torch asks for it. Then the newest."""
    row = case.knowledge.companion(next((each.patches[-1] for each in case.builds.rows if each.version == line), ""))
    return (row is not None and bool(row.torchaudio), version_tuple(line))


def _merged(first: Iterable[str], rest: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *rest)))
