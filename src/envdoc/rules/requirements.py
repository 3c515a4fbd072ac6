"""Requires-Dist lines against what is installed, quickly.

An environment has about a thousand such lines. Nearly all are plain (`numpy>=1.17,<3; python_version < "3.13"`)
and are decided here by comparing numbers; anything else goes to `packaging`, which is imported only then.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from envdoc.model.machine import Machine, System
from envdoc.model.patterns import pattern
from envdoc.model.specifiers import plain_answer
from envdoc.model.value import dataclass

_LINE = pattern(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*\(?([^;()@]*)\)?\s*(?:;\s*(.*))?$")
_MARKER = pattern(r"^(\w+)\s*(==|!=|<=|>=|<|>|not in|in)\s*['\"]([^'\"]*)['\"]$")
_PIN = pattern(r"^\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*(?P<version>[^\s;,#]+)")
_SEPARATORS = pattern(r"[-_.]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement: of which package, which versions ("" any), and where it holds."""

    name: str  # normalised
    versions: str
    marker: str


@lru_cache(maxsize=4096)
def parse(line: str) -> Wanted | None:
    """A Requires-Dist line; None for one that cannot be read (a direct URL has no bounds to break)."""
    match = _LINE.match(line)
    if match is None:
        return None
    return Wanted(normal(match[1]), match[3].strip(), (match[4] or "").strip())


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A distribution's name as PEP 503 writes it."""
    return _SEPARATORS.sub("-", name).lower()


def pins(lines: Iterable[str]) -> dict[str, str]:
    """Normalised name -> version of the lines that pin one exactly: `torch==2.7.1+cu128`,
    `transformers==4.57.6 ; sys_platform == "win32"`; comments and other lines are left out."""
    found = (_PIN.match(line) for line in lines)
    return {normal(each["name"]): each["version"] for each in found if each}


@lru_cache(maxsize=8192)
def satisfies(version: str, versions: str) -> bool:
    """Whether an installed version lies in a PEP 440 specifier. A local tag counts only where it is asked
    for: `2.8.0+cu128` satisfies `==2.8.0`. What cannot be parsed is never called a conflict."""
    answer = None if "+" in versions else plain_answer(versions, version.partition("+")[0])
    return _by_packaging(version, versions) if answer is None else answer


def _by_packaging(version: str, versions: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(versions).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


# How `platform.machine()` calls an architecture where it is not Linux' own name.
_MACHINES = {
    (System.WINDOWS, "x86_64"): "AMD64",
    (System.WINDOWS, "aarch64"): "ARM64",
    (System.DARWIN, "aarch64"): "arm64",
}


def marker_environment(machine: Machine, python: str, implementation: str = "cpython") -> dict[str, str]:
    """PEP 508's variables for the judged Python on that machine (not for ours on this one)."""
    arch = machine.os.arch
    names = {
        System.LINUX: ("posix", "linux", "Linux"),
        System.WINDOWS: ("nt", "win32", "Windows"),
        System.DARWIN: ("posix", "darwin", "Darwin"),
    }[machine.os.system]
    return {
        "os_name": names[0],
        "sys_platform": names[1],
        "platform_system": names[2],
        "platform_machine": _MACHINES.get((machine.os.system, arch), arch),
        "platform_python_implementation": "CPython" if implementation == "cpython" else implementation,
        "implementation_name": implementation,
        "implementation_version": python,
        "platform_release": machine.os.kernel.or_else(""),
        "platform_version": machine.os.version.or_else(""),
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "extra": "",
    }


def holds(marker: str, environment: dict[str, str]) -> bool:
    """Whether a requirement's marker holds there. Without a marker it always does."""
    if not marker:
        return True
    if "(" not in marker:
        sides = [
            [_simple(part.strip(), environment) for part in side.split(" and ")] for side in marker.split(" or ")
        ]
        if all(answer is not None for side in sides for answer in side):
            return any(all(side) for side in sides)
    return _marker_by_packaging(marker, environment)


def _simple(part: str, environment: dict[str, str]) -> bool | None:
    """One comparison, `python_version < "3.13"`; None where it is not plain."""
    match = _MARKER.match(part.strip())
    if match is None or match[1] not in environment:
        return None
    have, operator, value = environment[match[1]], match[2], match[3]
    if match[1] == "extra":  # `extra == "my_extra"` of an extra that is asked for as `my-extra`
        have, value = normal(have), normal(value)
    if operator.endswith("in"):
        return (have in value) == (operator == "in")
    if match[1].startswith("python_"):
        return plain_answer(f"{operator}{value}", have)
    return {"==": have == value, "!=": have != value}.get(operator)


def _marker_by_packaging(marker: str, environment: dict[str, str]) -> bool:
    from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, UndefinedEnvironmentName):
        return False
