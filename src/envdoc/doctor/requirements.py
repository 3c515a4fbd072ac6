"""Requires-Dist lines against what is installed, quickly.

An environment has about a thousand such lines. Nearly all are plain (`numpy>=1.17,<3; python_version < "3.13"`)
and are decided here by comparing numbers; anything else goes to `packaging`, which is imported only then.
"""

from __future__ import annotations

import re
from functools import lru_cache

from envdoc.model.machine import Machine, System
from envdoc.model.value import dataclass

_LINE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*\(?([^;()@]*)\)?\s*(?:;\s*(.*))?$")
_CLAUSE = re.compile(r"^(==|!=|<=|>=|<|>|~=)\s*(\d+(?:\.\d+)*)(\.\*)?$")
_PLAIN = re.compile(r"^\d+(?:\.\d+)*$")
_POST = re.compile(r"^(\d+(?:\.\d+)*)\.post\d+$")
_MARKER = re.compile(r"^(\w+)\s*(==|!=|<=|>=|<|>)\s*['\"]([^'\"]*)['\"]$")
_SEPARATORS = re.compile(r"[-_.]+")


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


@lru_cache(maxsize=8192)
def satisfies(version: str, versions: str) -> bool:
    """Whether an installed version lies in a PEP 440 specifier. A local tag counts only where it is asked
    for: `2.8.0+cu128` satisfies `==2.8.0`. What cannot be parsed is never called a conflict."""
    public = version.partition("+")[0]
    if not versions:
        return True
    post = _POST.match(public)
    plain = post[1] if post else public
    if _PLAIN.match(plain) and "+" not in versions:
        clauses = [clause.strip() for clause in versions.split(",")]
        answers = [_clause(plain, clause, post=bool(post)) for clause in clauses if clause]
        if None not in answers:
            return all(answers)
    return _by_packaging(version, versions)


def _clause(version: str, clause: str, *, post: bool = False) -> bool | None:
    """One plain clause; None where it is not plain. A post-release of V is newer than V, yet not `>V`."""
    match = _CLAUSE.match(clause)
    if match is None or (match[3] and match[1] not in ("==", "!=")):
        return None
    operator, bound = match[1], _numbers(match[2])
    have = _numbers(version)
    if match[3] or operator == "~=":
        prefix = bound if match[3] else bound[:-1]
        within = (have + (0,) * len(prefix))[: len(prefix)] == prefix
        if operator == "~=":
            return within and _compared(have, bound) >= 0
        return within == (operator == "==")
    order = _compared(have, bound)
    if post and order == 0:
        return operator in (">=", "!=")
    return {"==": order == 0, "!=": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[
        operator
    ]


@lru_cache(maxsize=4096)
def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _compared(one: tuple[int, ...], two: tuple[int, ...]) -> int:
    """-1, 0, 1; missing parts are zeros (`2.8` equals `2.8.0`)."""
    width = max(len(one), len(two))
    left, right = one + (0,) * (width - len(one)), two + (0,) * (width - len(two))
    return (left > right) - (left < right)


def _by_packaging(version: str, versions: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(versions).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def marker_environment(machine: Machine, python: str, implementation: str = "cpython") -> dict[str, str]:
    """PEP 508's variables for the judged Python on that machine (not for ours on this one)."""
    windows = machine.os.system is System.WINDOWS
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
        "platform_machine": {"x86_64": "AMD64", "aarch64": "ARM64"}.get(arch, arch) if windows else arch,
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
    if "(" not in marker and " or " not in marker:
        answers = [_simple(part.strip(), environment) for part in marker.split(" and ")]
        if None not in answers:
            return all(answers)
    return _marker_by_packaging(marker, environment)


def _simple(part: str, environment: dict[str, str]) -> bool | None:
    match = _MARKER.match(part)
    if match is None or match[1] not in environment:
        return None
    have, operator, value = environment[match[1]], match[2], match[3]
    if match[1].startswith("python_"):
        return _clause(have, f"{operator}{value}") if _PLAIN.match(have) else None
    return {"==": have == value, "!=": have != value}.get(operator)


def _marker_by_packaging(marker: str, environment: dict[str, str]) -> bool:
    from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, UndefinedEnvironmentName):
        return False
