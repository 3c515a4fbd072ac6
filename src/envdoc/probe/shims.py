"""pyenv puts scripts named `python` on PATH that start the chosen version; this follows them without starting.

Which one: PYENV_VERSION, else the `.python-version` of the folder or of one above it, else pyenv's own `version`
file. pyenv-win keeps its root in `pyenv-win`, its programs beside the version's folder instead of in `bin`.
"""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.machine import System
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
        for target in _programs(host, paths.join(host, root, "versions", version), program):
            if paths.exists(host, target):
                return target
    return ""


def _programs(host: Host, folder: str, program: str) -> tuple[str, ...]:
    """Where a version has the program: Windows' shim is `python.bat` or `python`, the program `python.exe`."""
    if host.system is not System.WINDOWS:
        return (paths.join(host, folder, "bin", program),)
    bare = program.rpartition(".")[0] if program.lower().endswith((".bat", ".exe", ".cmd")) else program
    names = (bare, "python")  # pyenv-win's versions have no `python3.exe`
    return tuple(paths.join(host, folder, f"{name}.exe") for name in dict.fromkeys(names))


def _chosen(host: Host, root: str) -> tuple[str, ...]:
    """PYENV_VERSION (`3.12.1:3.11.7`), else the lines of the nearest version file; a bare `3.12` means its newest."""
    named = host.environ.get("PYENV_VERSION", "").split(":")
    if not any(named):
        named = _written(host, root)
    installed = host.listdir(paths.join(host, root, "versions")).or_else(())
    return tuple(full for name in named if name for full in _matching(name, installed))


def _written(host: Host, root: str) -> list[str]:
    """The versions of the `.python-version` of this folder or the nearest above it, else of pyenv's own file."""
    folder = host.environ.get("PYENV_DIR") or paths.absolute(host, ".")
    if folder == ".":  # where we are cannot be told
        folder = host.environ.get("PWD", "")
    files = [paths.join(host, each, ".python-version") for each in (folder, *_above(host, folder))]
    for file in (*files, paths.join(host, root, "version")):
        text = host.read(file)
        lines = [line.partition("#")[0].split() for line in (text.value or "").splitlines()]
        named = [word for words in lines for word in words]
        if named:
            return named
    return []


def _above(host: Host, folder: str) -> list[str]:
    """The folders above, the nearest first."""
    found: list[str] = []
    while (parent := paths.parent(host, folder)) and parent != folder:
        found.append(parent)
        folder = parent
    return found


def _matching(name: str, installed: tuple[str, ...]) -> tuple[str, ...]:
    if name in installed:
        return (name,)
    within = [each for each in installed if each.startswith(name + ".")]
    return tuple(sorted(within, key=lambda each: [int(part) for part in each.split(".") if part.isdecimal()])[-1:])
