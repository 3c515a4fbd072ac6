"""A bundle: a folder with everything that an installation on another machine needs, each file with its hash.

DIR/manifest.json    what is in it and for which machines (docs/schemas/bundle.schema.json)
DIR/SHA256SUMS       for `sha256sum -c`; holds the manifest's own hash too
DIR/wheels           the environment's packages
DIR/envdoc           envdoc itself with what it needs, and pip
DIR/python           a Python for the target, where one is in the bundle
DIR/install.sh|cmd   makes envdoc's own environment and hands over to `envdoc install --offline`
"""

from __future__ import annotations

import re
from enum import StrEnum

from envdoc.model.machine import System
from envdoc.model.profile import Profile
from envdoc.model.resolution import Source, Wish
from envdoc.model.value import dataclass, field

SCHEMA = 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
PACKAGES, TOOL, PYTHON = "wheels", "envdoc", "python"
_PATH = re.compile(r"(?:(?:wheels|envdoc|python)/)?[A-Za-z0-9_+][A-Za-z0-9._+!%-]*")


class HashFrom(StrEnum):
    """Who says that a file is the right one."""

    LOCK = "lock"  # the profile's lock
    INDEX = "index"  # the package index, or who published the file
    USER = "user"  # an option of the command line
    FIRST_USE = "first-use"  # nobody: what came when the bundle was made
    OURS = "ours"  # made by envdoc itself


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file. `path` is relative to the bundle, with `/`; `origin` has no credentials."""

    path: str
    sha256: str
    size: int
    hash_from: HashFrom = HashFrom.INDEX
    name: str = ""  # of a distribution, normalised
    version: str = ""
    origin: str = ""  # URL that it came from


@dataclass(frozen=True, slots=True)
class Target:
    """The platform that the files are for."""

    system: System
    arch: str  # "x86_64"
    python: str  # minor, "3.12"
    glibc: str = ""  # the least one that all files allow, "2.28"; "" where none asks for any

    @property
    def name(self) -> str:
        return f"{self.system.value} {self.arch} with Python {self.python}"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the target's GPUs and driver must be, for people; the resolver decides on the machine itself."""

    cuda: str  # CUDA variant, "cu128" or "cpu"
    driver_least: str = ""  # "570.65"; "" for cpu
    capabilities: tuple[str, ...] = ()  # compute capabilities that torch has code for
    gpus: tuple[str, ...] = ()  # names that it was made for


@dataclass(frozen=True, slots=True)
class Manifest:
    """All about a bundle. `torch` with its local tag; `offers`: torch's own packages as the sources list them."""

    envdoc: str  # version that made it
    made: str  # ISO date and time, UTC
    target: Target
    conditions: Conditions
    wish: Wish
    profile: Profile
    torch: str
    schema: int = SCHEMA
    lock: tuple[str, ...] = ()  # lines of the profile's lock, with their hashes
    sources: tuple[Source, ...] = ()  # where it came from, without credentials
    offers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[BundleFile, ...] = ()
    python_file: str = ""  # path of the Python archive; "": Python is not in this bundle

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(each.size for each in self.files)

    def pins(self) -> tuple[str, ...]:
        """`name==version` of every distribution for the environment."""
        own = (each for each in self.files if each.name and each.path.startswith(f"{PACKAGES}/"))
        return tuple(f"{each.name}=={each.version}" for each in own)


def is_inside(path: str) -> bool:
    """Whether a file's path is one that a bundle may name: in one of its folders, no way out of it."""
    return bool(_PATH.fullmatch(path)) and ".." not in path.split("/")
