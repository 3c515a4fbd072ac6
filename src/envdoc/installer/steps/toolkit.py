"""A CUDA toolkit out of the index's packages: they go into a folder of their own, which is then given the names that
a toolkit has and a wheel cannot carry (`lib64`, `libcudart.so`).
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import products
from envdoc.installer.dists import versions
from envdoc.installer.outcome import Outcome
from envdoc.model.builds import ProvideToolkit
from envdoc.model.plan import InstallPackages, Plan

if TYPE_CHECKING:
    from pathlib import Path

    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding

_LIBRARY = re.compile(r"(lib\w+\.so)\.\d[\d.]*")
_PROGRAMS = ("bin", "nvvm/bin")


def do(step: ProvideToolkit, run: Run) -> Outcome:
    """Make it so; of what fails nothing is left."""
    if still(step, run.folder, run.plan):
        return Outcome(text("install", "toolkit-kept", release=step.release), changed=False)
    staging = run.folder.step(step.id) / "toolkit"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        problems = _installed(step, run, staging)
        if problems:
            return Outcome(failed=True, findings=problems)
        root = _root(staging)
        if root is None:
            told = (text("source-tree-wrong", "lacks", name="nvcc"),)
            wrong = finding("source-tree-wrong", what=f"CUDA {step.release}", place=str(staging), evidence=told)
            return Outcome(failed=True, findings=(wrong,))
        _named(root, run.folder.windows)
        products.put(run.folder, root, step.into)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Outcome(text("install", "toolkit", release=step.release), data={"toolkit": step.into})


def _installed(step: ProvideToolkit, run: Run, staging: Path) -> tuple[Finding, ...]:
    """Into a folder of their own: they are no part of the environment that Python sees."""
    from envdoc.installer.engines.base import Request

    wanted = InstallPackages(step.id, step.title, step.requirements, sources=step.sources, no_deps=True)
    present = versions(run.folder.site_packages)
    request = Request(str(run.folder.python), wanted, run.folder.step(step.id), run.options, present, into=staging)
    for call in run.engine.install(run.tool(), request):
        done = run.call(step.id, call)
        if not done.ok:
            return run.failure(step.id, done)
    return ()


def _root(staging: Path) -> Path | None:
    """`nvidia/cu13`: where the packages put their parts together."""
    return next((path.parent.parent for path in sorted(staging.glob("nvidia/cu*/bin/nvcc*"))), None)


def _named(root: Path, windows: bool) -> None:
    if windows:
        return
    for folder in _PROGRAMS:
        for path in (root / folder).glob("*"):
            if path.is_file():
                path.chmod(0o755)
    libraries = root / "lib"
    for path in sorted(libraries.glob("lib*.so.*")):
        found = _LIBRARY.fullmatch(path.name)
        if found and not os.path.lexists(libraries / found[1]):
            (libraries / found[1]).symlink_to(path.name)
    if not os.path.lexists(root / "lib64"):
        (root / "lib64").symlink_to("lib")


def still(step: ProvideToolkit, folder: Folder, whole: Plan) -> bool:
    """Whether its compiler is there."""
    del whole
    return (folder.root / step.into / "bin" / ("nvcc.exe" if folder.windows else "nvcc")).is_file()


def undo(folder: Folder) -> None:
    """It lies in envdoc's own folder, which goes as a whole."""
    del folder
