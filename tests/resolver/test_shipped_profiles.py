"""Every shipped profile with its real locks: it resolves without a GPU (an image build), and a plan comes out for
each platform and Python that it has a lock for."""

from __future__ import annotations

import pytest
from resolver_kit import UNASKED, Resolver

from envdoc import resolver
from envdoc.knowledge import profiles
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Wish

SHIPPED = profiles.load_all()
LOCKS = [(name, lock) for name, profile in SHIPPED.items() for lock in profile.locks]


@pytest.mark.parametrize(("name", "lock"), LOCKS, ids=[" ".join(each) for each in LOCKS])
def test_a_plan_for_every_lock(resolving: Resolver, name: str, lock: str) -> None:
    system, arch, tag = lock.split("-")
    python = f"{tag[2]}.{tag[3:]}"
    machine = resolving.machine(system=system, arch=arch, python=python)
    resolution = resolver.resolve(Wish(name), machine, resolving.knowledge, SHIPPED, UNASKED)
    assert (resolution.python, resolution.lock) == (python, lock), resolution.rejected
    plan = resolver.make_plan(resolution, SHIPPED[name], "/srv/env", machine, resolving.knowledge)
    steps = [step for step in plan.steps if isinstance(step, InstallPackages)]
    assert steps[0].requirements[0].startswith(f"torch=={resolution.torch}")
    assert all(set(steps[0].requirements) <= set(step.constraints) for step in steps)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_preferred_python_has_a_lock_on_every_platform(name: str) -> None:
    profile = SHIPPED[name]
    tag = f"cp{profile.python.prefer.replace('.', '')}"
    platforms = {lock.rpartition("-")[0] for lock in profile.locks}
    assert {f"{platform}-{tag}" for platform in platforms} <= set(profile.locks)
