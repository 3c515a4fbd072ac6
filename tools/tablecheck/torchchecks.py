"""The tables `torch` and `companions` against wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from envdoc.knowledge.rows import CompanionRow, TorchRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import tag_of
from tablecheck.answers import Answer, Verdict, compare, skipped
from tablecheck.wheels import Shelf, Unreachable, Wheel

PYTORCH = "https://download.pytorch.org/whl"


def check_index_builds(known: Knowledge, shelf: Shelf) -> Iterator[Answer]:
    """Each row that says what the Python package index serves: by the newest wheel of its line."""
    for row in known.torch:
        if row.pypi_default:
            yield from _check_default(row, shelf)
    lines = {row.version for row in known.torch}
    released = {_line(wheel.version) for wheel in shelf.wheels("torch")}
    for line in sorted(released - lines, key=Version):
        if Version(line) > Version("2.1") and shelf.folder is None:
            yield Answer("torch", f"torch {line}", Verdict.DIFFERS, "released, but not in the table")


def _check_default(row: TorchRow, shelf: Shelf) -> Iterator[Answer]:
    name = f"torch {row.version} {row.cuda} {row.os}-{row.arch} (package index)"
    fits = [w for w in shelf.wheels("torch") if _line(w.version) == row.version and _same_platform(w, row)]
    fits = [wheel for wheel in fits if not wheel.abi.endswith("t")]
    if not fits:
        yield skipped("torch", name, "no wheel there")
        return
    newest = max(fits, key=lambda wheel: (Version(wheel.version), Version(wheel.python)))
    try:
        yield compare("torch", name, f"CUDA of {newest.filename}", row.cuda, tag_of(_cuda_of(newest)))
    except Unreachable as error:
        yield skipped("torch", name, str(error))
    if shelf.folder is None:
        last = [wheel for wheel in fits if wheel.version == newest.version]
        pythons = sorted({wheel.python for wheel in last}, key=Version)
        extra = set(pythons) - set(row.python)  # an experimental Python more is no drift
        missing = [python for python in row.python if python not in pythons]
        yield compare("torch", name, "Pythons missing", (), tuple(missing))
        if extra:
            yield Answer("torch", name, Verdict.CHECKED, f"also has wheels for {' '.join(sorted(extra))}")
        versions = sorted({Version(wheel.version) for wheel in fits})
        yield compare("torch", name, "patches", row.patches, tuple(map(str, versions)))


def check_pytorch_index(known: Knowledge, index: str = PYTORCH) -> Iterator[Answer]:
    """Each variant's folder on the PyTorch index: are the files there that the rows speak of?"""
    for cuda, rows in groupby(sorted(known.torch, key=lambda row: row.cuda), key=lambda row: row.cuda):
        shelf = Shelf(f"{index}/{cuda}")
        for row in rows:
            name = f"torch {row.version} {cuda} {row.os}-{row.arch} (PyTorch index)"
            try:
                fits = [
                    w for w in shelf.wheels("torch") if _same_platform(w, row) and _line(w.version) == row.version
                ]
            except Unreachable as error:
                yield skipped("torch", f"all {cuda} builds of the PyTorch index", str(error))
                break
            have = {wheel.python for wheel in fits if not wheel.abi.endswith("t")}
            missing = tuple(python for python in row.python if python not in have)
            yield compare("torch", name, "Pythons missing", (), missing)


def check_companions(known: Knowledge, shelf: Shelf) -> Iterator[Answer]:
    """triton by torch's own pin, torchvision, torchaudio and xformers by theirs."""
    for row in known.companions:
        name = f"torch {row.torch}"
        wheel = _pick(shelf, "torch", row.torch)
        if wheel is None:
            yield skipped("companions", name, "no wheel of this torch there")
            continue
        yield from _guarded("companions", name, lambda: _check_triton(row, wheel))  # noqa: B023 - called at once
        for package in ("torchvision", "torchaudio"):
            yield from _guarded("companions", name, lambda: _check_pin(row, package, getattr(row, package), shelf))  # noqa: B023
        for version in row.xformers:
            yield from _guarded("companions", name, lambda: _check_pin(row, "xformers", version, shelf))  # noqa: B023


def _check_triton(row: CompanionRow, wheel: Wheel) -> Answer:
    pin = wheel.requires().get("triton", "")
    real = re.sub(r"^[=~]=", "", pin)
    return compare("companions", f"torch {row.torch}", f"triton that {wheel.filename} pins", row.triton, real)


def _check_pin(row: CompanionRow, package: str, version: str, shelf: Shelf) -> Answer:
    name = f"torch {row.torch}"
    if not version:
        newer = sorted({w.version for w in shelf.wheels(package)}, key=Version)
        return Answer("companions", name, Verdict.CHECKED, f"no {package}: the newest is {newer[-1]}")
    wheel = _pick(shelf, package, version)
    if wheel is None:
        return skipped("companions", name, f"no wheel of {package} {version} there")
    pin = wheel.requires().get("torch", "")
    if not pin:
        return skipped("companions", name, f"{package} {version} names no torch in its metadata")
    fits = SpecifierSet(pin).contains(row.torch)
    return compare("companions", name, f"{package} {version} takes torch {pin}, this one", True, fits)


def _guarded(table: str, row: str, work: object) -> Iterator[Answer]:
    try:
        yield work()  # type: ignore[operator]
    except Unreachable as error:
        yield skipped(table, row, str(error))


def _pick(shelf: Shelf, package: str, version: str) -> Wheel | None:
    """A Linux x86_64 wheel of exactly this version, or any wheel of it."""
    fits = [wheel for wheel in shelf.wheels(package) if wheel.version == version]
    return next((wheel for wheel in fits if wheel.platform == "linux-x86_64"), next(iter(fits), None))


def _cuda_of(wheel: Wheel) -> str | None:
    """`12.8` of `cuda: Optional[str] = '12.8'` in torch/version.py; None for a CPU build."""
    text = wheel.text("torch/version.py")
    found = re.search(r"^cuda\b[^=]*= *'([\d.]+)'", text, re.MULTILINE)
    return found[1] if found else None


def _line(version: str) -> str:
    return ".".join(version.partition("+")[0].split(".")[:2])


def _same_platform(wheel: Wheel, row: TorchRow) -> bool:
    return wheel.platform == f"{row.os}-{row.arch}"
