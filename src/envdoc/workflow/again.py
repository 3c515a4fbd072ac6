"""The quick answer of a second `envdoc install`: nothing to do, told from files alone."""

from __future__ import annotations

from typing import Any

from envdoc.host.base import Host
from envdoc.model.results import InstallResult
from envdoc.model.value import replace
from envdoc.workflow import wish_file
from envdoc.workflow.context import default_environment, profile
from envdoc.workflow.wishes import InstallWish


def already_done(host: Host, wish: InstallWish) -> InstallResult | None:
    """The quick answer of a second run: the same wish, its plan complete, its packages in place.

    Not for `auto`: what fits depends on the machine, which must be looked at again. Nor for a bundle or a model: so
    must they.
    """
    if wish.wish.profile == "auto" or wish.offline or wish.wish.model:
        return None
    from envdoc.installer.verify import unchanged

    plan = wish_file.read(host, wish.environment or default_environment(wish.wish.profile), wished(host, wish))
    return unchanged(plan, host) if plan else None


def wished(host: Host, wish: InstallWish) -> dict[str, Any]:
    """What must be equal for an earlier answer to hold: the wish, the profile and its locks as they are now."""
    from envdoc.knowledge.profiles import lock_lines

    named = profile(host, wish.wish.profile)
    locks = tuple(line for name in sorted(named.locks) for line in lock_lines(named, name))
    return wish_file.key(_without_credentials(wish), named, locks)


def _without_credentials(wish: InstallWish) -> InstallWish:
    """The wish as it may be stored: a new token does not make it another one."""
    if not any("@" in each for each in wish.wish.mirrors):
        return wish
    from envdoc.rules.urls import shown

    return replace(wish, wish=replace(wish.wish, mirrors=shown(wish.wish.mirrors)))
