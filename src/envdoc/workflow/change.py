"""`envdoc install --env DIR --with X --without Y` on an environment that exists: that alone is changed in it."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.installer.folder import folder_of
from envdoc.installer.guard import is_environment
from envdoc.workflow.context import knowledge
from envdoc.workflow.machine import imagine, obtain
from envdoc.workflow.resolve import Resolved, absolute
from envdoc.workflow.sources import source_states
from envdoc.workflow.wishes import InstallWish, MachineWish

_WHOLE = ("usable", "adopted")


def is_change(host: Host, wish: InstallWish) -> bool:
    """Whether only parts of an environment that is there are to change: no profile, torch, Python or model is asked
    for, and no installation of envdoc's is unfinished in it."""
    asked = wish.wish
    if not wish.environment or asked.profile != "auto" or asked.torch or asked.python or asked.model:
        return False
    if not asked.with_components and not asked.without_components:
        return False
    folder = folder_of(absolute(wish.environment), host.system)
    if not is_environment(folder):
        return False
    return wish.adopt or _state(host, wish)[0] in _WHOLE


def _state(host: Host, wish: InstallWish) -> tuple[str, str]:
    from envdoc.installer import state

    told = state.read(folder_of(absolute(wish.environment), host.system))
    return told.get("state", ""), told.get("kind", "")


def resolved(host: Host, wish: InstallWish) -> Resolved:
    """What would be changed.

    Raises:
        UsageError, EnvdocError: see `resolver.change`.
    """
    from envdoc.resolver.change import change

    tables = knowledge()
    machine = obtain(host, MachineWish(env=wish.environment))
    if wish.what_if.asked:
        machine = imagine(machine, wish.what_if, tables)
    states = source_states(host, wish.wish.mirrors, online=False)
    adopt = _state(host, wish)[1] != "made"
    where = absolute(wish.environment)
    every = tuple(state.source for state in states)
    resolution, plan = change(wish.wish, machine, tables, every, where, adopt=adopt, mend=wish.mend)
    return Resolved(machine, resolution, plan, in_place=True)
