"""Write the variables that belong to the environment; `envdoc env` prints them for each shell."""

from __future__ import annotations

from envdoc.installer.folder import read_table, write_json
from envdoc.installer.run import Outcome, Run
from envdoc.installer.safefile import SHARED
from envdoc.model.plan import SetVariables


def write(step: SetVariables, run: Run) -> Outcome:
    """Replace `.envdoc/variables.json` at once."""
    if read_table(run.folder.variables) == step.variables and run.folder.variables.exists():
        return Outcome("as wanted already", changed=False)
    write_json(run.folder.variables, step.variables, SHARED)
    return Outcome(", ".join(f"{name}={value}" for name, value in step.variables.items()) or "none")
