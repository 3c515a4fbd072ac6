"""Scripts with an environment of their own: made beside the one before, which goes only once the new one is whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import products
from envdoc.installer.building import environment, installed, tree_key
from envdoc.installer.folder import Folder
from envdoc.installer.outcome import Outcome
from envdoc.model.builds import OwnEnvironment
from envdoc.model.digest import digest
from envdoc.model.plan import InstallPackages, Plan, fingerprint
from envdoc.model.source import SourceKind

if TYPE_CHECKING:
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding

_TORCH_ALONE = (SourceKind.PYTORCH, SourceKind.MIRROR)
_DEPTH = 4  # files of requirements that name each other
# A path beside the program, so that a blank in the environment's own does no harm.
_SH = '#!/bin/sh\nhere=$(dirname -- "$(readlink -f -- "$0")")\nexec "$here/{python}" "$here/{script}" "$@"\n'
_CMD = '@"%~dp0{python}" "%~dp0{script}" %*\r\n'


def do(step: OwnEnvironment, run: Run) -> Outcome:
    """Make it so; of what fails nothing is left, and what was there before works on.

    Raises:
        UsageError: `environment-not-ours`, a folder of the user's lies in its place.
        OSError: no space, no permission.
    """
    if still(step, run.folder, run.plan):
        return Outcome(text("install", "own-kept", what=step.component), changed=False)
    products.check_free(run.folder, step.into)
    source, place = run.folder.root / step.source, _place(step, run.folder)
    wanted = requirements(source / step.requirements, source)
    lacks = [name for name in step.take if not (source / name).exists()]
    if not wanted or lacks:
        told = (text("source-tree-wrong", "lacks", name=name) for name in lacks or (step.requirements,))
        return _failed(finding("source-tree-wrong", what=step.component, place=str(source), evidence=told))
    problems = _made(step, run, wanted, place)
    if problems:
        shutil.rmtree(place, ignore_errors=True)
        return _failed(*problems)
    _put(step, run.folder, source, place)
    return Outcome(text("install", "own", what=step.component, count=len(wanted)), data={"python": str(place)})


def _failed(*problems: Finding) -> Outcome:
    return Outcome(failed=True, findings=problems)


def requirements(file: Path, root: Path, depth: int = _DEPTH) -> tuple[str, ...]:
    """What a tree's file of requirements asks for, and those that it names (`-r ./other.txt`). Its options (further
    indexes) are left out: where packages come from is the user's to say. () where it cannot be read, or leads out."""
    inside = file.resolve().is_relative_to(root.resolve())
    if not depth or not inside or not file.is_file():
        return ()
    found: list[str] = []
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        wanted = line.partition(" #")[0].strip()
        if wanted.startswith("-r "):
            found += requirements(file.parent / wanted[3:].strip(), root, depth - 1)
        elif wanted and not wanted.startswith(("#", "-")):
            found.append(wanted)
    return tuple(dict.fromkeys(found))


def _made(step: OwnEnvironment, run: Run, wanted: tuple[str, ...], place: Path) -> tuple[Finding, ...]:
    """The environment with what is wanted in it; torch from the PyTorch index as its CPU build, else from the package
    index, where it may bring CUDA along."""
    shutil.rmtree(place, ignore_errors=True)
    other = Folder(place, run.folder.windows)
    problems = environment(run, step.id, other)
    if problems:
        return problems
    rest = tuple(each for each in step.sources if each.kind not in _TORCH_ALONE)
    ways = (step.sources, rest) if rest != step.sources else (rest,)
    for sources in ways:
        packages = InstallPackages(step.id, step.title, wanted, sources=sources)
        problems = installed(run, packages, other)
        if not problems:
            break
    return problems


def _put(step: OwnEnvironment, folder: Folder, source: Path, place: Path) -> None:
    staging = folder.own / "build" / step.component / "products"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for name in step.take:
        if (source / name).is_dir():
            shutil.copytree(source / name, staging / name, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        else:
            shutil.copy2(source / name, staging / name)
    for script in step.programs:
        _starter(step, folder, script, place, staging)
    products.put(folder, staging, step.into, step.component)
    products.record(folder, step.component, step.into, _key(step, folder))
    for old in place.parent.glob("env-*"):
        if old != place:
            shutil.rmtree(old, ignore_errors=True)


def _starter(step: OwnEnvironment, folder: Folder, script: str, place: Path, staging: Path) -> None:
    name = script.removesuffix(".py").replace("_", "-")
    up = "../" * len(Path(step.into).parts)
    python = up + Folder(place, folder.windows).python.relative_to(folder.root).as_posix()
    if folder.windows:
        told = _CMD.format(python=python.replace("/", "\\"), script=script)
        (staging / f"{name}.cmd").write_text(told, encoding="utf-8", newline="")
    else:
        (staging / name).write_text(_SH.format(python=python, script=script), encoding="utf-8")
        (staging / name).chmod(0o755)


def _place(step: OwnEnvironment, folder: Folder) -> Path:
    return folder.own / "build" / step.component / f"env-{_key(step, folder)[:8]}"


def _key(step: OwnEnvironment, folder: Folder) -> str:
    """What it was made of: the step, and every file of the tree."""
    return digest(f"{fingerprint(step.bare())} {tree_key(folder.root / step.source)}")


def still(step: OwnEnvironment, folder: Folder, whole: Plan) -> bool:
    """Whether the scripts are those of this very tree, and their environment is there."""
    del whole
    there = Folder(_place(step, folder), folder.windows).python.exists()
    return there and products.holds(folder, step.component, _key(step, folder))


def undo(folder: Folder) -> None:
    """Products go; the environment lies in envdoc's own folder, which goes as a whole."""
    products.clear(folder)
