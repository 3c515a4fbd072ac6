"""Every Python there is to make an environment from. One small finder a source; `FINDERS` is the registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Python, PythonKind, System
from envdoc.probe import paths
from envdoc.probe.python_info import describe, prefix_of
from envdoc.probe.shims import behind
from envdoc.probe.site import base_prefix, pyvenv

Found = Iterator[tuple[str, PythonKind | None]]


def probe(host: Host, own_prefix: str) -> Fact[tuple[Python, ...]]:
    """All interpreters, each once, in the order of the finders. envdoc's own environment is left out; the Python that
    it was made from, or that envdoc stands in, is the last."""
    found: dict[str, tuple[str, PythonKind | None]] = {}
    for finder in FINDERS:
        for path, kind in finder(host):
            if own_prefix and paths.same(host, prefix_of(host, path), own_prefix):
                continue
            found.setdefault(_key(host, path), (path, kind))
    if own_prefix and (own := _base(host, own_prefix)):
        found.setdefault(_key(host, own), (own, None))
    described = (describe(host, path, kind) for path, kind in found.values())
    told = tuple(python for python in described if not python.version.startswith("2."))
    return known(told, "folders and variables") if told else missing(Why.ABSENT, "PATH", "no Python found")


def _base(host: Host, own_prefix: str) -> str:
    """The program of the Python behind envdoc's own environment; "" where it is gone. It may be on no PATH."""
    config = pyvenv(host, own_prefix)
    if config and not config.get("home"):
        return ""
    path = config.get("executable", "")  # Python's own venv writes it, uv does not
    if not path or not paths.exists(host, path):
        path = python_of(host, base_prefix(host, own_prefix))
    return path if paths.exists(host, path) else ""


def _key(host: Host, path: str) -> str:
    """One Python a prefix: `python`, `python3` and `python3.12` of one folder are the same.

    Environments link to their base's program, so the link is resolved only where there is no pyvenv.cfg.
    """
    prefix = prefix_of(host, path)
    if paths.exists(host, paths.join(host, prefix, "pyvenv.cfg")):
        return paths.key(host, prefix)
    return paths.key(host, path)


def on_path(host: Host) -> Found:
    """`python`, `python3` and `python3.X` in each folder of PATH, in the order in which a shell looks."""
    for folder in paths.search_path(host):
        names = host.listdir(folder).or_else(())
        for name in sorted((name for name in names if _is_python(name)), key=len):
            path = behind(host, paths.join(host, folder, name))
            if path:
                yield path, None


def _is_python(name: str) -> bool:
    return name.startswith("python") and re.fullmatch(r"python(3(\.\d+t?)?)?(\.exe)?", name) is not None


def pyenv(host: Host) -> Found:
    """pyenv's and pyenv-win's versions."""
    windows = host.system is System.WINDOWS
    default = (".pyenv", "pyenv-win") if windows else (".pyenv",)
    root = host.environ.get("PYENV_ROOT") or paths.join(host, paths.home(host), *default)
    yield from _in_folders(host, paths.join(host, root, "versions"), PythonKind.PYENV)


def uv(host: Host) -> Found:
    """uv's own downloads."""
    windows = host.system is System.WINDOWS
    share = (
        host.environ.get("APPDATA") or paths.join(host, paths.home(host), "AppData", "Roaming")
        if windows
        else host.environ.get("XDG_DATA_HOME") or paths.join(host, paths.home(host), ".local", "share")
    )
    root = host.environ.get("UV_PYTHON_INSTALL_DIR") or paths.join(host, share, "uv", "python")
    yield from _in_folders(host, root, PythonKind.UV)


def conda(host: Host) -> Found:
    """Environments that conda wrote down in ~/.conda/environments.txt, and the active one."""
    text = host.read(paths.join(host, paths.home(host), ".conda", "environments.txt")).or_else("")
    prefixes = [line.strip() for line in text.splitlines() if line.strip()]
    if host.environ.get("CONDA_PREFIX"):
        prefixes.append(host.environ["CONDA_PREFIX"])
    for prefix in prefixes:
        path = python_of(host, prefix)
        if paths.exists(host, path):
            yield path, PythonKind.CONDA


def registry(host: Host) -> Found:
    """What Windows' py launcher knows: it reads the same keys (PEP 514), python.org's and those of others."""
    if host.system is not System.WINDOWS:
        return
    for root in ("HKCU", "HKLM"):
        for view in (r"SOFTWARE\Python", r"SOFTWARE\WOW6432Node\Python"):
            for company in _companies(host, rf"{root}\{view}"):
                kind = PythonKind.LAUNCHER if company == _CORE else None  # Anaconda's, uv's: their files tell
                for path in _registered(host, rf"{root}\{view}\{company}"):
                    yield path, kind


_CORE = "PythonCore"


def _companies(host: Host, key: str) -> tuple[str, ...]:
    """python.org's own first, which the launcher prefers; `PyLauncher` is its own settings."""
    others = (name for name in host.registry_keys(key).or_else(()) if name not in (_CORE, "PyLauncher"))
    return (_CORE, *others)


def _registered(host: Host, key: str) -> Iterator[str]:
    """The programs below a company's key that are there."""
    for version in host.registry_keys(key).or_else(()):
        place = rf"{key}\{version}\InstallPath"
        folder = str(host.registry(place).or_else(""))
        path = str(host.registry(place, "ExecutablePath").or_else("")) or paths.join(host, folder, "python.exe")
        if folder and paths.exists(host, path):
            yield path


def system(host: Host) -> Found:
    """The distribution's own, though PATH may not lead there."""
    if host.system is not System.WINDOWS and paths.exists(host, "/usr/bin/python3"):
        yield "/usr/bin/python3", None


def _in_folders(host: Host, root: str, kind: PythonKind) -> Found:
    for name in host.listdir(root).or_else(()):
        stat = host.stat(paths.join(host, root, name))
        if name.startswith(".") or stat.value is None or stat.value.is_link:
            continue
        path = python_of(host, paths.join(host, root, name))
        if paths.exists(host, path):
            yield path, kind


def python_of(host: Host, prefix: str) -> str:
    """The interpreter of a prefix: virtual environments on Windows keep it in Scripts."""
    if host.system is not System.WINDOWS:
        names = (paths.join(host, prefix, "bin", name) for name in ("python", "python3"))
        return next((path for path in names if paths.exists(host, path)), paths.join(host, prefix, "bin", "python"))
    scripts = paths.join(host, prefix, "Scripts", "python.exe")
    return scripts if paths.exists(host, scripts) else paths.join(host, prefix, "python.exe")


FINDERS: tuple[Callable[[Host], Found], ...] = (on_path, pyenv, uv, conda, registry, system)
