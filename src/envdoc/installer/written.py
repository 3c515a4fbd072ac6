"""What envdoc's engines have written into an environment that it made: only that is ever taken away again.

    .envdoc/written.jsonl   one path a line, relative, folders with "/" at the end
    .envdoc/theirs.json     while a step writes: what lay among its targets before and is not ours

A step's targets are what makers of environments write (`bin/python`, `pyvenv.cfg`), the package folder, and what
RECORD files name elsewhere. What is new among them when the step ends was written by it. A step that was killed
leaves `theirs.json`, and the next command counts in the same way. Everything else in the folder is the user's, and
so is what they put among the packages later.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from envdoc.installer import conda_prefix, manifest, safefile
from envdoc.installer.folder import Folder
from envdoc.installer.owned import outside

# What `uv venv` and `python -m venv` write beside the packages.
_MADE = re.compile(
    r"pyvenv\.cfg|\.gitignore|CACHEDIR\.TAG|\.lock|lib64|lib64/|lib/|Lib/|bin/|Scripts/|include/|Include/|"
    r"(include|lib)/python3\.\d+t?/|"
    r"(bin|Scripts)/(python(3(\.\d+)?)?t?(\.exe)?|pythonw?(3(\.\d+)?)?t?\.exe|𝜋thon|[Aa]ctivate(\.\w+)?|activate_this\.py|"
    r"deactivate\.(bat|nu)|pydoc\.bat|vcruntime\d+(_\d)?\.dll|python\d+\.dll)"
)
# What a system says of a folder in which something of the user's lies, or that something is mounted on.
HOLDS_SOMETHING = (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY)
_TOPS = ("bin", "Scripts", "lib", "Lib", "include", "Include")


def begin(folder: Folder, *, ours_already: bool = False) -> None:
    """Note what is the user's among a step's targets, before the step writes anything.

    Args:
        ours_already: an earlier version of envdoc made the environment and kept no such record.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission.
    """
    if _theirs(folder) is not None:  # a killed step's; what it wrote is ours
        return
    ours = read(folder)
    first = ours_already and not os.path.lexists(_file(folder))
    theirs = [] if first else sorted(_targets(folder) - ours)
    safefile.write_whole(folder.own / "theirs.json", safefile.line_of(theirs).decode("ascii"))


def end(folder: Folder) -> None:
    """Add what the step wrote to the record. Nothing where no step is under way.

    Raises:
        EnvdocError, OSError: as `begin`.
    """
    theirs = _theirs(folder)
    if theirs is None:
        return
    new = sorted(_targets(folder) - theirs - read(folder))
    safefile.append(_file(folder), b"".join(map(safefile.line_of, new)))
    safefile.remove(folder.own / "theirs.json")


def read(folder: Folder) -> set[str]:
    """The recorded paths; a line that cannot be read counts for none, and its file stays."""
    lines = (safefile.read(_file(folder)) or b"").split(b"\n")[:-1]
    told = map(safefile.json_of, lines)
    return {path for path in told if isinstance(path, str) and manifest.is_inside(path.rstrip("/"))}


def clear(folder: Folder) -> None:
    """Remove what is recorded, what Python compiled from it, and the folders that are empty then.

    Raises:
        OSError: no permission.
    """
    ours = read(folder)
    for path in sorted(path for path in ours if not path.endswith("/")):
        if _inside(folder, path):
            _unlink(folder.root / path)
    folders = {path.rstrip("/") for path in ours if path.endswith("/")}
    for path in sorted(folders, reverse=True):
        if _inside(folder, path):
            _clear_compiled(folder.root / path, path, ours)
            _rmdir(folder.root / path)


def kept(folder: Folder) -> list[str]:
    """What would stay, or has stayed, of the environment's folder: the user's, named by the uppermost name that is
    all theirs."""
    ours = read(folder)
    return list(_kept(folder.root, "", ours))


def _kept(place: Path, under: str, ours: set[str]) -> Iterable[str]:
    for entry in sorted(os.scandir(place), key=lambda each: each.name):
        path = f"{under}{entry.name}"
        if not under and (entry.name == safefile.OWN or entry.name.startswith(f"{safefile.OWN}.")):
            continue
        if entry.is_dir(follow_symlinks=False) and f"{path}/" in ours:
            yield from _kept(Path(entry.path), f"{path}/", ours)
        elif path not in ours and not _compiled_from(path, ours):
            yield path


def _file(folder: Folder) -> Path:
    return folder.own / "written.jsonl"


def theirs(folder: Folder) -> set[str]:
    """What is the user's among the targets of the step under way."""
    return _theirs(folder) or set()


def _theirs(folder: Folder) -> set[str] | None:
    """The user's paths as a step began; None where none is under way. A damaged list: everything is theirs."""
    file = folder.own / "theirs.json"
    if not os.path.lexists(file):
        return None
    told = safefile.json_of(safefile.read(file))
    return {path for path in told if isinstance(path, str)} if isinstance(told, list) else _targets(folder)


def _targets(folder: Folder) -> set[str]:
    """Everything there that an engine might have written, with the folders above it."""
    packages = folder.site_packages
    found = {path for path in _venv_names(folder.root) if _MADE.fullmatch(path)}
    found |= {path for path in conda_prefix.files_of(folder.root) if os.path.lexists(folder.root / path)}
    if packages is None or packages.is_symlink():
        return found
    inside = packages.relative_to(folder.root).as_posix()
    found |= {each.path + "/" * (each.kind == manifest.FOLDER) for each in manifest.walk(folder.root, inside)}
    found |= {path for path in outside(packages, inside) if os.path.lexists(folder.root / path)}
    found |= {f"{inside}/"}
    return found | {f"{parent}/" for path in found for parent in _parents(path.rstrip("/"))}


def _venv_names(root: Path) -> Iterable[str]:
    for top in _scan(root, ""):
        yield top
        if top.rstrip("/") in _TOPS:
            yield from _scan(root, top)


def _scan(root: Path, under: str) -> list[str]:
    try:
        return [
            f"{under}{entry.name}{'/' * entry.is_dir(follow_symlinks=False)}"
            for entry in os.scandir(root / under if under else root)
        ]
    except OSError:
        return []


def _parents(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def _inside(folder: Folder, path: str) -> bool:
    """Whether no folder above a path is a link to elsewhere."""
    return not any((folder.root / parent).is_symlink() for parent in _parents(path))


def _unlink(path: Path) -> None:
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):  # a folder in its place is the user's
            path.unlink()
    except FileNotFoundError:
        pass


def _clear_compiled(place: Path, path: str, ours: set[str]) -> None:
    cache = place / "__pycache__"
    if place.is_symlink() or cache.is_symlink() or not cache.is_dir():
        return
    for entry in os.scandir(cache):
        if _compiled_from(f"{path}/__pycache__/{entry.name}", ours):
            _unlink(Path(entry.path))
    _rmdir(cache)


def _compiled_from(path: str, ours: set[str]) -> bool:
    """Whether it is what Python compiled from a file of ours: `six.cpython-312.pyc`, or such files' folder."""
    above, _, name = path.rpartition("/")
    if name == "__pycache__":
        return f"{above}/" in ours
    source = f"{above.removesuffix('/__pycache__')}/{name.partition('.')[0]}.py"
    return name.endswith(".pyc") and above.endswith("/__pycache__") and source in ours


def _rmdir(path: Path) -> None:
    try:
        if not path.is_symlink():
            path.rmdir()
    except OSError as error:
        if error.errno not in HOLDS_SOMETHING and not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise
