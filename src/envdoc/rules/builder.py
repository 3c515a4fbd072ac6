"""What a build from source would have here: toolkits, compilers, tools, cores and memory; and which of the toolkits
compile for the GPUs with a host compiler that they accept. Nobody else compares these.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.knowledge.rows import ToolkitRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Machine, System, Tool, Toolkit, VisualStudio
from envdoc.model.value import dataclass

_PER_JOB = 1500  # MiB that one compiler process may take: ptxas on a large kernel, g++ on a large header


@dataclass(frozen=True, slots=True)
class Builder:
    """Of a machine; of an imagined or listed one there may be nothing, and then nothing can be built."""

    system: System = System.LINUX
    toolkits: tuple[Toolkit, ...] = ()
    host_compiler: Tool | None = None
    tools: frozenset[str] = frozenset()  # names of those on PATH: "cmake", "ninja", "git"
    studios: tuple[VisualStudio, ...] = ()
    cores: int = 1
    memory_mib: int = 0  # 0 unknown

    @property
    def jobs(self) -> int:
        """Compilers at a time: as many as there are cores, and as memory holds."""
        by_memory = self.memory_mib // _PER_JOB if self.memory_mib else self.cores
        return max(1, min(self.cores, by_memory))


@dataclass(frozen=True, slots=True)
class Compiler:
    """A host compiler against what a toolkit accepts. `most` is 0 where nobody knows a limit."""

    told: str  # "gcc 15.3.0", "_MSC_VER 1944"
    have: int
    most: int

    @property
    def too_new(self) -> bool:
        return bool(self.most) and self.have > self.most


def of_machine(machine: Machine) -> Builder:
    """What the facts say."""
    build, hardware = machine.build, machine.hardware
    free = [hardware.memory_available_mib.or_else(0), hardware.memory_limit_mib.or_else(0)]
    return Builder(
        machine.os.system,
        machine.toolkits.found.or_else(()),
        build.host_compiler.value,
        frozenset(name for name, fact in build.tools.items() if fact.known),
        build.visual_studio.or_else(()),
        hardware.cores.or_else(1),
        min((each for each in free if each), default=0),
    )


def row_of(release: str, knowledge: Knowledge) -> ToolkitRow | None:
    """A toolkit's row, by its release "13.0"; None where nobody knows it."""
    return next((row for row in knowledge.toolkits if row.release == release), None)


def lacking(row: ToolkitRow, capabilities: Iterable[str]) -> tuple[str, ...]:
    """The compute capabilities that a toolkit's nvcc does not compile for."""
    return tuple(each for each in capabilities if each not in row.targets)


def compiler(builder: Builder, row: ToolkitRow) -> Compiler | None:
    """The host compiler that nvcc would call; None where there is none, or its version is not understood."""
    if builder.system is System.WINDOWS:
        have = msc_version(builder.studios)
        return None if have is None else Compiler(f"_MSC_VER {have}", have, row.msvc_max)
    tool = builder.host_compiler
    if tool is None or not tool.version:
        return None
    clang = "clang" in tool.path
    told = f"{'clang' if clang else 'gcc'} {tool.version}"
    return Compiler(told, version_tuple(tool.version)[0], row.clang_max if clang else row.gcc_max)


def msc_version(studios: Iterable[VisualStudio]) -> int | None:
    """`_MSC_VER` of the newest toolset: 14.44 is 1944, 14.50 is 1950."""
    toolsets = [version_tuple(each.toolset) for each in studios if each.toolset]
    if not toolsets:
        return None
    major, minor = max(toolsets)[:2]
    return (major + 5) * 100 + minor


def no_compiler(builder: Builder) -> bool:
    """Whether a module in C cannot be compiled here."""
    return msc_version(builder.studios) is None if builder.system is System.WINDOWS else builder.host_compiler is None


def tools_missing(builder: Builder, programs: Iterable[str] = ("cmake",)) -> tuple[str, ...]:
    """What a build from source cannot do without: programs by name, "compiler", "studio"; () where all is there."""
    lacks = [name for name in programs if name not in builder.tools]
    if no_compiler(builder):
        lacks.append("studio" if builder.system is System.WINDOWS else "compiler")
    return tuple(lacks)
