"""Write the variables that belong to the environment; `envdoc env` prints them for each shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.findings import text
from envdoc.installer import safefile
from envdoc.installer.folder import Folder, table_of, write_json
from envdoc.installer.outcome import Outcome
from envdoc.installer.safefile import SHARED
from envdoc.model.plan import Plan, SetVariables

if TYPE_CHECKING:
    from envdoc.installer.run import Run


def do(step: SetVariables, run: Run) -> Outcome:
    """Replace `.envdoc/variables.json` at once."""
    if still(step, run.folder, run.plan):
        return Outcome(text("install", "as-wanted"), changed=False)
    write_json(run.folder.variables, step.variables, SHARED)
    return Outcome(", ".join(f"{name}={value}" for name, value in step.variables.items()) or text("install", "none"))


def still(step: SetVariables, folder: Folder, whole: Plan) -> bool:
    """Whether the file says these variables and no others."""
    del whole
    return table_of(folder.variables) == step.variables


def undo(folder: Folder) -> None:
    """Remove the file."""
    safefile.remove(folder.variables)
