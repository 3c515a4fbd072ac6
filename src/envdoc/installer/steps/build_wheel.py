"""Compile a package against the torch of the environment, and put its wheel in only where it runs."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import proved, safefile
from envdoc.installer.building import environment, installed, no_room, tree_key, why
from envdoc.installer.dists import versions
from envdoc.installer.folder import Folder, read_table, write_json
from envdoc.installer.outcome import Outcome
from envdoc.installer.steps import wheel
from envdoc.model.builds import BuildWheel
from envdoc.model.digest import digest
from envdoc.model.plan import InstallPackages, InstallWheel, Plan, fingerprint
from envdoc.rules.requirements import normal

if TYPE_CHECKING:
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding

# The environment's packages; also the system's, where it sees those.
_WHERE = "import sys; print('\\n'.join(p for p in sys.path if p.endswith(('site-packages', 'dist-packages'))))"


def do(step: BuildWheel, run: Run) -> Outcome:
    """Make it so; on any failure the environment is as it was. Objects that were compiled stay for the next run.

    Raises:
        UsageError: `environment-elsewhere`, a link leads out of the environment.
        OSError: no space, no permission.
    """
    from envdoc.installer import interior

    interior.check_links(run.folder)
    if still(step, run.folder, run.plan):
        return Outcome(text("install", "build-kept", what=step.name), changed=False)
    problem = _unfit(step, run)
    if problem is not None:
        return _failed(problem)
    start = time.monotonic()
    place = run.folder.own / "build" / normal(step.name)
    problems = _prepared(step, run, place / "env") or _built(step, run, place)
    if problems:
        return _failed(*problems)
    path = next(iter(sorted((place / "wheel").glob("*.whl"))), None)
    if path is None:
        told = (text("build-failed", "not-made", name=f"{step.name}.whl"),)
        return _failed(finding("build-failed", what=step.name, evidence=told))
    version = path.name.split("-")[1].partition("+")[0]
    problems = wheel.put(InstallWheel(step.id, step.title, step.name, version, path.as_uri(), ""), run, path)
    if problems:
        return _failed(*problems)
    seconds = f"{time.monotonic() - start:.0f}"
    write_json(_table(run.folder), {**read_table(_table(run.folder)), step.name: _key(step, run.folder)})
    return Outcome(text("install", "built", what=path.name, seconds=seconds), data={step.name: version})


def _failed(*problems: Finding) -> Outcome:
    return Outcome(failed=True, findings=problems)


def _unfit(step: BuildWheel, run: Run) -> Finding | None:
    source = run.folder.root / step.source
    if not (source / "setup.py").is_file():
        told = (text("source-tree-wrong", "lacks", name="setup.py"),)
        return finding("source-tree-wrong", what=step.name, place=str(source), evidence=told)
    return no_room(run, step.disk_mib)


def _prepared(step: BuildWheel, run: Run, place: Path) -> tuple[Finding, ...]:
    """What the build needs, in a folder of its own that sees the environment's packages, torch among them."""
    other = Folder(place, run.folder.windows)
    problems = () if other.python.exists() else environment(run, step.id, other)
    packages = InstallPackages(step.id, step.title, step.needs, sources=step.sources)
    problems = problems or installed(run, packages, other)
    if problems:
        return problems
    asked = run.ask((str(run.folder.python), "-I", "-c", _WHERE))
    safefile.write_whole((other.site_packages or place) / "envdoc.pth", asked.stdout)
    return ()


def _built(step: BuildWheel, run: Run, place: Path) -> tuple[Finding, ...]:
    """The wheel into a folder beside; the tree itself keeps its objects, so that a build goes on where it stopped."""
    from envdoc.installer.engines.base import Call

    shutil.rmtree(place / "wheel", ignore_errors=True)
    python = Folder(place / "env", run.folder.windows).python
    argv = (
        *(str(python), "-m", "pip", "wheel", "--no-build-isolation", "--no-deps"),
        *("--no-index", "--no-cache-dir", "--verbose", "--wheel-dir", str(place / "wheel")),
        str(run.folder.root / step.source),
    )
    done = run.call(step.id, Call(argv, env=_variables(step, run, place / "env")))
    return () if done.ok else why(step.id, step.name, run, done)


def _variables(step: BuildWheel, run: Run, place: Path) -> dict[str, str]:
    """What torch's build of extensions reads: CUDA_HOME for nvcc, CC for the compiler that nvcc calls."""
    root = str(run.folder.root)
    told = {name: value.replace("{env}", root) for name, value in step.build_env.items()}
    told |= {"MAX_JOBS": str(step.jobs), "CUDA_HOME": str(run.folder.root / step.toolkit)}
    told |= {"CC": step.host_compiler, "CXX": step.host_compiler} if step.host_compiler else {}
    programs = str(Folder(place, run.folder.windows).python.parent)  # ninja is looked for on PATH
    return {**told, "PATH": os.pathsep.join((programs, run.host.environ.get("PATH", "")))}


def _key(step: BuildWheel, folder: Folder) -> str:
    """What the wheel was made of: the step, every source file, and the torch that it calls into."""
    torch = versions(folder.site_packages).get("torch", "")
    return digest(f"{fingerprint(step.bare())} {tree_key(folder.root / step.source)} {torch}")


def _table(folder: Folder) -> Path:
    return folder.own / "built.json"


def still(step: BuildWheel, folder: Folder, whole: Plan) -> bool:
    """Whether the package was built of these very sources for this torch, and the packages are those proved."""
    there = normal(step.name) in versions(folder.site_packages)
    proven = proved.unchanged(folder) and proved.torch_is(whole, folder)
    return there and proven and read_table(_table(folder)).get(step.name) == _key(step, folder)


def undo(folder: Folder) -> None:
    """The package stands in the record of what was written; what was built lies in envdoc's own folder."""
    del folder
