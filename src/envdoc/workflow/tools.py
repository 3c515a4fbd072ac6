"""`envdoc tools`: what builds from source need, what of it is here, and the line for the rest; run if asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.finding import Command
from envdoc.model.machine import Machine, System, Tool
from envdoc.model.value import dataclass
from envdoc.rules import capability, prerequisites
from envdoc.workflow.context import knowledge
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish

_TIMEOUT = 2 * 3600.0
_WINDOWS_ALONE = ("vc-runtime",)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Needed:
    """One tool: its version where it is here ("" where nobody told it), and the ways to get it."""

    name: str
    have: Fact[str]
    lines: tuple[Command, ...] = ()
    ways: tuple[tuple[str, ...], ...] = ()

    @property
    def lacks(self) -> bool:
        return self.have.why is Why.ABSENT


def needed(host: Host, names: Iterable[str] = ()) -> tuple[Needed, ...]:
    """Every tool of the table that this system knows, or those named.

    Raises:
        UsageError: a name that the table does not have.
    """
    tables = knowledge()
    every = tuple(row.tool for row in tables.prerequisites)
    for name in names:
        if name not in every:
            hint = text("errors", "known-tools", names=", ".join(every))
            raise UsageError(text("errors", "no-tool", name=name), hint=hint)
    machine = obtain(host, MachineWish())
    wanted = [name for name in every if name in names or (not names and _is_for(name, machine))]
    return tuple(_needed(host, name, machine) for name in wanted)


def _is_for(name: str, machine: Machine) -> bool:
    return machine.os.system is System.WINDOWS or name not in _WINDOWS_ALONE


def _needed(host: Host, name: str, machine: Machine) -> Needed:
    tables = knowledge()
    release = ""
    if name == "cuda-toolkit":
        gpus = capability.ascending(capability.of(gpu, tables) for gpu in machine.gpus.or_else(()))
        release = prerequisites.toolkit_release(machine, gpus, tables) if gpus else ""
    have = _have(host, name, machine)
    if not have.why or (name == "cuda-toolkit" and not release):
        return Needed(name, have)
    ways = prerequisites.ways(name, machine, tables, release=release)
    return Needed(name, have, prerequisites.commands(name, machine, tables, release=release), ways)


def _have(host: Host, name: str, machine: Machine) -> Fact[str]:
    build = machine.build
    if name == "compiler" and machine.os.system is System.WINDOWS:
        return _first(build.visual_studio, lambda found: found[0].toolset or found[0].version)
    if name == "compiler":
        return _first(build.host_compiler, _version)
    if name == "cuda-toolkit":
        return _first(machine.toolkits.found, lambda found: found[0].version)
    if name == "headers":
        return _headers(machine)
    if name == "vc-runtime":
        return machine.windows.vc_runtime
    if name in build.tools:
        return _first(build.tools[name], _version)
    path = host.which(name)  # one that no probe asks for
    return known(path, "PATH") if path else missing(Why.ABSENT, "PATH")


def _version(tool: Tool) -> str:
    return tool.version or tool.path


def _first(fact: Fact[T], told: Callable[[T], str]) -> Fact[str]:
    """The version out of a fact; a fact that is an empty list is absent."""
    if fact.value is None:
        return missing(fact.why or Why.FAILED, fact.source, fact.detail)
    return known(told(fact.value), fact.source) if fact.value else missing(Why.ABSENT, fact.source)


def _headers(machine: Machine) -> Fact[str]:
    python = machine.target.python.value
    if python is None or python.headers.value is None:
        return missing(Why.NOT_ASKED, "python")
    return (
        known(python.version, python.path) if python.headers.value else missing(Why.ABSENT, python.path, "Python.h")
    )


def runnable(host: Host, tool: Needed) -> tuple[str, ...]:
    """The words of the first way whose program is here; () where none is. Root needs no sudo."""
    for words in tool.ways:
        plain = words[1:] if words[0] == "sudo" and not host.which("sudo") else words
        if host.which(plain[0]):
            return prerequisites.unattended(plain)
    return ()


def run(host: Host, words: tuple[str, ...], on_line: Callable[[str], None]) -> bool:
    """Start it; whether it ended well."""
    return host.run(words, timeout=_TIMEOUT, on_line=on_line).ok
