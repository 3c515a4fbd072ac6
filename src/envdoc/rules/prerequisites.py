"""The lines that bring what a build from source needs: shown, never run unasked.

Which manager a system has is told by its name; conda's line is shown where conda is there, the Python index's where
it has the program.
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.knowledge.buildrows import PrerequisiteRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command
from envdoc.model.machine import Machine, System
from envdoc.rules import builder, drivers
from envdoc.rules.quoting import command

_AGREED = {
    "apt-get": ("--yes",),
    "dnf": ("--assumeyes",),
    "conda": ("--yes",),
    "mamba": ("--yes",),
    "winget": ("--accept-package-agreements", "--accept-source-agreements"),
}
_DNF = ("fedora", "red hat", "rocky", "alma", "centos", "oracle", "amazon")


def commands(tool: str, machine: Machine, knowledge: Knowledge, *, release: str = "") -> tuple[Command, ...]:
    """What to paste for a tool of the table: "cmake", "compiler", "cuda-toolkit" (then of a `release`).

    () where the table has nothing for this system.
    """
    every = ways(tool, machine, knowledge, release=release)
    return tuple(line for words in every for line in command(*words, system=machine.os.system))


def ways(tool: str, machine: Machine, knowledge: Knowledge, *, release: str = "") -> tuple[tuple[str, ...], ...]:
    """The same as words, one for each manager, the system's own first."""
    row = next((row for row in knowledge.prerequisites if row.tool == tool), None)
    if row is None:
        return ()
    return tuple(_windows(row, release) if machine.os.system is System.WINDOWS else _unix(row, machine, release))


def unattended(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with which a manager asks nothing: somebody has agreed by then."""
    manager = words[1] if words[0] == "sudo" else words[0]
    return (*words, *_AGREED.get(manager, ()))


def _windows(row: PrerequisiteRow, release: str) -> Iterator[tuple[str, ...]]:
    if row.winget:
        exact = ("--version", release) if row.tool == "cuda-toolkit" else ()
        override = ("--override", row.override) if row.override else ()
        yield ("winget", "install", "--id", row.winget, "--exact", *exact, *override)
    if row.index:
        yield ("uv", "tool", "install", row.index)


def _unix(row: PrerequisiteRow, machine: Machine, release: str) -> Iterator[tuple[str, ...]]:
    name = machine.os.name.or_else("").lower()
    manager, package = ("dnf", row.dnf) if any(each in name for each in _DNF) else ("apt-get", row.apt)
    if package and machine.os.system is System.LINUX:
        yield ("sudo", manager, "install", _of(package, release))
    tools = machine.build.tools
    conda = next((each for each in ("mamba", "conda") if each in tools and tools[each].known), "")
    if row.conda and conda:
        yield (conda, "install", "-c", "conda-forge", _of(row.conda, release))
    if row.index:
        yield ("uv", "tool", "install", row.index)


def _of(package: str, release: str) -> str:
    return package.format(release=release, dashed=release.replace(".", "-"))


def toolkit_release(machine: Machine, capabilities: tuple[str, ...], knowledge: Knowledge) -> str:
    """The CUDA toolkit to install here, "13.0": the newest that compiles for every GPU and that the driver is
    native to, so that nothing rests on minor-version compatibility; "" where none is known."""
    driver = drivers.of_machine(machine)
    rows = [row for row in knowledge.toolkits if not builder.lacking(row, capabilities)]
    native = [row for row in rows if driver.cuda and version_tuple(row.release) <= version_tuple(driver.cuda)]
    return max(native, key=lambda row: version_tuple(row.release)).release if native else ""
