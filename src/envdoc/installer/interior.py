"""Does all of an environment lie inside the folder that the user named? Asked of its files, then of its Python.

An engine that installs "into" a folder writes where that folder's Python has its packages. Where a link or a wrapper
leads that elsewhere, no copy of the folder could bring it back, so it is refused before anything is touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.installer import child, manifest
from envdoc.installer.folder import Folder
from envdoc.model import jsontext
from envdoc.model.value import dataclass

# Starts with `-I -S`: no site-packages, no .pth, no sitecustomize. `site.venv` then only reads pyvenv.cfg.
_ASK = """\
import json, site, sys
site.addsitepackages = lambda known, prefixes=None: known
site.addsitedir = lambda *_, **__: None
site.venv(set())
import sysconfig
paths = sysconfig.get_paths()
told = {"executable": sys.executable, "prefix": sys.prefix, "base": sys.base_prefix}
print(json.dumps({**told, **{name: paths[name] for name in ("purelib", "platlib", "scripts", "data")}}))
"""
_TOPS = ("bin", "lib", "lib64", "include", "share", "etc", "man", "Scripts", "Lib", "Include", "conda-meta")
_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """What an environment's Python says of itself, as paths."""

    executable: str
    prefix: str
    base: str
    purelib: str
    platlib: str
    scripts: str
    data: str


def check(host: Host, folder: Folder) -> None:
    """Refuse an environment that is not wholly its own folder.

    Raises:
        UsageError: `environment-elsewhere`, a link leads out; `system-interpreter`, its Python is another one's.
    """
    check_links(folder, deep=True)
    _check_script(folder)
    why = _why_not(folder, _ask(host, folder))
    if why:
        raise UsageError(
            text("errors", "not-its-own", folder=folder.root, why=why),
            hint=text("errors", "own-environment"),
            code="system-interpreter",
        )


def check_links(folder: Folder, *, deep: bool = False) -> None:
    """Refuse links to folders elsewhere, in the places that engines write to; `deep`: anywhere among the packages.

    Raises:
        UsageError: `environment-elsewhere`.
    """
    out = [path for path in _places(folder, deep) if _leads_out(folder.root, folder.root / path)]
    if out:
        named = ", ".join(f"{path} -> {os.path.realpath(folder.root / path)}" for path in out[:5])
        raise UsageError(
            text("errors", "behind-a-link", folder=folder.root, named=named),
            hint=text("errors", "behind-a-link-hint"),
            code="environment-elsewhere",
        )


def _places(folder: Folder, deep: bool) -> Iterator[str]:
    yield from _TOPS
    lib = folder.root / "lib"
    if lib.is_dir() and not _leads_out(folder.root, lib):
        yield from (f"lib/{entry.name}" for entry in os.scandir(lib) if entry.is_symlink())
        yield from (path.relative_to(folder.root).as_posix() for path in lib.glob("python3*/site-packages"))
    packages = folder.site_packages
    if packages is None or _leads_out(folder.root, packages):
        return
    inside = packages.relative_to(folder.root).as_posix()
    if deep:
        yield from (each.path for each in manifest.walk(folder.root, inside) if each.kind == manifest.LINK)
    else:
        yield from (f"{inside}/{entry.name}" for entry in os.scandir(packages) if entry.is_symlink())


def _leads_out(root: Path, path: Path) -> bool:
    """Whether a path is, by links, a folder elsewhere. Engines replace a link to a file."""
    return path.is_dir() and not _within(str(path), root)


def _within(path: str, root: Path) -> bool:
    real, top = os.path.realpath(path), os.path.realpath(root)
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def _check_script(folder: Folder) -> None:
    """A script in the interpreter's place starts some other Python; it is not even started."""
    try:
        with folder.python.open("rb") as file:
            begins = file.read(2)
    except OSError as error:
        begins, why = b"", text("errors", "python-unread", name=folder.python.name, why=error.strerror)
    else:
        why = text("errors", "python-script", python=folder.python)
    if begins == b"#!" or not folder.python.exists():
        raise UsageError(
            text("errors", "not-its-own", folder=folder.root, why=why),
            hint=text("errors", "own-environment"),
            code="system-interpreter",
        )


def _ask(host: Host, folder: Folder) -> Told | None:
    argv = (str(folder.python), "-I", "-S", "-B", "-c", _ASK)
    done = host.run(argv, timeout=_TIMEOUT, env=child.variables(str(folder.root), {}, host.environ))
    try:
        data = jsontext.loads(done.stdout, any_number=True) if done.ok else None
        return Told(**{name: str(value) for name, value in data.items()}) if isinstance(data, dict) else None
    except (ValueError, TypeError):
        return None


def _why_not(folder: Folder, told: Told | None) -> str:
    """The reason against it, "" for none."""
    root = folder.root
    if told is None:
        return text("errors", "python-silent", python=folder.python)
    if os.path.realpath(told.prefix) != os.path.realpath(root):
        return text("errors", "python-belongs", prefix=told.prefix)
    conda = (root / "conda-meta").is_dir()
    if os.path.realpath(told.base) == os.path.realpath(root) and not conda:
        return "its Python is a base interpreter, which others build on"
    if conda and not _within(told.executable, root):
        return text("errors", "python-link", path=os.path.realpath(told.executable))
    for name in ("purelib", "platlib", "scripts", "data"):
        if not _within(getattr(told, name), root):
            return text("errors", "python-installs", path=getattr(told, name))
    if os.path.realpath(told.purelib) != os.path.realpath(told.platlib):
        return text("errors", "python-two", one=told.purelib, other=told.platlib)
    packages = folder.site_packages
    if packages is not None and os.path.realpath(packages) != os.path.realpath(told.purelib):
        return text("errors", "python-elsewhere", path=told.purelib, packages=packages)
    return ""
