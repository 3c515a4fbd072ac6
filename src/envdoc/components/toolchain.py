"""The CUDA toolkit that a component is built with: one that is here, else NVIDIA's packages of the index.

A toolkit serves that compiles for every GPU, takes the host compiler, has what is linked, and whose programs this
driver runs. `Cannot` keeps the reasons of each that does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.components.base import Context
from envdoc.findings import text
from envdoc.knowledge.rows import ToolkitRow
from envdoc.model.builds import ProvideToolkit
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.machine import System, Toolkit
from envdoc.model.value import dataclass, field
from envdoc.rules import builder, drivers

_FOLDER = ".envdoc/toolkits"


@dataclass(frozen=True, slots=True)
class Chain:
    """`root` is absolute, or relative to the environment for the index's; "" builds without CUDA."""

    root: str = ""
    version: str = ""
    steps: tuple[ProvideToolkit, ...] = ()
    stubs: bool = True  # whether libcuda can be linked where no driver is

    @property
    def release(self) -> str:
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Choice:
    """The first that serves, or None; and why those before it do not."""

    chain: Chain | None
    reasons: tuple[str, ...] = field(default_factory=tuple)


def choose(
    name: str,
    context: Context,
    *,
    needs: tuple[str, ...] = (),
    major: str = "",
    programs: tuple[str, ...] = ("cmake",),
) -> Choice:
    """What to build `name` with; without CUDA where the environment is without.

    Args:
        needs: parts that are linked, of those that a toolkit may lack ("cublas").
        major: the CUDA major version that it must be, "12"; "" for any.
        programs: those that the build is driven by.
    """
    lacks = builder.tools_missing(context.builder, programs)
    if lacks:
        return Choice(None, tuple(text("builds", "cannot-without", name=name, each=_what(each)) for each in lacks))
    if context.cuda == "cpu":
        return Choice(Chain())
    if not context.gpus:
        return Choice(None, (text("builds", "which-gpus"),))
    told: list[str] = []
    for chain, reasons in (*_here(context, needs), *_index(context)):
        if major and not chain.version.startswith(f"{major}."):
            told.append(text("builds", "other-major", release=chain.release, major=major))
        elif not reasons:
            return Choice(chain, tuple(told))
        told += reasons
    return Choice(None, tuple(told) or (text("builds", "no-toolkit"),))


def _here(context: Context, needs: tuple[str, ...]) -> Iterator[tuple[Chain, tuple[str, ...]]]:
    for toolkit in sorted(context.builder.toolkits, key=lambda each: _rank(each), reverse=True):
        chain = Chain(toolkit.root, toolkit.version, stubs="stubs" not in toolkit.lacks)
        name = text("builds", "toolkit-at", release=toolkit.release or "?", root=toolkit.root)
        lacks = tuple(text("builds", "lacks", toolkit=name, part=part) for part in needs if part in toolkit.lacks)
        yield chain, (*lacks, *_unfit(toolkit.release, name, context))


def _rank(toolkit: Toolkit) -> tuple[bool, tuple[int, ...]]:
    """What the user has named comes first, then the newest."""
    return bool({"CUDA_HOME", "CUDA_PATH"} & set(toolkit.found)), version_tuple(toolkit.version)


def _index(context: Context) -> Iterator[tuple[Chain, tuple[str, ...]]]:
    for row in context.knowledge.toolkit_wheels:
        if context.system.value not in row.systems or context.arch not in row.arches:
            continue
        step = ProvideToolkit(
            "cuda-toolkit",
            text("builds", "step-toolkit", release=row.release),
            f"{_FOLDER}/cuda-{row.release}",
            row.release,
            row.requirements,
            download_mib=row.download_mib,
            disk_mib=row.disk_mib,
        )
        name = text("builds", "toolkit-of-index", release=row.release)
        yield Chain(step.into, row.version, (step,), stubs=False), _unfit(row.release, name, context)


def _unfit(release: str, name: str, context: Context) -> tuple[str, ...]:
    row = builder.row_of(release, context.knowledge)
    if row is None:
        return (text("builds", "unknown", toolkit=name),)
    lacks = builder.lacking(row, context.gpus)
    reasons = [text("builds", "not-for", toolkit=name, gpu=each) for each in lacks]
    least = drivers.too_old(context.driver, tag_of(release), context.knowledge)
    if least:
        reasons.append(text("builds", "driver", toolkit=name, least=least, driver=context.driver.version))
    return (*reasons, *_compiler(row, name, context))


def _compiler(row: ToolkitRow, name: str, context: Context) -> tuple[str, ...]:
    used = builder.compiler(context.builder, row)
    if used is None or not used.too_new:
        return ()
    how = "too-new-windows" if context.system is System.WINDOWS else "too-new"
    return (text("builds", how, compiler=used.told, toolkit=name, most=used.most),)


def _what(lack: str) -> str:
    """What a build cannot do without, in words: a program by its name, the others by the catalogue's."""
    return text("builds", lack) if lack in ("compiler", "studio") else lack


def cuda_flags(chain: Chain, context: Context) -> tuple[str, ...]:
    """How cmake is told the toolkit."""
    root = placed(chain.root)
    nvcc = f"{root}/bin/nvcc" + (".exe" if context.system is System.WINDOWS else "")
    return f"-DCMAKE_CUDA_COMPILER={nvcc}", f"-DCUDAToolkit_ROOT={root}"


def placed(root: str) -> str:
    """A toolkit's root; one in the environment by `{env}`, which the build replaces."""
    return root if root.startswith("/") or ":" in root else f"{{env}}/{root}"


def nvcc_compiler(context: Context) -> str:
    """The host compiler to name to nvcc; cmake finds Visual Studio's by itself."""
    tool = context.builder.host_compiler
    return tool.path if tool is not None and context.system is not System.WINDOWS else ""
