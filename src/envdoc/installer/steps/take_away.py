"""Take a component out of an environment: its distributions by the engine, its folder as envdoc put it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.findings import text
from envdoc.installer import products, trash, written
from envdoc.installer.dists import versions
from envdoc.installer.folder import OWN
from envdoc.installer.outcome import Outcome
from envdoc.model.builds import TakeAway
from envdoc.model.plan import Plan

if TYPE_CHECKING:
    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Run


def do(step: TakeAway, run: Run) -> Outcome:
    """Make it so; what is not there already is no failure."""
    there = [name for name in step.packages if name in versions(run.folder.site_packages)]
    written.begin(run.folder)
    for name in there:
        done = run.call(step.id, run.engine.remove(run.tool(), str(run.folder.python), name))
        if not done.ok:
            return Outcome(failed=True, findings=run.failure(step.id, done))
    written.end(run.folder)
    gone = products.forget(run.folder, step.component)
    for place in step.folders:
        if place.startswith(f"{OWN}/"):  # one of that name beside it, which no step made, is the user's
            trash.throw_away(run.folder, run.folder.root / place)
    if not there and not gone:
        return Outcome(text("install", "not-there", what=step.component), changed=False)
    return Outcome(text("install", "taken-away", what=step.component, parts=", ".join(there) or step.component))


def still(step: TakeAway, folder: Folder, whole: Plan) -> bool:
    """Whether nothing of it is there."""
    del whole
    there = versions(folder.site_packages)
    return not any(name in there for name in step.packages) and not products.has(folder, step.component)


def undo(folder: Folder) -> None:
    """What is gone leaves nothing."""
    del folder
