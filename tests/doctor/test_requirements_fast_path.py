"""The quick comparison of requirements says what `packaging` says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from envdoc.model.machine import Machine, OperatingSystem, System
from envdoc.rules.requirements import Wanted, holds, marker_environment, parse, satisfies

NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
VERSIONS = st.builds(
    lambda release, post, local: release + post + local,
    NUMBERS, st.sampled_from(["", ".post1"]), st.sampled_from(["", "+cu128", "+cpu"]),
)  # fmt: skip
CLAUSES = st.one_of(
    st.builds(lambda sign, bound: sign + bound, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS),
    st.builds(lambda sign, bound: f"{sign}{bound}.*", st.sampled_from(["==", "!="]), NUMBERS),
    NUMBERS.filter(lambda bound: "." in bound).map(lambda bound: f"~={bound}"),
)


@given(VERSIONS, st.lists(CLAUSES, min_size=1, max_size=3))
def test_satisfies_agrees_with_packaging(version: str, clauses: list[str]) -> None:
    versions = ",".join(clauses)
    assert satisfies(version, versions) == SpecifierSet(versions).contains(version, prereleases=True)


@pytest.mark.parametrize(
    ("version", "versions", "expected"),
    [
        ("2.8.0+cu128", "==2.8.0", True),
        ("2.8.0", "==2.8.0+cu128", False),
        ("0.0.31.post1", "==0.0.31.post1", True),
        ("1.0rc1", ">=1.0", False),
        ("nightly", ">=1.0", True),  # not a version: never called a conflict
        ("1.0", "", True),
        ("2.8", "==2.8.0", True),
    ],
)
def test_satisfies(version: str, versions: str, expected: bool) -> None:
    assert satisfies(version, versions) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("numpy", Wanted("numpy", "", "")),
        ("Typing_Extensions (>=4.8.0)", Wanted("typing-extensions", ">=4.8.0", "")),
        ("torch==2.8.0", Wanted("torch", "==2.8.0", "")),
        ("huggingface-hub<1.0,>=0.34.0", Wanted("huggingface-hub", "<1.0,>=0.34.0", "")),
        (
            "uvicorn[standard] >=0.12 ; python_version < '3.13'",
            Wanted("uvicorn", ">=0.12", "python_version < '3.13'"),
        ),
        ("pip @ https://example.org/pip.whl", None),
    ],
)
def test_parse(line: str, expected: Wanted | None) -> None:
    assert parse(line) == expected


MARKERS = (
    "python_version < '3.13'",
    'python_version >= "3.10" and sys_platform == "win32"',
    "platform_system == 'Linux' and platform_machine == 'x86_64'",
    "sys_platform != 'darwin'",
    "(python_version < '3.11' or sys_platform == 'linux') and implementation_name == 'cpython'",
    "python_full_version < '3.11.3'",
    "platform_machine == 'AMD64' or platform_machine == 'aarch64'",
    "extra == 'test'",
    "sys_platform in 'win32 cygwin'",
    "sys_platform not in 'win32 cygwin'",
)


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("system", [System.LINUX, System.WINDOWS, System.DARWIN])
@pytest.mark.parametrize("arch", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.10.14", "3.13.0"])
def test_marker_agrees_with_packaging(marker: str, system: System, arch: str, python: str) -> None:
    environment = marker_environment(Machine(OperatingSystem(system, arch)), python)
    assert holds(marker, environment) == Marker(marker).evaluate(environment)


@pytest.mark.parametrize(
    ("system", "machine"), [(System.LINUX, "aarch64"), (System.WINDOWS, "ARM64"), (System.DARWIN, "arm64")]
)
def test_an_architecture_is_called_as_its_system_calls_it(system: System, machine: str) -> None:
    environment = marker_environment(Machine(OperatingSystem(system, "aarch64")), "3.12.10")
    assert environment["platform_machine"] == machine


def test_environment_is_the_judged_machine_not_ours() -> None:
    environment = marker_environment(Machine(OperatingSystem(System.WINDOWS, "x86_64")), "3.12.10")
    assert (environment["sys_platform"], environment["platform_machine"], environment["python_version"]) == (
        "win32", "AMD64", "3.12",
    )  # fmt: skip
