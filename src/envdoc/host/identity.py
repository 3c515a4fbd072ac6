"""Who and where: the names that must not leave a machine in a report."""

from __future__ import annotations

import ntpath
import posixpath
import re
from collections.abc import Iterable

from envdoc.host.base import Host
from envdoc.model.machine import System
from envdoc.model.value import dataclass

# Names that many machines share. As plain words they stand in paths, packages and messages, so they are kept.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """admin administrator app apps build builder ci conda container cuda data default desktop dev developer
        docker envdoc git github gpu guest home host jupyter kernel lab linux local localhost machine main model
        node none nvidia owner pip public python root runner runneradmin server share shared system temp test tester
        torch train ubuntu user users uv vagrant venv windows work workspace worker wsl""",
    )
)
_MODEL = re.compile(r"[a-z]{0,4}\d+[a-z]{0,2}", re.IGNORECASE)  # "h200", "a100", "rtx4090", "pc1": not a person


@dataclass(frozen=True, slots=True)
class Identity:
    """A machine's own names. Empty ones are unknown; the rules that need no names hold without them."""

    users: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def telling(name: str) -> bool:
    """Whether a name tells who or where someone is: long enough, and not one that everybody has."""
    return len(name) >= 3 and name.lower() not in COMMON and not _MODEL.fullmatch(name)


def pseudonym(name: str) -> str:
    """What stands for a user's name. It keeps what breaks tools: a blank in it, or letters beyond ASCII."""
    return ("user" if name.isascii() else "üser") + (" name" if " " in name.strip() else "")


def identity_of(host: Host) -> Identity:
    """The names of this user and computer, as far as `host` tells them."""
    environ = host.environ
    homes = _told(environ.get(name, "") for name in ("HOME", "USERPROFILE"))
    users = _told(environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"))
    flavour = ntpath if host.system is System.WINDOWS else posixpath
    named = _told(flavour.basename(home.rstrip("/\\")) for home in homes)
    full = _told((environ.get("HOSTNAME", ""), environ.get("COMPUTERNAME", ""), *_hostnames(host)))
    short = _told(name.partition(".")[0] for name in full)
    return Identity(
        tuple(dict.fromkeys(name for name in (*users, *named) if telling(name))),
        tuple(home for home in homes if telling(flavour.basename(home.rstrip("/\\")))),
        tuple(dict.fromkeys(name for name in (*full, *short) if telling(name))),
    )


def _hostnames(host: Host) -> tuple[str, ...]:
    if host.system is not System.LINUX:
        return ()
    return tuple(host.read(path).or_else("").strip() for path in ("/proc/sys/kernel/hostname", "/etc/hostname"))


def _told(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
