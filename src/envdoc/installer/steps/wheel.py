"""One wheel from a URL: fetch it, check its hash, install it alone, try it, and take it away again if it fails.

Where nobody publishes a hash, that of the first download is recorded in `.envdoc/wheels.json` and shown; a later
download of the same file must have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import journal, proved, written
from envdoc.installer.dists import same_version, versions
from envdoc.installer.folder import Folder, read_table, write_json
from envdoc.installer.outcome import Outcome
from envdoc.model.finding import Finding
from envdoc.model.plan import InstallPackages, InstallWheel, Plan
from envdoc.rules.requirements import normal

if TYPE_CHECKING:
    from pathlib import Path

    from envdoc.host.base import Completed
    from envdoc.installer.run import Run

_TIMEOUT = 3600.0
_TRIAL = 300.0
# The import, and where a GPU is there one small call of the kernel: what no name of a file can promise.
_TRIALS = {
    "flash-attn": """\
import torch, flash_attn
if torch.cuda.is_available():
    q = torch.zeros(1, 16, 1, 64, device="cuda", dtype=torch.float16)
    flash_attn.flash_attn_func(q, q, q)
    torch.cuda.synchronize()
print(flash_attn.__version__)
"""
}


def do(step: InstallWheel, run: Run) -> Outcome:
    """Make it so; on any failure the environment has no such package afterwards.

    Raises:
        UsageError: `environment-elsewhere`, a link leads out of the environment.
    """
    from envdoc.installer import interior

    interior.check_links(run.folder)
    if _there(step, run):
        return Outcome(text("install", "wheel-kept", file=step.file), changed=False)
    path = run.folder.step(step.id) / step.file
    problem = _fetched(step, run, path)
    if problem is not None:
        return Outcome(failed=True, findings=(problem,))
    digest = _recorded(run.folder)[step.file]
    failed = put(step, run, path)
    path.unlink(missing_ok=True)
    if failed:
        return Outcome(failed=True, findings=failed)
    return Outcome(text("install", "wheel", file=step.file, sha256=digest), data={step.name: step.version})


def put(step: InstallWheel, run: Run, path: Path) -> tuple[Finding, ...]:
    """Install the file and try it; where that fails it is taken away again, and what went wrong is told."""
    made = journal.last_of(run.entries, "environment", journal.DONE) is not None
    written.begin(run.folder, ours_already=made)
    failed = _installed(step, run, path)
    if failed:
        _forget(step, run)
    written.end(run.folder)
    return failed


def _there(step: InstallWheel, run: Run) -> bool:
    """Whether an earlier run installed this very file, and it still runs beside the torch of today."""
    have = versions(run.folder.site_packages).get(step.name, "")
    return step.file in _recorded(run.folder) and same_version(step.version, have) and _tried(step, run).ok


def _fetched(step: InstallWheel, run: Run, path: Path) -> Finding | None:
    import zipfile

    from envdoc.installer import safefile

    safefile.make_folder(path.parent)
    got = run.host.download(step.url, str(path), timeout=_TIMEOUT, limit=step.most_mib << 20)
    if got.value is None:
        return finding("wheel-not-fetched", evidence=(got.reason(),), file=step.file, url=step.url)
    wanted = step.sha256 or _recorded(run.folder).get(step.file, "")
    if wanted and got.value != wanted:
        path.unlink()
        evidence = (text("install", "hashes", wanted=wanted, got=got.value),)
        return finding("wheel-hash-mismatch", evidence=evidence, file=step.file, url=step.url)
    if not zipfile.is_zipfile(path):
        path.unlink()
        evidence = (text("install", "no-wheel", sha256=got.value),)
        return finding("wheel-not-fetched", evidence=evidence, file=step.file, url=step.url)
    write_json(_table(run.folder), {**_recorded(run.folder), step.file: got.value})
    return None


def _installed(step: InstallWheel, run: Run, path: Path) -> tuple[Finding, ...]:
    """What went wrong: of the engine, of what is there afterwards, or of the trial."""
    from envdoc.installer.engines.base import Request

    before = versions(run.folder.site_packages)
    alone = InstallPackages(step.id, step.title, (f"{step.name} @ {path.as_uri()}",), no_deps=True)
    request = Request(str(run.folder.python), alone, path.parent, run.options, before)
    for call in run.engine.install(run.tool(), request):
        done = run.call(step.id, call)
        if not done.ok:
            return run.failure(step.id, done)
    after = versions(run.folder.site_packages)
    if not same_version(step.version, after.get(step.name, "")) or after.get("torch") != before.get("torch"):
        there = text("install", "wanted", package=step.name, version=step.version, found=after.get(step.name, "-"))
        return (finding("wheel-does-not-run", evidence=(there,), file=step.file, package=step.name),)
    tried = _tried(step, run)
    if tried.ok:
        return ()
    from envdoc.installer.run import said

    tail = tuple(said(tried).splitlines()[-8:])
    return (finding("wheel-does-not-run", evidence=tail, file=step.file, package=step.name),)


def _tried(step: InstallWheel, run: Run) -> Completed:
    code = _TRIALS.get(step.name, f"import {step.name.replace('-', '_')}")
    return run.ask((str(run.folder.python), "-I", "-c", code), timeout=_TRIAL)


def _forget(step: InstallWheel, run: Run) -> None:
    """Take the package away, and the hash of a file that was never good."""
    if step.name in versions(run.folder.site_packages):
        run.call(step.id, run.engine.remove(run.tool(), str(run.folder.python), step.name))
    if not step.sha256:
        rest = {name: digest for name, digest in _recorded(run.folder).items() if name != step.file}
        write_json(_table(run.folder), rest)


def _table(folder: Folder) -> Path:
    return folder.own / "wheels.json"


def _recorded(folder: Folder) -> dict[str, str]:
    return read_table(_table(folder))


def still(step: InstallWheel, folder: Folder, whole: Plan) -> bool:
    """Whether the packages are those that were proved, this one among them, beside the torch that the plan pins."""
    there = versions(folder.site_packages).get(normal(step.name), "")
    proven = proved.unchanged(folder) and proved.torch_is(whole, folder)
    return proven and step.file in _recorded(folder) and same_version(step.version, there)


def undo(folder: Folder) -> None:
    """The package stands in the record of what was written; the record of hashes goes with envdoc's own folder."""
    del folder
