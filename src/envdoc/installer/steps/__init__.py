"""Step kinds by their type in the plan. Adding one: its type in model/plan.py, a module here, and its line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from envdoc.installer.run import Outcome, Run
from envdoc.installer.steps import adopt, environment, packages, prove, python, variables, wheel
from envdoc.model import plan

EXECUTORS: dict[type, Callable[[Any, Run], Outcome]] = {
    plan.ProvidePython: python.provide,
    plan.MakeEnvironment: environment.make,
    plan.AdoptEnvironment: adopt.record,
    plan.InstallPackages: packages.install,
    plan.InstallWheel: wheel.do,
    plan.SetVariables: variables.write,
    plan.Prove: prove.prove,
}
