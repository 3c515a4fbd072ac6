"""flash-attn wheels that exist, and what is known of those who build them. Read when first asked for.

The index (`data/flash_attn_wheels.txt`, written by `tools/refresh_flash_attn.py`) has a line a set of wheels that
differ only in Python:

    @ mjun0812 v0.7.11 flash_attn              collection, release, project of the lines below
    2.8.3+cu128torch2.7 win_amd64 310 311 312 313 313t
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property

from envdoc.errors import DataError
from envdoc.knowledge import files, table
from envdoc.knowledge.buildrows import FlashSourceRow
from envdoc.knowledge.rows import FlashCodeRow, FlashCollectionRow, FlashFloorRow, FlashReuseRow
from envdoc.knowledge.wheelnames import Built, WheelName, built_for
from envdoc.model.cuda import version_tuple
from envdoc.model.value import dataclass

INDEX = files.join(files.TABLES, "flash_attn_wheels.txt")
HASHES = files.join(files.TABLES, "flash_attn_hashes.txt")

_Set = tuple[str, str, tuple[str, ...], tuple[str, str, str]]  # "2.8.3+cu128torch2.7", platform, Pythons, head


@dataclass(frozen=True, slots=True)
class Wheel:
    """One file that exists."""

    collection: str  # "official", "mjun0812"
    release: str  # tag of the release that holds it
    name: WheelName
    built: Built

    @property
    def package(self) -> str:
        return self.name.package


class Flash:
    """The tables about flash-attn. Each property reads its part once."""

    @cached_property
    def _data(self) -> dict[str, dict[str, object]]:
        data: dict[str, dict[str, object]] = table.read("flash_attn")
        return data

    @cached_property
    def collections(self) -> tuple[FlashCollectionRow, ...]:
        """Who builds wheels, the first to be taken first."""
        return table.rows(FlashCollectionRow, self._data["collections"])

    @cached_property
    def code(self) -> tuple[FlashCodeRow, ...]:
        """Which machine code builds hold."""
        return table.rows(FlashCodeRow, self._data["code"])

    @cached_property
    def floors(self) -> tuple[FlashFloorRow, ...]:
        """The GPUs that each generation runs on."""
        return table.rows(FlashFloorRow, self._data["floors"])

    @cached_property
    def sources(self) -> tuple[FlashSourceRow, ...]:
        """Source distributions on the package index, the newest first."""
        return table.rows(FlashSourceRow, self._data["sources"])

    @cached_property
    def reuse(self) -> tuple[FlashReuseRow, ...]:
        """Wheels of one torch that were measured to work under another."""
        return table.rows(FlashReuseRow, self._data["reuse"])

    @cached_property
    def hashes(self) -> dict[str, str]:
        """File name -> sha256, of the files whose hash their release publishes; `sha256sum`'s own format."""
        lines = _lines(HASHES)
        return {name: digest for digest, _, name in (line.partition("  ") for line in lines if line[:1] != "#")}

    def collection(self, name: str) -> FlashCollectionRow:
        return next(row for row in self.collections if row.name == name)

    def url(self, wheel: Wheel) -> str:
        """Where the file is."""
        from urllib.parse import quote

        return self.collection(wheel.collection).url.format(release=wheel.release, name=quote(wheel.name.file))

    def lines(self, package: str, platform: str) -> tuple[str, ...]:
        """torch's release lines that a package has wheels for where the platform tag ends so (`_x86_64`: Linux's,
        manylinux or not), the oldest first."""
        return tuple(sorted(_by_line(package, platform), key=version_tuple))

    def wheels(self, package: str, platform: str, line: str) -> tuple[Wheel, ...]:
        """All wheels of a package for one release line of torch, "2.7"."""
        return _wheels(package, platform, line)


@cache
def load() -> Flash:
    """The one shared Flash of this process."""
    return Flash()


@cache
def _by_line(package: str, platform: str) -> dict[str, list[_Set]]:
    """The index's lines by torch's release line; files are made of them only where they are asked for."""
    found: dict[str, list[_Set]] = {}
    for each in _sets(_lines(INDEX), package.replace("-", "_"), platform):
        built = built_for(each[0].partition("+")[2])
        if built is not None:
            found.setdefault(".".join(built.torch.split(".")[:2]), []).append(each)
    return found


@cache
def _wheels(package: str, platform: str, line: str) -> tuple[Wheel, ...]:
    return tuple(wheel for each in _by_line(package, platform).get(line, ()) for wheel in _set(*each))


def _lines(path: str) -> list[str]:
    try:
        return files.read(path).decode().splitlines()
    except OSError as error:
        hint = "install envdoc again: `uv tool install --reinstall envdoc-gpu`"
        raise DataError(f"{path}: {error.strerror}", hint=hint) from error


def read(lines: list[str]) -> Iterator[Wheel]:
    """Every wheel of an index's lines.

    Raises:
        DataError: a line that is none.
    """
    for each in _sets(lines, "", ""):
        yield from _set(*each)


def _sets(lines: list[str], project: str, platform: str) -> Iterator[_Set]:
    """The lines of one project ("": any) whose platform tag ends so, with the group that they stand in."""
    collection = release = mine = ""
    for line in lines:
        if line.startswith("@ "):
            _, collection, release, mine = line.split()
        elif line and not line.startswith("#") and project in ("", mine):
            full, tag, *pythons = line.split()
            if tag.endswith(platform):
                yield full, tag, tuple(pythons), (collection, release, mine)


def _set(full: str, platform: str, pythons: tuple[str, ...], head: tuple[str, str, str]) -> Iterator[Wheel]:
    collection, release, project = head
    version, _, local = full.partition("+")
    built = built_for(local)
    if built is None:
        raise DataError(f"{files.name(INDEX)}: `{full}` says nothing about CUDA and torch")
    for each in pythons:
        yield Wheel(collection, release, WheelName(project, version, local, *tags(each), platform), built)


def tags(short: str) -> tuple[str, str]:
    """Python and ABI tag: `312` is (cp312, cp312), `313t` (cp313, cp313t), `39a` (cp39, abi3)."""
    python = "cp" + short.rstrip("amt")
    return python, "abi3" if short.endswith("a") else f"cp{short}"
