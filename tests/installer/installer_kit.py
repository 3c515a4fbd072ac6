"""A strict fake Host whose uv and pip write real files, and plans to drive it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from envdoc import installer
from envdoc.host.base import Completed, Stat, Usage
from envdoc.installer import Event, Options
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System
from envdoc.model.plan import InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython, SetVariables, Step
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult, ProofResult, ProofStatus

PYTHON = "/pythons/3.12/bin/python"
PYTORCH = Source("pytorch", SourceKind.PYTORCH, "https://download.pytorch.org/whl/cu128")
PYPI = Source("pypi", SourceKind.PYPI, "https://pypi.org/simple")
Answer = Callable[[Sequence[str], Mapping[str, str]], Completed]


def done(argv: Sequence[str], stdout: str = "", returncode: int = 0, stderr: str = "") -> Completed:
    return Completed(tuple(argv), returncode, stdout, stderr)


def spoken(argv: Sequence[str]) -> str:
    r"""The command as the patterns of answers are written: `/bin/uv venv`, also of `C:\\Scripts\\uv.exe venv`."""
    return re.sub(r"\.exe\b", "", " ".join(argv).replace("\\", "/"))


@dataclass
class FakeHost:
    """Permits only what `answers` lists, by a pattern on the `spoken` command; anything else fails the test."""

    answers: list[tuple[str, Answer]] = field(default_factory=list)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    envs: list[dict[str, str]] = field(default_factory=list)
    free_mib: int = 100_000
    system: System = System.LINUX
    files: set[str] = field(default_factory=lambda: {PYTHON})
    variables: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: str | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        self.calls.append(tuple(argv))
        self.envs.append(dict(env or {}))
        said = spoken(argv)
        for pattern, answer in self.answers:
            if re.search(pattern, said):
                completed = answer(argv, env or {})
                for line in (completed.stdout + completed.stderr).splitlines():
                    if on_line:
                        on_line(line)
                return completed
        raise AssertionError(f"a command that the test does not list: {argv}")

    def stat(self, path: str) -> Fact[Stat]:
        if path in self.files or spoken([path]).endswith("/uv"):
            return known(Stat(1, False, False, 0.0))
        return missing(Why.ABSENT)

    def disk(self, path: str) -> Fact[Usage]:
        return known(Usage(self.free_mib, 200_000))

    def which(self, name: str) -> str | None:
        return f"/usr/bin/{name}"

    @property
    def environ(self) -> Mapping[str, str]:
        return self.variables

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the installer asked for host.{name}")


def write_dist(site: Path, name: str, version: str, files: Mapping[str, str] | None = None) -> None:
    """An installed distribution as uv leaves it: files, INSTALLER, then RECORD."""
    module = name.replace("-", "_")
    inside = {f"{module}/__init__.py": f"__version__ = {version!r}\n", **(files or {})}
    if name == "torch":
        found = re.search(r"\+cu(\d+)(\d)$", version)
        inside["torch/version.py"] = f"cuda = {f'{found[1]}.{found[2]}' if found else None!r}\n"
    for old in site.glob(f"{module}-*.dist-info"):
        for path in old.iterdir():
            path.unlink()
        old.rmdir()
    info = f"{module}-{version}.dist-info"
    inside |= {f"{info}/METADATA": f"Name: {name}\nVersion: {version}\n", f"{info}/INSTALLER": "uv"}
    for path, text in inside.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).unlink(missing_ok=True)
        (site / path).write_text(text, encoding="utf-8", newline="\n")
    rows = [f"{path},,{len(text.encode())}\n" for path, text in inside.items()]
    (site / info / "RECORD").write_text("".join([*rows, f"{info}/RECORD,,\n"]), encoding="utf-8", newline="\n")


def make_environment(path: Path, minor: str = "3.12") -> Path:
    """What `uv venv` leaves, as far as the installer looks; returns site-packages."""
    (path / "bin").mkdir(parents=True, exist_ok=True)
    (path / "bin" / "python").write_text("")
    (path / "pyvenv.cfg").write_text(f"home = /pythons\nversion_info = {minor}.1\n")
    site = path / "lib" / f"python{minor}" / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    return site


def where_it_is(root: Path, **other: str) -> str:
    """What a virtual environment's Python says of its places; `other` replaces some."""
    site = str(next(root.glob("lib/python3.*/site-packages"), root / "lib/python3.12/site-packages"))
    told = {"executable": f"{root}/bin/python", "prefix": str(root), "base": "/pythons", "purelib": site}
    return json.dumps({**told, "platlib": site, "scripts": f"{root}/bin", "data": str(root), **other})


