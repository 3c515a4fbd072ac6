"""Tiny packages from the registry into real environments; a second run; an interpreter that is not there."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from envdoc import installer
from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.dists import versions
from envdoc.installer.tools import find_uv
from envdoc.model.plan import AdoptEnvironment, InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult, ProofResult, ProofStatus

pytestmark = pytest.mark.real
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
LOCK = ("idna==3.10", "packaging==25.0", "six==1.17.0")
PYPI = Source("pypi", SourceKind.PYPI, "https://pypi.org/simple")


def plan_of(root: Path, *, known: tuple[str, ...] = (sys.executable,), minor: str = MINOR) -> Plan:
    return Plan(
        str(root),
        "test",
        (
            ProvidePython(minor, known),
            MakeEnvironment(str(root)),
            InstallPackages("stack", "Install", LOCK, LOCK, (PYPI,)),
            Prove(("import:six",)),
        ),
    )


def run(plan: Plan, engine: str = "uv") -> InstallResult:
    def prove(python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        done = LocalHost().run([python, "-c", "import six, idna, packaging"], timeout=60)
        return (ProofResult(proofs[0], "import", ProofStatus.PASSED if done.ok else ProofStatus.FAILED),)

    return installer.execute(plan, LocalHost(), Options(engine=engine), on_event=lambda _: None, prove=prove)


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_installed_proved_and_the_second_run_changes_nothing(tmp_path: Path, engine: str) -> None:
    root = tmp_path / "an env 环境"
    result = run(plan_of(root), engine)
    assert result.findings == ()
    assert result.usable
    found = versions(next(root.glob("lib/python*/site-packages")))
    assert {f"{name}=={version}" for name, version in found.items()} >= set(LOCK)
    again = run(plan_of(root), engine)
    assert again.usable
    assert not again.changed


def test_a_second_run_costs_less_than_the_engine_with_nothing_to_do(tmp_path: Path) -> None:
    root = tmp_path / "env"
    assert run(plan_of(root)).usable
    argv = [find_uv(LocalHost()), "pip", "install", "-q", "--python", str(root / "bin/python"), *LOCK]
    ours, theirs = [], []
    for _ in range(7):
        begun = time.perf_counter()
        assert not run(plan_of(root)).changed
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        subprocess.run(argv, check=True)
        theirs.append(time.perf_counter() - begun)
    print(f"envdoc {statistics.median(ours) * 1000:.1f} ms, uv {statistics.median(theirs) * 1000:.1f} ms")
    assert statistics.median(ours) < statistics.median(theirs)


def test_another_engine_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    root = tmp_path / "env"
    assert run(plan_of(root)).usable
    subprocess.run(
        [find_uv(LocalHost()), "pip", "uninstall", "-q", "--python", str(root / "bin/python"), "six"], check=True
    )
    result = run(plan_of(root), "pip")  # made by uv, so it has no pip yet
    assert result.findings == ()
    assert result.usable
    assert result.changed


def test_a_python_that_nobody_has_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_OFFLINE", "1")
    result = run(plan_of(tmp_path / "env", known=("/no/such/python", sys.executable), minor="3.8"))
    (finding,) = result.findings
    assert finding.code == "python-missing"
    assert finding.evidence[0].startswith("/no/such/python does not start")
    assert finding.evidence[1].startswith(f"{sys.executable} is {MINOR}")
    assert not result.usable


def test_an_environment_of_theirs_is_adopted_changed_and_given_back(tmp_path: Path) -> None:
    root, uv = tmp_path / "theirs", find_uv(LocalHost())
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(root)], check=True)
    mine = ["six==1.16.0", "idna==3.7", "wheel==0.45.1"]
    subprocess.run([uv, "pip", "install", "-q", "--python", str(root / "bin/python"), *mine], check=True)
    site = next(root.glob("lib/python*/site-packages"))
    before = {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file() and path.name != ".lock"}
    with pytest.raises(UsageError):
        run(plan_of(root))
    for engine in ("uv", "pip"):
        installer.adopt(LocalHost(), str(root))
        steps = (AdoptEnvironment(str(root)), *plan_of(root).steps[2:])
        assert run(Plan(str(root), "test", steps), engine).usable
        assert versions(site)["six"] == "1.17.0"
        installer.rollback(LocalHost(), str(root))
        after = {
            path: path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and ".envdoc" not in path.parts and path.name != ".lock"
        }
        assert after == before
        assert versions(site) == {"six": "1.16.0", "idna": "3.7", "wheel": "0.45.1"}


def test_a_pure_sdist_is_built_where_the_plan_allows_it_and_only_there(tmp_path: Path) -> None:
    root = tmp_path / "env"
    names = ("docopt==0.6.2",)  # the registry has an sdist of it and no wheel
    for allowed, code in (((), ["package-not-found"]), (("docopt",), [])):
        step = InstallPackages("sdist", "Install", names, names, (PYPI,), allow_build=allowed)
        plan = plan_of(root)
        result = run(Plan(str(root), "test", (*plan.steps[:3], step, plan.steps[3])))
        assert [finding.code for finding in result.findings] == code
    assert versions(next(root.glob("lib/python*/site-packages")))["docopt"] == "0.6.2"
