"""`envdoc check --fix`: the judged environment brought to a profile, by the same road as `envdoc install`."""

from __future__ import annotations

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.machine import TargetKind
from envdoc.model.resolution import Wish
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import InstallWish, MachineWish


def mending(host: Host, wish: MachineWish, profile_id: str, *, adopt: bool = False) -> InstallWish:
    """What to install to mend the judged environment. One that envdoc did not make is changed only with `adopt`:
    then it is recorded first, so that rollback restores it.

    Raises:
        UsageError: there is no environment that may be changed.
    """
    if wish.file:
        raise UsageError(text("errors", "no-mending"), hint=text("errors", "no-mending-hint"))
    target = obtain(host, wish).target
    if target.kind not in (TargetKind.VENV, TargetKind.CONDA):
        place = target.prefix or text("errors", "no-environment")
        raise UsageError(
            text("errors", "no-own-environment", place=place), hint=text("errors", "no-own-environment-hint")
        )
    ours = "state" in target.marker.or_else({})
    if not ours and not adopt:
        raise UsageError(
            text("errors", "not-made", root=target.prefix),
            hint=text("errors", "adopt-hint"),
            code="environment-not-ours",
        )
    return InstallWish(Wish(profile_id or "auto"), environment=target.prefix, adopt=not ours)
