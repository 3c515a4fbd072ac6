"""`check --fix` by the findings' own remedies: what they install and nothing else, or not at all."""

from __future__ import annotations

import pytest

from envdoc.findings import finding
from envdoc.model.facts import known
from envdoc.model.finding import CheckResult, CheckStatus, Command, Finding, Report, Severity
from envdoc.model.machine import (
    Machine,
    OperatingSystem,
    Package,
    Python,
    PythonKind,
    System,
    Target,
    TargetKind,
    TorchBuild,
)
from envdoc.model.plan import InstallPackages, Prove
from envdoc.model.resolution import Source, SourceKind, Wish
from envdoc.model.value import replace
from envdoc.resolver.change import change
from envdoc.rules.commands import install
from envdoc.workflow import mend
from envdoc.workflow.context import knowledge

PYTHON = "/envs/my train/bin/python"
SITE = "/envs/my train/lib/python3.12/site-packages"
PACKAGES = (Package("numpy", "2.2.5", SITE), Package("torch", "2.8.0+cu128", SITE), Package("Foo_Bar", "1", SITE))
TARGET = Target(
    TargetKind.VENV,
    "/envs/my train",
    "--env",
    known(Python(PYTHON, "3.12.3", PythonKind.VENV)),
    known(PACKAGES),
    torch=known(TorchBuild("2.8.0+cu128", "12.8")),
    marker=known({"state": "usable", "profile": "hopper"}),
)
MACHINE = Machine(OperatingSystem(System.LINUX, "x86_64"), target=TARGET)


def told(*requirements: str, python: str = PYTHON, options: tuple[str, ...] = ()) -> Finding:
    commands = install(python, requirements, system=System.LINUX, options=options)
    return finding("proof-failed", summary="in-install", fix="in-install-fix", proof="x", status="x", reason="x",
                   commands=commands)  # fmt: skip


def named(monkeypatch: pytest.MonkeyPatch, *errors: Finding, machine: Machine = MACHINE) -> tuple[str, ...]:
    checks = (CheckResult("package-bounds", "Bounds", CheckStatus.FAIL, findings=errors),)
    monkeypatch.setattr(mend, "judge", lambda *_, **__: Report(machine, checks))
    return mend.remedies(machine)


def test_what_every_error_names_is_installed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = (told("numpy==2.2.6"), told("numpy==2.2.6", "trl<1.2"))
    assert named(monkeypatch, *errors) == ("numpy==2.2.6", "trl<1.2")


@pytest.mark.parametrize(
    "other",
    [
        replace(told("numpy==2.2.6"), remediation=replace(told("x").remediation, commands=())),
        told("numpy==2.2.6", python="/usr/bin/python3"),
        told("torch==2.8.0+cu128", options=("--index-url", "https://download.pytorch.org/whl/cu128")),
        told("evil @ https://host/evil.whl"),
        replace(told("x"), remediation=replace(told("x").remediation, commands=(Command("rm -rf /"),))),
    ],
    ids=["no line", "another Python", "another index", "a URL", "another program"],
)
def test_one_error_without_such_a_remedy_leaves_it_to_the_profile(
    monkeypatch: pytest.MonkeyPatch, other: Finding
) -> None:
    assert named(monkeypatch, told("numpy==2.2.6"), other) == ()


def test_warnings_are_no_reason_to_change_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert named(monkeypatch) == ()
    assert named(monkeypatch, replace(told("numpy==2.2.6"), severity=Severity.WARNING)) == ()


@pytest.mark.parametrize("state", ["building", "failed"])
def test_an_installation_that_is_not_finished_goes_its_own_way(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    target = replace(TARGET, marker=known({"state": state}))
    assert named(monkeypatch, told("numpy==2.2.6"), machine=replace(MACHINE, target=target)) == ()


def test_a_profile_that_is_named_is_what_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    from envdoc.host.local import LocalHost
    from envdoc.workflow.wishes import MachineWish

    monkeypatch.setattr(mend, "obtain", lambda *_: MACHINE)
    monkeypatch.setattr(mend, "remedies", lambda _: ("numpy==2.2.6",))
    wish = MachineWish(env="/envs/my train")
    assert mend.mending(LocalHost({}), wish, "hopper").mend == ()
    assert mend.mending(LocalHost({}), wish, "").mend == ("numpy==2.2.6",)


def test_all_else_is_held() -> None:
    pypi = Source("pypi", SourceKind.PYPI, "https://pypi.org/simple")
    _, plan = change(
        Wish(), MACHINE, knowledge(), (pypi,), "/envs/my train", adopt=False, mend=("numpy>=2,<3", "foo-bar==2")
    )
    step, prove = plan.steps
    assert isinstance(step, InstallPackages)
    assert isinstance(prove, Prove)
    assert (step.requirements, step.constraints) == (("numpy>=2,<3", "foo-bar==2"), ("torch==2.8.0+cu128",))
