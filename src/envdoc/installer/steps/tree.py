"""A tree of sources or programs: fetched, its hash checked, unpacked beside its place, looked at, then put there.

Whatever fails, what was in its place before stays. A folder of the user's is only looked at.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import products
from envdoc.installer.outcome import Outcome
from envdoc.model.builds import FetchTree, Origin
from envdoc.model.plan import Plan, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding

_GIT = 3600.0


def do(step: FetchTree, run: Run) -> Outcome:
    """Make it so.

    Raises:
        UsageError: `environment-not-ours`, a folder of the user's lies in its place.
        EnvdocError, OSError: the disk is full, a folder of ours is unsafe.
    """
    if step.origin is Origin.FOLDER and not step.copied:
        return _looked_at(step, run)
    if still(step, run.folder, run.plan):
        return Outcome(text("install", "tree-kept", what=step.what), changed=False)
    products.check_free(run.folder, step.into)
    work = run.folder.step(step.id)
    staging = work / "unpacked"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        how = {Origin.GIT: _cloned, Origin.FOLDER: _copied}.get(step.origin, _unpacked)
        problem, told = how(step, run, staging)
        if problem is not None:
            return Outcome(failed=True, findings=(problem,))
        return _put(step, run, staging, told)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _looked_at(step: FetchTree, run: Run) -> Outcome:
    from pathlib import Path

    lacking = [name for name in step.holds if not run.host.stat(str(Path(step.place) / name)).known]
    if lacking:
        return Outcome(failed=True, findings=(_wrong(step, lacking),))
    return Outcome(text("install", "tree-own", place=step.place), changed=False)


def _unpacked(step: FetchTree, run: Run, staging: Path) -> tuple[Finding | None, dict[str, str]]:
    """Every archive of the step, unpacked each in a folder of its own; the files' names and hashes."""
    from envdoc.installer import fetched

    url, why = _address(step, run)
    if not url:
        return finding("archive-not-fetched", file=step.place, url=step.place, evidence=why), {}
    told: dict[str, str] = {}
    for number, (each, sha256) in enumerate(((url, step.sha256), *map(_pair, step.beside))):
        path = run.folder.step(step.id) / each.rstrip("/").replace("\\", "/").rpartition("/")[2]
        problem, digest = fetched.fetch(run, each, path, sha256=sha256, limit=step.most_mib << 20)
        if problem is None:
            inside = step.inside if number == 0 else ""
            problem = _opened(path, staging / str(number), inside, step)
        if problem is not None:
            return problem, {}
        path.unlink()
        told[path.name] = digest
    return None, told


def _opened(path: Path, into: Path, inside: str, step: FetchTree) -> Finding | None:
    from envdoc.installer import unpack

    try:
        unpack.unpack(str(path), into, inside=inside, most_bytes=step.unpacked_mib << 20)
    except unpack.HugeArchiveError:
        return finding("archive-too-large", file=path.name, most=step.unpacked_mib)
    except unpack.DamagedArchiveError as error:
        why = text("install", "no-archive", why=error)
        return finding("archive-not-fetched", file=path.name, url=step.place, evidence=(why,))
    except unpack.UnsafeArchiveError as error:
        return finding("archive-unsafe", file=path.name, evidence=(str(error),))
    return None


def _pair(beside: tuple[str, ...]) -> tuple[str, str]:
    return beside[0], beside[1]


def _address(step: FetchTree, run: Run) -> tuple[str, tuple[str, ...]]:
    if step.origin is not Origin.INDEX:
        return step.place, ()
    from envdoc.installer import indexfile

    return indexfile.find(run.host, step.sources, step.place)


def _copied(step: FetchTree, run: Run, staging: Path) -> tuple[Finding | None, dict[str, str]]:
    from envdoc.installer.building import tree_key

    left_out = shutil.ignore_patterns(".git", "build", "*.egg-info")
    try:
        shutil.copytree(step.place, staging / "0", symlinks=True, ignore=left_out)
    except (OSError, shutil.Error) as error:
        return _wrong(step, (str(error)[:200],)), {}
    return None, {step.place: tree_key(run.folder.root / step.place)}


def _cloned(step: FetchTree, run: Run, staging: Path) -> tuple[Finding | None, dict[str, str]]:
    from envdoc.installer.engines.base import Call

    git = run.host.which("git")
    if git is None:
        return finding("git-missing"), {}
    at = ("--branch", step.ref) if step.ref else ()
    argv = (git, "clone", "--depth", "1", *at, "--", step.place, str(staging / "0"))
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}
    done = run.call(step.id, Call(argv, env=quiet))
    if not done.ok:
        return run.failure(step.id, done)[0], {}
    head = run.ask((git, "-C", str(staging / "0"), "rev-parse", "HEAD"))
    shutil.rmtree(staging / "0" / ".git", ignore_errors=True)
    return None, {step.place: head.stdout.strip()}


def _put(step: FetchTree, run: Run, staging: Path, told: dict[str, str]) -> Outcome:
    from envdoc.installer import fetched
    from envdoc.installer.building import holding

    root = holding(staging / "0", step.holds)
    if root is None:
        return Outcome(failed=True, findings=(_wrong(step, step.holds),))
    for number in range(1, 1 + len(step.beside)):
        _beside(staging / str(number), root)
    products.put(run.folder, root, step.into, step.record)
    for file, digest in told.items():
        if step.origin is not Origin.GIT:
            fetched.record(run.folder, file, digest)
    if step.record:
        products.record(run.folder, step.record, step.into, fingerprint(step.bare()))
    shown = ", ".join(f"{file} {digest}" for file, digest in told.items())
    return Outcome(text("install", "tree", files=shown), data=told)


def _beside(extra: Path, root: Path) -> None:
    """The files of a companion archive (the CUDA runtime) beside the programs; none of theirs is replaced."""
    for path in sorted(extra.rglob("*")):
        target = root / path.name
        if not path.is_dir() and not target.exists():
            shutil.move(path, target)


def _wrong(step: FetchTree, lacking: tuple[str, ...] | list[str]) -> Finding:
    evidence = tuple(text("source-tree-wrong", "lacks", name=name) for name in lacking)
    return finding("source-tree-wrong", what=step.what, place=step.place, evidence=evidence)


def still(step: FetchTree, folder: Folder, whole: Plan) -> bool:
    """Whether what must be in the tree is there, for programs whether they are as they were put there. A user's
    own folder is judged by the build that reads it."""
    del whole
    if step.origin is Origin.FOLDER and not step.copied:
        return True
    if step.origin is Origin.FOLDER:
        from envdoc.installer.building import tree_key
        from envdoc.installer.fetched import recorded

        return recorded(folder).get(step.place, "") == tree_key(folder.root / step.place)
    if step.record:
        return products.holds(folder, step.record, fingerprint(step.bare()))
    return all((folder.root / step.into / name).is_file() for name in step.holds)


def undo(folder: Folder) -> None:
    """Products go; sources lie in envdoc's own folder, which goes as a whole."""
    products.clear(folder)
