"""`envdoc rollback` and `envdoc history`: take back what was done to an environment; tell what was done."""

from __future__ import annotations

from typing import Any

from envdoc.host.base import Host
from envdoc.model.results import InstallResult


def rollback(host: Host, environment: str, *, remove: bool = False) -> InstallResult:
    """Restore an adopted environment; with `remove`, take away one that envdoc made.

    Raises:
        EnvdocError: there is nothing of envdoc's to undo; the message says why.
    """
    from envdoc import installer

    return installer.remove(host, environment) if remove else installer.rollback(host, environment)


def takes_away(host: Host, environment: str) -> tuple[str, ...]:
    """What of the user's a rollback would change: packages and files that came, or went, since the adoption."""
    from envdoc import installer

    return installer.takes_away(host, environment)


def history(host: Host, environment: str) -> list[dict[str, Any]]:
    """The journal's entries, oldest first, as JSON data."""
    from dataclasses import asdict

    from envdoc import installer

    return [asdict(entry) for entry in installer.history(environment, host.system)]
