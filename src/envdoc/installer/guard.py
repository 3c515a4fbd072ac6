"""Refusals before anything is touched: whose folder it is, what kind of Python, room on the disk, permission."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from envdoc.errors import EnvdocError, UsageError
from envdoc.findings import text, worded
from envdoc.host.base import Host
from envdoc.installer import journal, state, trash
from envdoc.installer.folder import Folder
from envdoc.model.plan import AdoptEnvironment, Plan


def check_folder(folder: Folder, plan: Plan, entries: Sequence[journal.Entry]) -> None:
    """Whether this plan may work in this folder.

    Raises:
        UsageError: `environment-not-ours`, `system-interpreter`.
    """
    adopts = any(isinstance(step, AdoptEnvironment) for step in plan.steps)
    kind = state.kind(folder, entries)
    root = folder.root
    if root.exists() and not root.is_dir():
        raise _not_ours(text("errors", "is-a-file", root=root), text("errors", "another-folder"))
    if adopts:
        _check_adoptable(folder)
    elif kind == "" and is_environment(folder):
        raise _not_ours(
            text("errors", "not-made", root=root),
            text("errors", "not-made-hint", root=root),
        )
    elif kind == "" and not _is_empty(root):
        raise _not_ours(text("errors", "not-empty", root=root), text("errors", "another-folder"))


def _check_adoptable(folder: Folder) -> None:
    root = folder.root
    if is_conda_base(root) or not is_environment(folder):
        named = text("errors", "conda-base" if is_conda_base(root) else "no-virtual")
        raise UsageError(
            text("errors", "system-python", root=root, named=named),
            hint=text("errors", "own-environment"),
            code="system-interpreter",
        )


def is_environment(folder: Folder) -> bool:
    """Whether a virtual or conda environment is there."""
    return (folder.root / "pyvenv.cfg").is_file() or (folder.root / "conda-meta").is_dir()


def is_conda_base(root: Path) -> bool:
    """Whether the folder is a conda installation itself, which holds conda and its other environments."""
    return (root / "conda-meta").is_dir() and ((root / "condabin").is_dir() or (root / "pkgs").is_dir())


def _is_empty(root: Path) -> bool:
    try:
        return all(trash.is_ours(path.name) for path in root.iterdir())
    except FileNotFoundError:
        return True
    except OSError as error:
        raise not_writable(root, error) from error


def check_disk(host: Host, folder: Folder, needed_mib: int) -> None:
    """Whether the disk holds what is still to be installed.

    Raises:
        EnvdocError: `disk-full`.
    """
    usage = host.disk(str(folder.root)).value
    if usage is None or usage.free_mib >= needed_mib:
        return
    raise EnvdocError(
        text("errors", "disk-too-small", folder=folder.root, free=usage.free_mib, needed=needed_mib),
        hint=text("errors", "disk-too-small-hint"),
        code="disk-full",
    )


def os_failure(path: Path, error: OSError) -> EnvdocError:
    """An error of the file system while envdoc itself was writing, in a user's words."""
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", None) == 112:
        return EnvdocError(
            text("errors", "disk-full", path=path),
            hint=text("errors", "disk-full-hint"),
            code="disk-full",
        )
    if error.errno == errno.ENAMETOOLONG or _too_long_for_windows(path, getattr(error, "winerror", None)):
        return EnvdocError(
            text("errors", "path-too-long", path=path),
            hint=text("errors", "path-too-long-hint"),
            code="path-too-long",
        )
    return not_writable(path, error)


# Windows tells a path that is too long as "file not found" (2), "path not found" (3) or "wrong name" (123) as well.
_LONGEST_NAME, _LONGEST_FOLDER = 255, 247  # characters; MAX_PATH leaves room for a short file name in a folder


def _too_long_for_windows(path: Path, winerror: int | None) -> bool:
    if winerror in (2, 3, 123):
        return len(path.name) > _LONGEST_NAME or len(str(path)) > _LONGEST_FOLDER
    return winerror == 206


def not_writable(path: Path, error: OSError) -> EnvdocError:
    return EnvdocError(
        text("errors", "not-usable", path=path, why=worded("details", error.strerror or str(error))),
        hint=text("errors", "writable-folder"),
        code="environment-not-writable",
    )


def _not_ours(message: str, hint: str) -> UsageError:
    return UsageError(message, hint=hint, code="environment-not-ours")
