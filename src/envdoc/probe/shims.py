"""pyenv puts scripts named `python` on PATH that start the chosen version; this follows them without starting."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.probe import paths


def is_shim(host: Host, path: str) -> bool:
    """Whether `path` lies in the `shims` folder of a pyenv."""
    folder = paths.parent(host, path)
    root = paths.parent(host, folder)
    return paths.name(host, folder) == "shims" and paths.exists(host, paths.join(host, root, "versions"))


def behind(host: Host, path: str) -> str:
    """The interpreter that `path` starts: itself, save for a shim; "" where pyenv has chosen no version for it."""
    if not is_shim(host, path):
        return path
    root = paths.parent(host, paths.parent(host, path))
    program = paths.name(host, path)
    for version in _chosen(host, root):
        target = paths.join(host, root, "versions", version, "bin", program)
        if paths.exists(host, target):
            return target
    return ""


def _chosen(host: Host, root: str) -> tuple[str, ...]:
    """PYENV_VERSION (`3.12.1:3.11.7`), else the lines of pyenv's `version` file; a bare `3.12` means its newest."""
    named = host.environ.get("PYENV_VERSION", "").split(":")
    if not any(named):
        named = host.read(paths.join(host, root, "version")).or_else("").split()
    installed = host.listdir(paths.join(host, root, "versions")).or_else(())
    return tuple(full for name in named if name for full in _matching(name, installed))


def _matching(name: str, installed: tuple[str, ...]) -> tuple[str, ...]:
    if name in installed:
        return (name,)
    within = [each for each in installed if each.startswith(name + ".")]
    return tuple(sorted(within, key=lambda each: [int(part) for part in each.split(".") if part.isdigit()])[-1:])
