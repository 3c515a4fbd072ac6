"""Make the virtual environment, in place: its scripts hold its path, so it can not be made elsewhere and moved.
Until the proof the state file says `building`.
"""

from __future__ import annotations

import re
import shutil

from envdoc.findings import finding
from envdoc.installer import journal
from envdoc.installer.folder import Folder
from envdoc.installer.run import Outcome, Run
from envdoc.installer.steps.python import ask
from envdoc.model.finding import Finding
from envdoc.model.plan import MakeEnvironment, ProvidePython

# pyvenv.cfg: "version_info = 3.12.1" (uv, virtualenv), "version = 3.12.1" (venv)
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", re.MULTILINE)
# What a virtual environment consists of. Whatever else lies in the folder is the user's.
PARTS = ("bin", "lib", "lib64", "include", "share", "etc", "Scripts", "Lib", "Include", "man", "pyvenv.cfg",
         ".gitignore", "CACHEDIR.TAG", ".lock")  # fmt: skip


def make(step: MakeEnvironment, run: Run) -> Outcome:
    """Create it. One of another Python, or whose making was cut short, is made anew; an adopted one is kept."""
    wanted = next((each.version for each in run.plan.steps if isinstance(each, ProvidePython)), "")
    adopted = journal.kind_of(run.entries) == journal.ADOPTED
    if not adopted:
        # ensurepip takes its own half-written pip for a whole one
        if journal.was_cut(run.entries[:-1], step.id) or (wanted and minor_of(run.folder) not in ("", wanted)):
            clear(run.folder)
        done = run.call(step.id, run.engine.environment(run.tool(), run.base_python, step.path))
        if not done.ok:
            return Outcome(failed=True, findings=run.failure(step.id, done))
    return _checked(run, wanted, changed=not adopted)


def _checked(run: Run, wanted: str, *, changed: bool) -> Outcome:
    """Whether the environment's Python starts and is the wanted one."""
    answer = ask(run, str(run.folder.python))
    if not answer.version or (wanted and not answer.fits(wanted)):
        return Outcome(failed=True, findings=(_broken(run, f"{run.folder.python} {answer.told()}"),))
    return Outcome(f"Python {answer.version}", changed=changed)


def minor_of(folder: Folder) -> str:
    """`3.12`, by pyvenv.cfg; "" where there is none."""
    try:
        found = _VERSION.search((folder.root / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return found[1] if found else ""


def clear(folder: Folder) -> None:
    """Remove the virtual environment itself, and nothing else that lies in its folder."""
    for name in PARTS:
        path = folder.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _broken(run: Run, evidence: str) -> Finding:
    return finding("environment-broken", folder=run.folder.root, evidence=(evidence,))
