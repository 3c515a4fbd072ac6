"""Machines by name, read strictly: a name or an address, and slots. Anything else could reach a shell.

# comment
node-1 slots=8
10.0.0.2 slots=8
fd00::3

Where ssh is asked, a line may name the user and the port too: `alice@node-1:2222`, `alice@[fd00::3]:2222`.
Slurm names its machines in a list: `node[01-04,7],login`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from envdoc.errors import DataError
from envdoc.model.launch import HostSlots

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_SLOTS = re.compile(r"slots=([1-9][0-9]{0,3})")
_LOGIN = re.compile(r"(?:(?P<user>[A-Za-z_][A-Za-z0-9._-]{0,63})@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^@\[\]]+?)")
_PORT = re.compile(r"(?P<rest>[^:]+|\[[^\]]+\]|[^@]+@(?:[^:]+|\[[^\]]+\])):(?P<port>[1-9][0-9]{0,4})")
_NODES = re.compile(r"(?P<stem>[A-Za-z0-9._-]*)(?:\[(?P<ranges>[0-9,-]+)\](?P<tail>[A-Za-z0-9._-]*))?")
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
LIMIT = 10_000  # hosts


def read_hosts(path: str, text: str, *, logins: bool = False) -> tuple[HostSlots, ...]:
    """The machines of a hostfile in order; the first is the master. `logins`: users and ports are understood.

    Raises:
        DataError: a line that is no host, a host twice, or no host at all.
    """
    found: dict[str, HostSlots] = {}
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        words = raw.partition("#")[0].split()
        if not words:
            continue
        host = _host(path, number, words, logins=logins)
        if host.name in found:
            raise DataError(f"{path}, line {number}: `{host.name}` stands twice", hint="name each machine once")
        found[host.name] = host
        _bounded(path, len(found))
    if not found:
        raise DataError(f"{path}: no host in it", hint="write a name or an address in each line: `node-1 slots=8`")
    return tuple(found.values())


def read_nodelist(variable: str, text: str) -> tuple[HostSlots, ...]:
    """The machines of Slurm's list: `node[01-03,7],login` is node01, node02, node03, node7 and login.

    Raises:
        DataError: a list that is none.
    """
    names: list[str] = []
    for part in _parts(text.strip()):
        for name in _expanded(variable, part):
            if not is_host(name):
                raise DataError(f"{variable}: no host name: {name!r}", hint="write it as Slurm does: `node[01-04]`")
            names.append(name)
            _bounded(variable, len(names))
    if not names:
        raise DataError(f"{variable}: no host in it", hint="run it inside a job, or name a hostfile")
    return tuple(HostSlots(name) for name in dict.fromkeys(names))


def is_host(name: str) -> bool:
    """Whether it is a host name or an IP address, and so nothing that a shell could read."""
    if _NAME.fullmatch(name):
        return True
    try:
        return "%" not in name and bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _host(path: str, number: int, words: list[str], *, logins: bool) -> HostSlots:
    hint = "write a name or an address, then `slots=N`: `node-1 slots=8`"
    first, *rest = words
    host = _login(first) if logins and not is_host(first) else HostSlots(first)
    if host is None or not is_host(host.name):
        raise DataError(f"{path}, line {number}: no host name or address: {first!r}", hint=hint)
    if not rest:
        return host
    slots = _SLOTS.fullmatch(rest[0])
    if slots is None or len(rest) > 1:
        raise DataError(f"{path}, line {number}: not understood: {' '.join(rest)!r}", hint=hint)
    return HostSlots(host.name, int(slots[1]), host.user, host.port)


def _login(word: str) -> HostSlots | None:
    """`user@host:port`, of which only the host must be there; None where it is no such word."""
    port = _PORT.fullmatch(word)
    login = _LOGIN.fullmatch(port["rest"] if port else word)
    if login is None or (port and int(port["port"]) > 0xFFFF):
        return None
    name = login["host"].removeprefix("[").removesuffix("]")
    return HostSlots(name, 0, login["user"] or "", int(port["port"]) if port else 0)


def _parts(text: str) -> Iterator[str]:
    """Split at the commas outside brackets."""
    depth, part = 0, ""
    for sign in text:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and not depth:
            yield part
            part = ""
        else:
            part += sign
    if part:
        yield part


def _expanded(variable: str, part: str) -> Iterator[str]:
    nodes = _NODES.fullmatch(part)
    if nodes is None:
        raise DataError(f"{variable}: not understood: {part!r}", hint="write it as Slurm does: `node[01-04]`")
    if nodes["ranges"] is None:
        yield nodes["stem"]
        return
    for piece in nodes["ranges"].split(","):
        bounds = _RANGE.fullmatch(piece)
        if bounds is None:
            raise DataError(f"{variable}: not understood: {piece!r}", hint="write it as Slurm does: `node[01-04]`")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        _bounded(variable, last - first)
        for number in range(first, last + 1):
            yield f"{nodes['stem']}{number:0{len(bounds[1])}d}{nodes['tail']}"


def _bounded(where: str, count: int) -> None:
    if count > LIMIT:
        raise DataError(f"{where}: more than {LIMIT} hosts", hint="name the machines of one run")
