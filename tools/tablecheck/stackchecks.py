"""The tables `bitsandbytes`, `stacks` and `toolkits` against wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from envdoc.knowledge.rows import BitsandbytesRow, StackRow, ToolkitRow
from envdoc.knowledge.tables import Knowledge
from tablecheck.answers import Answer, compare, skipped
from tablecheck.wheels import Shelf, Unreachable, Wheel


def check_bitsandbytes(known: Knowledge, shelf: Shelf) -> Iterator[Answer]:
    """The CUDA libraries in the newest Linux wheel of each range, and the torch and Python that it wants."""
    for row in known.bitsandbytes:
        name = f"bitsandbytes {row.versions}"
        wheel = newest(shelf, "bitsandbytes", SpecifierSet(row.versions))
        if wheel is None:
            yield skipped("bitsandbytes", name, "no Linux wheel there")
            continue
        try:
            yield from _check_libraries(row, name, wheel)
        except Unreachable as error:
            yield skipped("bitsandbytes", name, str(error))


def _check_libraries(row: BitsandbytesRow, name: str, wheel: Wheel) -> Iterator[Answer]:
    found = {hit[1] for member in wheel.archive.namelist() if (hit := re.search(r"_cuda(\d+)\.so$", member))}
    real = tuple(f"{tag[:-1]}.{tag[-1]}" for tag in sorted(found))
    yield compare("bitsandbytes", name, f"libraries in {wheel.filename}", row.cuda, real)
    if row.torch_min:
        least = re.search(r">=([\d.]+)", wheel.requires().get("torch", ""))
        real_least = least[1].removesuffix(".0") if least else ""
        yield compare("bitsandbytes", name, "least torch", row.torch_min.removesuffix(".0"), real_least)
    python = str(wheel.metadata.get("Requires-Python", "")).removeprefix(">=")
    yield compare("bitsandbytes", name, "least Python", row.python_min, python)


def check_stacks(known: Knowledge, shelf: Shelf) -> Iterator[Answer]:
    """Every bound of a row that the wheel's METADATA has too; and which Pythons have Windows wheels."""
    for row in known.stacks:
        name = f"{row.package} {row.version}"
        try:
            yield from _check_stack(row, name, shelf)
        except Unreachable as error:
            yield skipped("stacks", name, str(error))


def _check_stack(row: StackRow, name: str, shelf: Shelf) -> Iterator[Answer]:
    fits = [wheel for wheel in shelf.wheels(row.package) if wheel.version == row.version]
    for system, pythons in row.wheels_python.items():
        real = {wheel.python for wheel in fits if wheel.platform.startswith(system)}
        yield compare("stacks", name, f"{system} wheels", pythons, tuple(sorted(real, key=Version)))
    if not fits:
        yield skipped("stacks", name, "only an sdist there")
        return
    python = str(fits[0].metadata.get("Requires-Python", ""))
    yield compare("stacks", name, "Python", _bound(row.python), _bound(python))
    real = fits[0].requires()
    for package, pin in {"torch": row.torch, **row.pins}.items():
        there = real.get(canonicalize_name(package))
        if pin and there:
            yield compare("stacks", name, package, _bound(pin), _bound(there))
        elif pin:
            yield skipped(
                "stacks", name, f"{package} {pin}: not in its metadata, it is checked at run time or by hand"
            )


def check_toolkits(known: Knowledge, shelf: Shelf) -> Iterator[Answer]:
    """gcc and MSVC limits out of crt/host_config.h of NVIDIA's nvcc wheels. Targets need ptxas: not run here."""
    for row in known.toolkits:
        name = f"CUDA toolkit {row.release}"
        try:
            yield from _check_toolkit(row, name, shelf)
        except Unreachable as error:
            yield skipped("toolkits", name, str(error))


def _check_toolkit(row: ToolkitRow, name: str, shelf: Shelf) -> Iterator[Answer]:
    major = row.release.partition(".")[0]
    projects = ["nvidia-cuda-crt", "nvidia-cuda-nvcc"] if int(major) >= 13 else [f"nvidia-cuda-nvcc-cu{major}"]
    for project in projects:
        wheel = newest(shelf, project, SpecifierSet(f"=={row.release}.*"))
        header = wheel and next((m for m in wheel.archive.namelist() if m.endswith("crt/host_config.h")), None)
        if wheel and header:
            text = wheel.text(header)
            yield compare("toolkits", name, f"gcc by {wheel.filename}", row.gcc_max, _last(r"__GNUC__ > (\d+)", text))
            msvc = re.search(r"_MSC_VER < (\d+) \|\| _MSC_VER >= (\d+)", text)
            real = (int(msvc[1]), int(msvc[2]) - 1) if msvc else (0, 0)
            yield compare("toolkits", name, "_MSC_VER from and to", (row.msvc_min, row.msvc_max), real)
            clang = _last(r"\(__clang_major__ >= (\d+)\)", text) - 1
            yield compare("toolkits", name, "clang", row.clang_max, clang)
            return
    yield skipped("toolkits", name, "no nvcc wheel with crt/host_config.h there")


def newest(shelf: Shelf, project: str, versions: SpecifierSet) -> Wheel | None:
    """The newest Linux x86_64 (or pure) wheel in a range."""
    fits = [
        w for w in shelf.wheels(project) if w.platform in ("linux-x86_64", "any") and versions.contains(w.version)
    ]
    return max(fits, key=lambda wheel: Version(wheel.version), default=None)


def _bound(text: str) -> str:
    """A specifier in one spelling: `>=2.0,<3` whatever the order and the trailing zeros."""
    return ",".join(sorted(re.sub(r"(\.0)+$", "", str(part)) for part in SpecifierSet(text)))


def _last(pattern: str, text: str) -> int:
    return max((int(number) for number in re.findall(pattern, text)), default=0)
