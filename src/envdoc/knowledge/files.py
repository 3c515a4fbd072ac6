"""Where the shipped data lies, and how it is read: in the wheel beside the code, in a source checkout at the top of
the repository.

Paths are text here: the import of `pathlib` takes 5 ms of every start, and this is all that a start needs of it.
"""

from __future__ import annotations

import os

_HERE = os.path.dirname(os.path.realpath(__file__))

TABLES = os.path.join(_HERE, "data")


def beside(module: str, name: str) -> str:
    """The folder of data beside a module: `beside(__file__, "codes")`."""
    return os.path.join(os.path.dirname(os.path.realpath(module)), name)


def profiles_folder() -> str:
    """The folder of the shipped profiles: `envdoc/profiles` in the wheel, `profiles` in a source checkout."""
    package = os.path.dirname(_HERE)
    installed = os.path.join(package, "profiles")
    if os.path.isdir(installed):
        return installed
    return os.path.join(os.path.dirname(os.path.dirname(package)), "profiles")


def join(folder: str, *names: str) -> str:
    return os.path.join(folder, *names)


def name(path: str) -> str:
    """The last part of a path: `rtx40.yaml`."""
    return os.path.basename(path)


def stem(path: str) -> str:
    """The last part of a path without its suffix: `rtx40`."""
    return os.path.splitext(os.path.basename(path))[0]


def folder(path: str) -> str:
    """The folder that a path stands in."""
    return os.path.dirname(path)


def is_file(path: str) -> bool:
    return os.path.isfile(path)


def listed(folder: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of a folder's files with one of the suffixes (`.yaml`), sorted; none where there is no folder."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return ()
    return tuple(os.path.join(folder, name) for name in names if name.endswith(suffixes))


def read(path: str, limit: int = -1) -> bytes:
    """The bytes of a file, at most `limit` of them.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        return file.read(limit)
