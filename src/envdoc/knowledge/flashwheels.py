"""flash-attn wheels that exist, and what is known of those who build them. Read when first asked for.

The index (`data/flash_attn_wheels.txt`, written by `tools/refresh_flash_attn.py`) has a line a set of wheels that
differ only in Python:

    @ mjun0812 v0.7.11 flash_attn              collection, release, project of the lines below
    2.8.3+cu128torch2.7 win_amd64 310 311 312 313 313t
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import quote

from envdoc.errors import DataError
from envdoc.knowledge import files, table
from envdoc.knowledge.rows import FlashCodeRow, FlashCollectionRow, FlashFloorRow, FlashReuseRow
from envdoc.knowledge.wheelnames import Built, WheelName, built_for
from envdoc.model.value import dataclass

INDEX = files.TABLES / "flash_attn_wheels.txt"
HASHES = files.TABLES / "flash_attn_hashes.txt"


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
        return self.collection(wheel.collection).url.format(release=wheel.release, name=quote(wheel.name.file))

    def wheels(self, package: str, platform: str) -> tuple[Wheel, ...]:
        """All wheels of a package whose platform tag ends so: `linux_x86_64`, `x86_64` for manylinux too."""
        return tuple(each for each in _all(package) if each.name.platform.endswith(platform))


@cache
def load() -> Flash:
    """The one shared Flash of this process."""
    return Flash()


@cache
def _all(package: str) -> tuple[Wheel, ...]:
    return tuple(read(_lines(INDEX), package.replace("-", "_")))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        hint = "install envdoc again: `uv tool install --reinstall envdoc-gpu`"
        raise DataError(f"{path}: {error.strerror}", hint=hint) from error


def read(lines: list[str], project: str = "") -> Iterator[Wheel]:
    """The wheels of an index's lines, of one project or ("") of all.

    Raises:
        DataError: a line that is none.
    """
    collection = release = mine = ""
    for line in lines:
        if line.startswith("@ "):
            _, collection, release, mine = line.split()
        elif line and not line.startswith("#") and project in ("", mine):
            yield from _line(line, collection, release, mine)


def _line(line: str, collection: str, release: str, project: str) -> Iterator[Wheel]:
    full, platform, *pythons = line.split()
    version, _, local = full.partition("+")
    built = built_for(local)
    if built is None:
        raise DataError(f"{INDEX.name}: `{line}` is no line of wheels")
    for each in pythons:
        yield Wheel(collection, release, WheelName(project, version, local, *tags(each), platform), built)


def tags(short: str) -> tuple[str, str]:
    """Python and ABI tag: `312` is (cp312, cp312), `313t` (cp313, cp313t), `39a` (cp39, abi3)."""
    python = "cp" + short.rstrip("amt")
    return python, "abi3" if short.endswith("a") else f"cp{short}"
