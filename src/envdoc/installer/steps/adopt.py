"""Record an environment that envdoc did not make, before anything in it changes."""

from __future__ import annotations

from envdoc.installer import backup
from envdoc.installer.dists import versions
from envdoc.installer.run import Outcome, Run
from envdoc.model.plan import AdoptEnvironment


def record(step: AdoptEnvironment, run: Run) -> Outcome:
    """Keep a copy of every file (by hard link, so it takes no room until a file is replaced)."""
    del step
    if backup.exists(run.folder):
        return Outcome("recorded before", changed=False)
    count = backup.take(run.folder)
    found = versions(run.folder.site_packages)
    return Outcome(f"{len(found)} packages, {count} files", data=found)
