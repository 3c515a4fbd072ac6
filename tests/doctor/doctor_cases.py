"""Machines for the checks: the files of tests/machines, and changed copies of them."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from envdoc.doctor import Case
from envdoc.knowledge.profiles import load_all
from envdoc.knowledge.tables import load
from envdoc.model.codec import decode
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile

ROOT = Path(__file__).parent.parent.parent
MACHINES = ROOT / "tests" / "machines"
sys.path.insert(0, str(ROOT / "tools"))


@cache
def read_machine(name: str) -> Machine:
    return decode(Machine, json.loads((MACHINES / f"{name}.json").read_text(encoding="utf-8")), name)


@cache
def profiles() -> tuple[Profile, ...]:
    return tuple(load_all().values())


def case_of(name: str, changes: dict[str, object] | None = None, profile: str = "") -> Case:
    """The case of a machine file with parts replaced, judged under a profile or none."""
    from mint_recipe import altered

    machine = altered(read_machine(name), changes or {})
    assert isinstance(machine, Machine)
    named = next((each for each in profiles() if each.id == profile), None)
    assert named is not None or not profile, profile
    return Case(machine, load(), named, profiles)
