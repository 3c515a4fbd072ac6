"""The folders that an environment's packages are in, found without starting its Python."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.machine import System
from envdoc.probe import paths


def pyvenv(host: Host, prefix: str) -> dict[str, str]:
    """`pyvenv.cfg` as a dict with lower-case keys; empty where `prefix` is no virtual environment."""
    text = host.read(paths.join(host, prefix, "pyvenv.cfg")).or_else("")
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, value in pairs}


def python_folders(host: Host, prefix: str) -> tuple[str, ...]:
    """`lib/python3.12` folders of a prefix (one, save in /usr and /usr/local)."""
    lib = paths.join(host, prefix, "lib")
    names = host.listdir(lib).or_else(())
    return tuple(paths.join(host, lib, name) for name in names if re.fullmatch(r"python3\.\d+t?", name))


def site_folders(host: Host, prefix: str, minor: str = "") -> tuple[str, ...]:
    """Existing site folders in the order of `sys.path`; `minor` ("3.12") narrows a shared prefix like /usr."""
    wanted = list(_own(host, prefix, minor))
    config = pyvenv(host, prefix)
    if config.get("include-system-site-packages", "false").lower() == "true" and config.get("home"):
        base = _base_of(host, config["home"])
        wanted += _own(host, base, minor)
    elif not config:
        wanted = [*_user(host, minor), *wanted]
    existing = (folder for folder in wanted if host.stat(folder).known)
    return tuple({paths.key(host, folder): folder for folder in existing}.values())


def _own(host: Host, prefix: str, minor: str) -> tuple[str, ...]:
    if host.system is System.WINDOWS:
        return (paths.join(host, prefix, "Lib", "site-packages"),)
    folders = python_folders(host, prefix)
    if minor:
        folders = tuple(folder for folder in folders if folder.rstrip("t").endswith(f"python{minor}"))
    if prefix != "/usr":
        return tuple(paths.join(host, folder, "site-packages") for folder in folders)
    # Debian: pip's packages in /usr/local, the distribution's in dist-packages shared by all versions
    names = [paths.name(host, folder) for folder in folders]
    local = [f"/usr/local/lib/{name}/{kind}" for name in names for kind in ("dist-packages", "site-packages")]
    shared = ["/usr/lib/python3/dist-packages"]
    own = [f"/usr/{lib}/{name}/site-packages" for name in names for lib in ("lib", "lib64")]
    return (*local, *shared, *own)


def _user(host: Host, minor: str) -> tuple[str, ...]:
    """The user's own site folder, which comes before a system Python's."""
    home = paths.home(host)
    if not minor or not home or host.environ.get("PYTHONNOUSERSITE"):
        return ()
    if host.system is System.WINDOWS:
        roaming = host.environ.get("APPDATA") or paths.join(host, home, "AppData", "Roaming")
        return (paths.join(host, roaming, "Python", "Python" + minor.replace(".", ""), "site-packages"),)
    return (paths.join(host, home, ".local", "lib", f"python{minor}", "site-packages"),)


def _base_of(host: Host, home: str) -> str:
    """The prefix that a `pyvenv.cfg`'s `home` (the base's folder of programs) belongs to."""
    return home if host.system is System.WINDOWS else paths.parent(host, home)


def base_prefix(host: Host, prefix: str) -> str:
    """The prefix of the Python that an environment was made from; `prefix` itself where it is one."""
    home = pyvenv(host, prefix).get("home", "")
    return _base_of(host, host.realpath(home)) if home else prefix
