"""`envdoc tools`: what lacks is named with its line, and run only when asked, by the manager that is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoc.errors import UsageError
from envdoc.host.base import Completed
from envdoc.host.local import LocalHost
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Machine, Python, PythonKind, System, Tool
from envdoc.model.value import replace
from envdoc.rules.prerequisites import unattended
from envdoc.workflow import tools
from envdoc.workflow.machine import load_snapshot

MACHINES = Path(__file__).parents[1] / "machines"
GXX = known(Tool("/usr/bin/g++", "13.3.0"))
CMAKE = known(Tool("/usr/bin/cmake", "3.28.3"))
NOWHERE: Fact[Tool] = missing(Why.ABSENT, "PATH")


class Programs:
    """A host that has these programs and starts them."""

    system = System.LINUX

    def __init__(self, *names: str, code: int = 0) -> None:
        self.names, self.code, self.started = names, code, list[tuple[str, ...]]()

    def which(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.names else None

    def run(self, argv: tuple[str, ...], *, timeout: float, on_line: object) -> Completed:
        del timeout, on_line
        self.started.append(argv)
        return Completed(argv, self.code)


def here(monkeypatch: pytest.MonkeyPatch, name: str = "linux-no-gpu", **facts: object) -> Machine:
    machine = load_snapshot(LocalHost(), str(MACHINES / f"{name}.json"))
    build = replace(machine.build, tools={"cmake": CMAKE, "ninja": NOWHERE, "git": NOWHERE}, host_compiler=GXX)
    machine = replace(machine, build=replace(build, **facts))
    monkeypatch.setattr(tools, "obtain", lambda *_: machine)
    return machine


def told(host: Programs, *names: str) -> dict[str, tuple[str | None, list[str]]]:
    found = tools.needed(host, names)  # type: ignore[arg-type]
    return {each.name: (each.have.value, [line.command for line in each.lines]) for each in found}


def test_what_is_here_and_what_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch)
    every = told(Programs("ccache"))
    assert (every["cmake"], every["compiler"]) == (("3.28.3", []), ("13.3.0", []))
    assert every["ccache"] == ("/usr/bin/ccache", [])  # no probe asks for it
    assert every["ninja"] == (None, ["sudo apt-get install ninja-build", "uv tool install ninja"])
    assert "vc-runtime" not in every  # Windows' own


def test_windows_by_winget(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, "win11-4090-610", visual_studio=missing(Why.ABSENT, "vswhere"))
    every = told(Programs(), "compiler", "git")
    assert every["git"][1] == ["winget install --id Git.Git --exact"]
    assert every["compiler"][1][0].startswith("winget install --id Microsoft.VisualStudio.2022.BuildTools --exact")


def test_headers_are_those_of_the_judged_python(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = here(monkeypatch)
    for there, value in ((True, "3.12.3"), (False, None)):
        python = Python("/env/bin/python", "3.12.3", PythonKind.VENV, headers=known(there))
        target = replace(machine.target, python=known(python))
        monkeypatch.setattr(tools, "obtain", lambda *_, target=target: replace(machine, target=target))
        assert told(Programs(), "headers")["headers"][0] == value


@pytest.mark.parametrize(
    ("programs", "words"),
    [
        (("sudo", "apt-get"), ("sudo", "apt-get", "install", "ninja-build", "--yes")),
        (("apt-get",), ("apt-get", "install", "ninja-build", "--yes")),  # root in a container
        (("uv",), ("uv", "tool", "install", "ninja")),
        ((), ()),
    ],
)
def test_the_first_manager_that_is_here_is_run(
    monkeypatch: pytest.MonkeyPatch, programs: tuple[str, ...], words: tuple[str, ...]
) -> None:
    here(monkeypatch)
    host = Programs(*programs)
    (ninja,) = tools.needed(host, ("ninja",))  # type: ignore[arg-type]
    assert tools.runnable(host, ninja) == words  # type: ignore[arg-type]
    assert host.started == []


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (("sudo", "dnf", "install", "git"), ("--assumeyes",)),
        (("mamba", "install", "-c", "conda-forge", "cmake"), ("--yes",)),
        (("winget", "install", "--id", "Git.Git"), ("--accept-package-agreements", "--accept-source-agreements")),
        (("uv", "tool", "install", "cmake"), ()),
    ],
)
def test_a_manager_that_is_run_asks_nothing(words: tuple[str, ...], more: tuple[str, ...]) -> None:
    assert unattended(words) == (*words, *more)


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch)
    with pytest.raises(UsageError) as refused:
        told(Programs(), "make")
    assert str(refused.value.hint).startswith("known: cmake, ninja, ccache")
