"""Make a bundle of a plan for another machine. Begun again, it goes on: whole files are kept, half ones never are."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from envdoc.errors import UsageError
from envdoc.findings import finding
from envdoc.installer import lock, safefile
from envdoc.installer.bundle import builds, closure, collect, own, pythons, write
from envdoc.installer.bundle.closure import Wanted
from envdoc.installer.bundle.job import WORK, Job, RefusedError
from envdoc.model.bundle import MANIFEST, PACKAGES, PYTHON, SUMS, TOOL, BundleFile, HashFrom, Manifest
from envdoc.model.finding import Finding
from envdoc.model.plan import InstallPackages, InstallWheel, Plan, Step
from envdoc.model.source import Source
from envdoc.model.value import dataclass, replace
from envdoc.rules.wheel_platform import glibc_needed

# Steps that need no file on the target but those of others.
_CARRIED = ("ProvidePython", "MakeEnvironment", "InstallPackages", "InstallWheel", "SetVariables", "Prove")


@dataclass(frozen=True, slots=True)
class Extras:
    """What comes along beside the packages. `python`: an archive or URL, "" for uv's own, "none" for none."""

    python: str = ""
    python_sha256: str = ""
    envdoc_wheel: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A whole bundle. `digest`: the manifest's SHA-256, to be told beside the bundle; `findings`: what it lacks."""

    folder: str
    manifest: Manifest
    digest: str
    findings: tuple[Finding, ...] = ()


def make(job: Job, plan: Plan, manifest: Manifest, extras: Extras) -> Made:
    """Collect everything, then write the manifest.

    Raises:
        UsageError: the folder holds something else, or a wish that cannot be met.
        RefusedError: a step that no bundle can carry, a set that the index does not have, files that did not come.
        EnvdocError: `environment-busy`, `engine-missing`.
        OSError: no space, no permission.
    """
    _refuse_steps(plan.steps)
    _claim(job.folder)
    with lock.hold(job.work / "lock"):
        (job.folder / MANIFEST).unlink(missing_ok=True)
        made = _made(job, plan, manifest, extras)
    shutil.rmtree(job.work, ignore_errors=True)  # Windows keeps a file that is open
    return made


def _made(job: Job, plan: Plan, manifest: Manifest, extras: Extras) -> Made:
    packages = collect.fetch_all(job, PACKAGES, _packages(job, plan))
    packages += collect.fetch_all(job, PACKAGES, _build_tools(job, plan, packages))
    tools = own.files(job, _sources(plan), extras.envdoc_wheel)
    ours = collect.fetch_all(job, TOOL, tools)
    hashes = {each.path.rpartition("/")[2]: each.sha256 for each in ours}
    listed = write.of_text(job.folder, f"{TOOL}/requirements.txt", own.requirements(tools, hashes))
    python = _python(job, extras)
    whole = replace(
        manifest,
        target=replace(manifest.target, glibc=_glibc(packages)),
        files=tuple(dict.fromkeys((*packages, *ours, listed, *python))),
        python_file=python[0].path if python else "",
    )
    _sweep(job.folder, whole)
    whole, digest = write.finish(job.folder, whole, own.pip_wheel(tools))
    return Made(str(job.folder), whole, digest, () if python else (_no_python(manifest),))


def _refuse_steps(steps: Iterable[Step]) -> None:
    """A step of a kind that fetches by itself (a build from a repository) cannot be carried."""
    for step in steps:
        if type(step).__name__ not in _CARRIED:
            raise RefusedError((finding("bundle-step-not-carried", step=step.title),))


def _claim(folder: Path) -> None:
    """Take an empty folder, or one that a bundle was made or begun in."""
    there = {each.name for each in folder.iterdir()} if folder.is_dir() else set[str]()
    if there and WORK not in there and MANIFEST not in there:
        raise UsageError(
            f"{folder} is not empty and holds no bundle", hint="name a new folder with `-o DIR`; nothing was written"
        )
    safefile.make_folder(folder / WORK)


def _packages(job: Job, plan: Plan) -> list[Wanted]:
    every: list[Wanted] = []
    for step in plan.steps:
        if isinstance(step, InstallPackages):
            job.tell(step.title)
            every += closure.of_step(job, step)
        elif isinstance(step, InstallWheel):
            every.append(_wheel(step))
    return every


def _wheel(step: InstallWheel) -> Wanted:
    by = HashFrom.INDEX if step.sha256 else HashFrom.FIRST_USE
    return Wanted(step.file, step.url, step.name, step.version, step.sha256, hash_from=by)


def _build_tools(job: Job, plan: Plan, packages: tuple[BundleFile, ...]) -> list[Wanted]:
    """What sources among the packages need to be built."""
    sources = [each for each in packages if not each.path.endswith(".whl")]
    if not sources:
        return []
    try:
        needs = tuple(sorted({need for each in sources for need in builds.requirements(job.folder / each.path)}))
    except ValueError as error:
        raise RefusedError((finding("bundle-file-bad", evidence=(str(error),), file=sources[0].path),)) from error
    return list(
        closure.of_step(job, InstallPackages("build-tools", "Build tools", needs, sources=_sources(plan)[-1:]))
    )


def _sources(plan: Plan) -> tuple[Source, ...]:
    return next((step.sources for step in plan.steps if isinstance(step, InstallPackages)), ())


def _python(job: Job, extras: Extras) -> tuple[BundleFile, ...]:
    if extras.python == "none":
        return ()
    wanted = pythons.named(extras.python, extras.python_sha256) if extras.python else pythons.usual(job)
    return collect.fetch_all(job, PYTHON, [wanted]) if wanted else ()


def _no_python(manifest: Manifest) -> Finding:
    return finding("bundle-without-python", version=manifest.target.python, system=manifest.target.system.value)


def _glibc(packages: tuple[BundleFile, ...]) -> str:
    needed = [told for each in packages if (told := glibc_needed(each.path)) is not None]
    return ".".join(map(str, max(needed))) if needed else ""


def _sweep(folder: Path, manifest: Manifest) -> None:
    """Take away what an earlier making left in our folders and this one does not need."""
    known = {each.path for each in manifest.files}
    for name in (PACKAGES, TOOL, PYTHON):
        place = folder / name
        for each in place.iterdir() if place.is_dir() else ():
            if f"{name}/{each.name}" not in known and not each.is_dir():
                each.unlink()
    (folder / SUMS).unlink(missing_ok=True)
