"""Configure and build with cmake, in a folder of envdoc's own, which stays for the next build; the products are put
in place at once, at the end. Nothing is downloaded, and of what fails nothing is left but the log.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import products, safefile
from envdoc.installer.building import no_room, tree_key, why
from envdoc.installer.outcome import Outcome
from envdoc.model.builds import CmakeBuild
from envdoc.model.digest import digest
from envdoc.model.finding import Command
from envdoc.model.plan import Plan, fingerprint

if TYPE_CHECKING:
    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding

_CONFIGURATION = "Release"
# What a user's shell may have set for other builds, and what would reach the network.
_VARIABLES = {"CMAKE_GENERATOR": "", "CMAKE_TOOLCHAIN_FILE": "", "NINJA_STATUS": "[%f/%t %e s] ", "GIT_DIR": ""}


def do(step: CmakeBuild, run: Run) -> Outcome:
    """Make it so. What was built before is used as far as it goes: cmake, Ninja and ccache tell what has changed.

    Raises:
        UsageError: `environment-not-ours`, a folder of the user's lies in its place.
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission.
    """
    if still(step, run.folder, run.plan):
        return Outcome(text("install", "build-kept", what=step.component), changed=False)
    products.check_free(run.folder, step.into)
    cmake = run.host.which("cmake")
    if cmake is None:
        return _failed(finding("cmake-missing", commands=(Command("uv tool install cmake"),)))
    short = no_room(run, step.disk_mib)
    if short is not None:
        return _failed(short)
    start = time.monotonic()
    problems = _made(step, run, cmake)
    if problems:
        return _failed(*problems)
    lacking = [name for name in step.makes if not _there(_made_in(step, run.folder), name)]
    if lacking:
        told = tuple(text("build-failed", "not-made", name=name) for name in lacking)
        return _failed(finding("build-failed", what=step.component, evidence=told))
    whole = _put(step, run)
    seconds = f"{time.monotonic() - start:.0f}"
    return Outcome(
        text("install", "built", what=step.component, seconds=seconds),
        data={"seconds": seconds, "sha256": whole, "ccache": run.host.which("ccache") or ""},
    )


def _failed(*problems: Finding) -> Outcome:
    return Outcome(failed=True, findings=problems)


def _made(step: CmakeBuild, run: Run, cmake: str) -> tuple[Finding, ...]:
    """Configure, then build; what went wrong."""
    from envdoc.installer.engines.base import Call

    source, tree = _source(step, run.folder), _tree(step, run.folder)
    if not (source / "CMakeLists.txt").is_file():
        told = (text("source-tree-wrong", "lacks", name="CMakeLists.txt"),)
        return (finding("source-tree-wrong", what=step.component, place=str(source), evidence=told),)
    ninja = run.host.which("ninja")
    generator = ("-G", "Ninja") if ninja else ()
    flags = tuple(flag.replace("{env}", str(run.folder.root)) for flag in step.flags)
    variables = {**_VARIABLES, **_compilers(step, run.folder)}
    _start_anew(tree, digest("\n".join((cmake, str(source), *generator, *flags, *variables.values()))))
    calls = (
        (cmake, "-S", str(source), "-B", str(tree), *generator, *flags),
        (
            cmake,
            "--build",
            str(tree),
            "--config",
            _CONFIGURATION,
            "--parallel",
            str(step.jobs),
            "--target",
            *step.targets,
        ),
    )
    for argv in calls:
        done = run.call(step.id, Call(argv, env=variables))
        if not done.ok:
            return why(step.id, step.component, run, done)
    return ()


def _compilers(step: CmakeBuild, folder: Folder) -> dict[str, str]:
    """What cmake and nvcc take for the compilers, where the plan has chosen."""
    told = {}
    if step.toolkit:
        told = {"CUDACXX": str(folder.root / step.toolkit / "bin" / ("nvcc.exe" if folder.windows else "nvcc"))}
        told |= {"CUDA_PATH": str(folder.root / step.toolkit), "CUDA_HOME": str(folder.root / step.toolkit)}
    return told | ({"CUDAHOSTCXX": step.host_compiler} if step.host_compiler else {})


def _start_anew(tree: Path, configured: str) -> None:
    """A build folder serves again only where it was configured alike: cmake keeps compilers and options that the next
    call does not name, and refuses another source or generator."""
    mark = tree.with_name("configured")
    if (safefile.read(mark) or b"").decode("ascii", "replace") != configured and tree.exists():
        shutil.rmtree(tree)
    tree.mkdir(parents=True, exist_ok=True)
    safefile.write_whole(mark, configured)


def _put(step: CmakeBuild, run: Run) -> str:
    """Copy what is taken out of the build tree, then put it in place; one hash over all of it."""
    tree, staging = _made_in(step, run.folder), run.folder.own / "build" / step.component / "products"
    shutil.rmtree(staging, ignore_errors=True)
    for pattern in step.take:
        for path in sorted(tree.glob(pattern)):
            target = staging / _plain(path.relative_to(tree))
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink():
                target.symlink_to(os.readlink(path))  # noqa: PTH115 - as it is written
            elif path.is_file():
                shutil.copy2(path, target)
    products.put(run.folder, staging, step.into, step.component)
    return products.record(run.folder, step.component, step.into, _key(step, run.folder))


def _plain(path: Path) -> Path:
    """Without the folder that Visual Studio makes for each configuration: `bin/Release/llama-bench.exe`."""
    return Path(*(part for part in path.parts if part != _CONFIGURATION))


def _there(root: Path, name: str) -> bool:
    place, file = (root / name).parent, Path(name).name
    every = (place / folder / f"{file}{suffix}" for folder in ("", _CONFIGURATION) for suffix in ("", ".exe"))
    return any(path.is_file() for path in every)


def _source(step: CmakeBuild, folder: Folder) -> Path:
    return folder.root / step.source  # an absolute one stays what it is


def _made_in(step: CmakeBuild, folder: Folder) -> Path:
    return _source(step, folder) if step.in_source else _tree(step, folder)


def _tree(step: CmakeBuild, folder: Folder) -> Path:
    return folder.own / "build" / step.component / "tree"


def _key(step: CmakeBuild, folder: Folder) -> str:
    """What the product was made of: the step (flags, architectures, toolkit) and every source file."""
    return digest(f"{fingerprint(step.bare())} {tree_key(_source(step, folder))}")


def still(step: CmakeBuild, folder: Folder, whole: Plan) -> bool:
    """Whether the product was made of these very sources and flags, and is whole."""
    del whole
    return products.holds(folder, step.component, _key(step, folder))


def undo(folder: Folder) -> None:
    """Products go; the build folder lies in envdoc's own, which goes as a whole."""
    products.clear(folder)
