"""A host that is asked each thing once. Twenty probes that look at one machine then see one state of it, and a file
on a slow disk is read for all of them together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from envdoc.host.base import Host

# What tells of files, folders, PATH and the registry. Programs and drivers are asked anew: their answers change.
_REMEMBERED = ("which", "read", "listdir", "stat", "realpath", "registry", "registry_keys")


def steady(host: Host) -> Host:
    """`host`, with the answers to `_REMEMBERED` kept for as long as the returned host lives."""
    return cast("Host", _Steady(host))


class _Steady:
    def __init__(self, host: Host) -> None:
        self._host = host
        for name in _REMEMBERED:
            setattr(self, name, cache(getattr(host, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)
