"""Step kinds by their type in the plan. Adding one: its type in model/plan.py, a module here, and its line.

A module says all that a kind is to the installer: `do` makes it so, `still` tells from files alone whether it is so,
`undo` takes it away. Modules load what only `do` needs when they do it: a run with nothing to do asks `still` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from envdoc.installer.steps import (
    adopt,
    build_wheel,
    cmake,
    environment,
    own,
    packages,
    prove,
    python,
    take_away,
    toolkit,
    tree,
    variables,
    wheel,
)
from envdoc.model import builds, plan

if TYPE_CHECKING:
    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Outcome, Run


class Kind(Protocol):
    """What a step module offers."""

    def do(self, step: Any, run: Run) -> Outcome:
        """Make it so. Under the lock; an EnvdocError or OSError is a failed step."""
        ...

    def still(self, step: Any, folder: Folder, whole: plan.Plan) -> bool:
        """Whether what was done is still so, told from files alone. Proofs are not done again."""
        ...

    def undo(self, folder: Folder) -> None:
        """Take away what all steps of the kind have left in an environment that envdoc made."""
        ...


KINDS: dict[type, Kind] = {
    plan.ProvidePython: cast(Kind, python),
    plan.MakeEnvironment: cast(Kind, environment),
    plan.AdoptEnvironment: cast(Kind, adopt),
    plan.InstallPackages: cast(Kind, packages),
    plan.InstallWheel: cast(Kind, wheel),
    builds.FetchTree: cast(Kind, tree),
    builds.ProvideToolkit: cast(Kind, toolkit),
    builds.CmakeBuild: cast(Kind, cmake),
    builds.BuildWheel: cast(Kind, build_wheel),
    builds.OwnEnvironment: cast(Kind, own),
    builds.TakeAway: cast(Kind, take_away),
    plan.SetVariables: cast(Kind, variables),
    plan.Prove: cast(Kind, prove),
}


def kind_of(step: plan.Step) -> Kind:
    return KINDS[type(step)]
