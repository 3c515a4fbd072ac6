"""Where envdoc finds its own things: this computer, its user's folders, tables and profiles."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from envdoc.host.base import Host
from envdoc.model.machine import System

if TYPE_CHECKING:
    from envdoc.knowledge.tables import Knowledge
    from envdoc.model.machine import Machine
    from envdoc.model.profile import Profile


@cache
def local_host() -> Host:
    from envdoc.host.local import LocalHost

    return LocalHost()


def own_prefix() -> str:
    """The environment that envdoc itself runs in; never judged, never changed."""
    return sys.prefix


def cache_dir(host: Host) -> str:
    """Where facts are remembered for minutes: the system's cache folder for users."""
    env = host.environ
    if host.system is System.WINDOWS:
        return env.get("LOCALAPPDATA", env.get("TEMP", "C:\\Temp")) + "\\envdoc\\cache"
    base = env.get("XDG_CACHE_HOME") or env.get("HOME", "/tmp") + "/.cache"  # noqa: S108 - a cache may be lost
    return base + "/envdoc"


def profile_folder(host: Host) -> str:
    """The folder of the user's own profiles, "" where there is none; ENVDOC_PROFILES names another."""
    env = host.environ
    if env.get("ENVDOC_PROFILES"):
        return env["ENVDOC_PROFILES"]
    if host.system is System.WINDOWS:
        usual = env.get("APPDATA", "") + "\\envdoc\\profiles"
    else:
        usual = (env.get("XDG_CONFIG_HOME") or env.get("HOME", "") + "/.config") + "/envdoc/profiles"
    return usual if host.stat(usual).known else ""


def default_environment(profile_id: str) -> str:
    """Where an environment goes when nobody says: beside the work, named after what it is."""
    return f".venv-{profile_id}"


def knowledge() -> Knowledge:
    from envdoc.knowledge.tables import load

    return load()


def profile(host: Host, profile_id: str) -> Profile:
    from envdoc.knowledge.profiles import load

    return load(profile_id, profile_folder(host))


def profiles(host: Host) -> dict[str, Profile]:
    from envdoc.knowledge.profiles import load_all

    return load_all(profile_folder(host), warn=_warn)


def shipped_profiles() -> dict[str, Profile]:
    """Without the user's own: what a snapshot of another machine is judged by."""
    from envdoc.knowledge.profiles import load_all

    return load_all()


def proposable(host: Host, machine: Machine | None) -> tuple[Profile, ...]:
    """The profiles that remedies for a machine may name: for a snapshot, the shipped ones, wherever it is read."""
    from envdoc.model.machine import Origin

    here = machine is None or machine.origin is Origin.PROBED
    return tuple((profiles(host) if here else shipped_profiles()).values())


def _warn(text: str) -> None:
    """One line to stderr, once a run."""
    if text not in _WARNED:
        _WARNED.add(text)
        sys.stderr.write(f"warning: {text}\n")  # its errors are replaced by escapes


_WARNED: set[str] = set()
