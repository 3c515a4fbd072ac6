"""Make the virtual environment, in place: its scripts hold its path, so it can not be made elsewhere and moved.
Until the proof the state file says `building`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from envdoc.findings import finding
from envdoc.installer import conda_prefix, journal, written
from envdoc.installer.folder import Folder, minor_of
from envdoc.installer.outcome import Outcome
from envdoc.installer.steps.python import ask
from envdoc.model.finding import Command, Finding
from envdoc.model.plan import MakeEnvironment, Plan, ProvidePython

if TYPE_CHECKING:
    from envdoc.installer.engines.base import Call
    from envdoc.installer.run import Run


def do(step: MakeEnvironment, run: Run) -> Outcome:
    """Create it. One of another Python, or whose making was cut short, is made anew; an adopted one is kept."""
    wanted = next((each.version for each in run.plan.steps if isinstance(each, ProvidePython)), "")
    adopted = journal.kind_of(run.entries) == journal.ADOPTED
    if not adopted:
        # ensurepip takes its own half-written pip for a whole one
        if journal.was_cut(run.entries[:-1], step.id) or (wanted and minor_of(run.folder.root) not in ("", wanted)):
            written.end(run.folder)
            written.clear(run.folder)
        findings = _made(step, run, wanted)
        if findings:
            return Outcome(failed=True, findings=findings)
    return _checked(run, wanted, changed=not adopted)


def _made(step: MakeEnvironment, run: Run, minor: str) -> tuple[Finding, ...]:
    """Start what makes it; why that failed."""
    by_conda = run.options.engine == "conda"
    if by_conda and not conda_prefix.find(run.host) and not conda_prefix.has_rattler():
        return (_no_conda(),)
    written.begin(run.folder)
    call = _by_conda(run, step, minor) if by_conda else run.engine.environment(run.tool(), run.base_python, step.path)
    done = run.call(step.id, call)
    written.end(run.folder)
    if not done.ok:
        return run.failure(step.id, done)
    if by_conda:
        with contextlib.suppress(OSError):  # then only `conda env list` does not name it
            conda_prefix.announce(run.host, str(run.folder.root))
    return ()


def _by_conda(run: Run, step: MakeEnvironment, minor: str) -> Call:
    from envdoc.installer.engines import conda

    conda_prefix.seed(run.folder.root)
    channel = run.host.environ.get("ENVDOC_CONDA_CHANNEL") or conda.CHANNEL
    return conda.prefix(conda_prefix.find(run.host), minor, step.path, channel=channel)


def _no_conda() -> Finding:
    command = Command('python -m pip install "envdoc-gpu[conda]"')
    return finding("engine-missing", program="conda, mamba, micromamba, py-rattler", commands=(command,))


def _checked(run: Run, wanted: str, *, changed: bool) -> Outcome:
    """Whether the environment's Python starts and is the wanted one."""
    answer = ask(run, str(run.folder.python))
    if not answer.version or (wanted and not answer.fits(wanted)):
        return Outcome(failed=True, findings=(_broken(run, f"{run.folder.python} {answer.told()}"),))
    return Outcome(f"Python {answer.version}", changed=changed)


def _broken(run: Run, evidence: str) -> Finding:
    return finding("environment-broken", folder=run.folder.root, evidence=(evidence,))


def still(step: MakeEnvironment, folder: Folder, whole: Plan) -> bool:
    """Whether its interpreter is there."""
    del step, whole
    return folder.python.exists()


def undo(folder: Folder) -> None:
    """Remove what envdoc's engines wrote, packages included; the user's files stay."""
    if not (folder.own / "written.jsonl").exists():
        written.begin(folder, ours_already=True)  # made by an earlier version, which kept no record
    written.end(folder)
    written.clear(folder)
