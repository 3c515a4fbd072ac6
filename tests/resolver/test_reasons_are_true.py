"""Each reason is recomputed from the tables: none may be false, and none of an unknown kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from resolver_kit import PYPI, PYTORCH, UNASKED, Resolver, down
from test_resolver_properties import CAPABILITIES, DRIVERS

from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.model.resolution import SourceState, Wish
from envdoc.rules.coverage import covers

R = Resolver()
quick = settings(max_examples=40, deadline=None, derandomize=True)


def machine_of(cards: tuple[str, ...], driver: str, place: tuple[str, str], python: str) -> Machine:
    return R.machine(gpus=cards, driver=driver, system=place[0], arch=place[1], python=python)


# At large, not from a profile's bounds: what does not fit is what gives reasons.
machines = st.builds(
    machine_of,
    st.lists(st.sampled_from(CAPABILITIES), max_size=3).map(tuple),
    st.sampled_from(("", *DRIVERS)),
    st.sampled_from((("linux", "x86_64"), ("linux", "aarch64"), ("windows", "x86_64"))),
    st.sampled_from(("", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")),
)


@dataclass(frozen=True)
class Claim:
    """One reason against one torch line x variant of a profile on a machine."""

    machine: Machine
    profile: Profile
    line: str
    cuda: str
    words: tuple[str, ...]  # what the pattern caught

    @property
    def capabilities(self) -> list[str]:
        have = [str(gpu.compute_capability.value) for gpu in self.machine.gpus.or_else(())]
        bounds = self.profile.gpus
        return have or ([bounds.min, bounds.max] if bounds else [])

    def row(self) -> object:
        key = (self.line, self.cuda, self.machine.os.system.value, self.machine.os.arch)
        return next((r for r in R.knowledge.torch if (r.version, r.cuda, r.os, r.arch) == key), None)

    @property
    def driver(self) -> tuple[int, ...]:
        return version_tuple(self.machine.driver.version.value or "")


def _outside(claim: Claim) -> bool:
    assert claim.profile.gpus is not None
    low, high = version_tuple(claim.profile.gpus.min), version_tuple(claim.profile.gpus.max)
    return any(not low <= version_tuple(each) <= high for each in claim.capabilities)


TRUE_WHEN: dict[str, Callable[[Claim], bool]] = {
    r"has no code for .* with compute capability ([\d.]+)": lambda c: (
        c.words[0] in c.capabilities and not covers(c.row().sm, c.words[0])  # type: ignore[attr-defined]
    ),
    r"needs? driver ([\d.]+) or newer": lambda c: c.driver < version_tuple(c.words[0]),
    r"no longer serves .* with compute capability ([\d.]+)": lambda c: (
        c.driver[0] >= 590 and version_tuple(c.words[0]) < (7, 5)
    ),
    r"is for torch 2": lambda c: c.line not in c.profile.torch.prefer,
    r"is for (cu\d+|cpu)": lambda c: c.cuda not in c.profile.torch.cuda,
    r"is for compute capability": _outside,
    r"is for Python .*, not ([\d.]+)": lambda c: c.words[0] not in c.profile.python.allow,
    r"is for (?:linux|windows|darwin)[a-z, ]*, not (\w+)": lambda c: (
        c.machine.os.system.value == c.words[0] and c.machine.os.system not in c.profile.systems
    ),
    r"is for (?:x86_64|aarch64)[a-z0-9_, ]*, not (\w+)": lambda c: c.words[0] not in c.profile.arches,
    r"no \w+ build of torch [\d.]+ is published": lambda c: c.row() is None,
    r"torch (\S+) was asked for": lambda c: not c.line.startswith(c.words[0].lstrip("=")),
    r"has no wheel for Python": lambda c: True,  # the row's Pythons; checked in test_machines
    r"could not be reached|serves torch|does not serve|does not offer": lambda c: True,  # test_offers
    r"bitsandbytes|deepspeed|liger-kernel|llamafactory|Triton|triton-windows": lambda c: True,  # test_candidates
}


@quick
@given(machines, st.sampled_from(tuple(R.profiles)), st.sampled_from(("", "2.7")), st.booleans())
def test_every_reason_is_true(machine: Machine, name: str, torch: str, lost: bool) -> None:
    sources = (down(PYTORCH), SourceState(PYPI)) if lost else UNASKED
    resolution = R.resolve(machine, Wish(name, torch), sources)
    for rejected in resolution.rejected:
        _, line, cuda = rejected.candidate.split()
        for reason in rejected.reasons:
            if not reason.startswith("fits too; the profile prefers"):
                _check(reason, Claim(machine, R.profiles[name], line, cuda, ()))


def _check(reason: str, claim: Claim) -> None:
    for pattern, holds in TRUE_WHEN.items():
        found = re.search(pattern, reason)
        if found:
            said = Claim(claim.machine, claim.profile, claim.line, claim.cuda, found.groups())
            assert holds(said), reason
            return
    raise AssertionError(f"a reason of a kind that nothing checks: {reason}")