def fake_uv(root: Path, minor: str = "3.12") -> list[tuple[str, Answer]]:
    """Answers of a world in which everything goes well; pip install writes the requirements of the project."""

    def venv(argv: Sequence[str], env: Mapping[str, str]) -> Completed:
        make_environment(root, minor)
        return done(argv, "Creating virtual environment\n")

    def install(argv: Sequence[str], env: Mapping[str, str]) -> Completed:
        project = tomllib.loads(Path(argv[argv.index("--requirements") + 1]).read_text(encoding="utf-8"))
        site = root / f"lib/python{minor}/site-packages"
        for requirement in project["project"]["dependencies"]:
            name, version = requirement.split("==")
            if not (site / f"{name.replace('-', '_')}-{version}.dist-info" / "RECORD").exists():
                write_dist(site, name, version)
        return done(argv, "Installed\n")

    return [
        (r"-I -S -B -c import json, site, sys", lambda argv, _: done(argv, where_it_is(root))),
        (r"-I -c import sys", lambda argv, _: done(argv, "3.12.1 64 cpython\n")),
        (r"uv venv --allow-existing", venv),
        (r"uv pip install", install),
    ]


def plan_of(root: Path, *more: Step, torch: str = "2.7.1+cu128", disk_mib: int = 10) -> Plan:
    """A small plan of every usual step kind."""
    lock = (f"torch=={torch}", "numpy==2.2.6", "trl==1.0")
    return Plan(
        str(root),
        "test",
        (
            ProvidePython("3.12", (PYTHON,)),
            MakeEnvironment(str(root)),
            InstallPackages("torch", "Install torch", lock[:1], lock, (PYTORCH, PYPI)),
            InstallPackages("stack", "Install the rest", lock[1:], lock, (PYTORCH, PYPI)),
            *more,
            SetVariables({"HF_HUB_OFFLINE": "0"}),
            Prove(("import:torch",)),
        ),
        disk_mib=disk_mib,
    )


@dataclass
class Prover:
    """Proves as told, and counts."""

    status: ProofStatus = ProofStatus.PASSED
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        self.asked.append((python, proofs))
        return tuple(ProofResult(name, name, self.status, reason="as told") for name in proofs)


@dataclass
class World:
    """An environment to be, the fake host and prover for it."""

    root: Path
    host: FakeHost
    prover: Prover = field(default_factory=Prover)
    events: list[Event] = field(default_factory=list)

    def execute(self, plan: Plan | None = None, options: Options | None = None) -> InstallResult:
        return installer.execute(
            plan or plan_of(self.root),
            self.host,
            options or Options(),
            on_event=self.events.append,
            prove=self.prover,
        )

    def statuses(self, plan: Plan | None = None) -> dict[str, str]:
        return {step.id: step.status.value for step in self.execute(plan).steps}

    def state(self) -> dict[str, str]:
        return dict(json.loads((self.root / ".envdoc/state.json").read_text(encoding="utf-8")))

    def journal(self) -> list[tuple[str, str]]:
        lines = (self.root / ".envdoc/journal.jsonl").read_text(encoding="utf-8").splitlines()
        return [(entry["event"], entry.get("step", "")) for entry in map(json.loads, lines)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = tmp_path / "my env 环境"
    return World(root, FakeHost(fake_uv(root)))
