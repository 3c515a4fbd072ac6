"""A hostfile, read strictly: a name or an address, and slots. Anything else could reach a shell.

# comment
node-1 slots=8
10.0.0.2 slots=8
fd00::3
"""

from __future__ import annotations

import ipaddress
import re

from envdoc.errors import DataError
from envdoc.model.launch import HostSlots

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_SLOTS = re.compile(r"slots=([1-9][0-9]{0,3})")
LIMIT = 10_000  # hosts


def read_hosts(path: str, text: str) -> tuple[HostSlots, ...]:
    """The machines of a hostfile in order; the first is the master.

    Raises:
        DataError: a line that is no host, a host twice, or no host at all.
    """
    found: dict[str, HostSlots] = {}
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        words = raw.partition("#")[0].split()
        if not words:
            continue
        host = _host(path, number, words)
        if host.name in found:
            raise DataError(f"{path}, line {number}: `{host.name}` stands twice", hint="name each machine once")
        found[host.name] = host
        if len(found) > LIMIT:
            raise DataError(f"{path}: more than {LIMIT} hosts", hint="name the machines of one run")
    if not found:
        raise DataError(f"{path}: no host in it", hint="write a name or an address in each line: `node-1 slots=8`")
    return tuple(found.values())


def is_host(name: str) -> bool:
    """Whether it is a host name or an IP address, and so nothing that a shell could read."""
    if _NAME.fullmatch(name):
        return True
    try:
        return "%" not in name and bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _host(path: str, number: int, words: list[str]) -> HostSlots:
    hint = "write a name or an address, then `slots=N`: `node-1 slots=8`"
    name, *rest = words
    if not is_host(name):
        raise DataError(f"{path}, line {number}: no host name or address: {name!r}", hint=hint)
    if not rest:
        return HostSlots(name)
    slots = _SLOTS.fullmatch(rest[0])
    if slots is None or len(rest) > 1:
        raise DataError(f"{path}, line {number}: not understood: {' '.join(rest)!r}", hint=hint)
    return HostSlots(name, int(slots[1]))
