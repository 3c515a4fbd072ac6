"""What a build would have: limits of host compilers, jobs, and the lines that bring what is missing."""

from __future__ import annotations

import pytest

from envdoc.knowledge.tables import load
from envdoc.model.facts import known
from envdoc.model.machine import (
    Build,
    Driver,
    Machine,
    OperatingSystem,
    System,
    Tool,
    VisualStudio,
)
from envdoc.model.value import replace
from envdoc.rules import builder, prerequisites
from envdoc.rules.drivers import Driver as Known
from envdoc.rules.drivers import compiles_ptx

KNOWN = load()
UBUNTU = OperatingSystem(System.LINUX, "x86_64", known("Ubuntu 24.04.3 LTS"))


@pytest.mark.parametrize(
    ("release", "path", "version", "too_new"),
    [
        ("12.4", "/usr/bin/g++", "13.3.0", False),
        ("12.4", "/usr/bin/g++", "14.2.0", True),
        ("13.0", "/opt/gcc/bin/g++", "15.3.0", False),
        ("13.0", "/usr/bin/g++-16", "16.1.0", True),
        ("12.8", "/usr/bin/clang++", "19.1.0", False),
        ("12.8", "/usr/bin/clang++", "20.1.0", True),
    ],
)
def test_the_limit_of_each_toolkit(release: str, path: str, version: str, too_new: bool) -> None:
    row = builder.row_of(release, KNOWN)
    assert row is not None
    used = builder.compiler(builder.Builder(host_compiler=Tool(path, version)), row)
    assert used is not None
    assert used.too_new is too_new


@pytest.mark.parametrize(
    ("release", "toolset", "too_new"),
    [
        ("11.8", "14.44.35207", True),
        ("12.8", "14.44.35207", False),
        ("13.0", "14.50.1", True),
        ("13.2", "14.50.1", False),
    ],
)
def test_visual_studios_too(release: str, toolset: str, too_new: bool) -> None:
    row = builder.row_of(release, KNOWN)
    assert row is not None
    studio = VisualStudio("C:\\VS", "17", "VS", toolset, True)
    used = builder.compiler(builder.Builder(System.WINDOWS, studios=(studio,)), row)
    assert used is not None
    assert used.too_new is too_new


def test_a_compiler_that_nobody_understands_is_held_against_nothing() -> None:
    row = builder.row_of("13.0", KNOWN)
    assert row is not None
    assert builder.compiler(builder.Builder(host_compiler=Tool("/usr/bin/g++", "")), row) is None
    assert builder.row_of("9.9", KNOWN) is None


def lines(tool: str, machine: Machine, release: str = "") -> list[str]:
    return [each.command for each in prerequisites.commands(tool, machine, KNOWN, release=release)]


def test_lines_for_each_manager() -> None:
    ubuntu = Machine(os=UBUNTU)
    fedora = Machine(os=replace(UBUNTU, name=known("Fedora Linux 42")))
    with_conda = replace(ubuntu, build=Build({"conda": known(Tool("/c/bin/conda", "25.1"))}))
    windows = Machine(os=OperatingSystem(System.WINDOWS, "x86_64"))
    assert lines("cmake", ubuntu) == ["sudo apt-get install cmake", "uv tool install cmake"]
    assert lines("ninja", fedora) == ["sudo dnf install ninja-build", "uv tool install ninja"]
    assert "conda install -c conda-forge gxx_linux-64" in lines("compiler", with_conda)
    assert lines("cuda-toolkit", ubuntu, "13.0") == ["sudo apt-get install cuda-toolkit-13-0"]
    assert any("winget install --id Kitware.CMake --exact" in each for each in lines("cmake", windows))
    assert any("Workload.VCTools --includeRecommended" in each for each in lines("compiler", windows))
    assert any("Nvidia.CUDA --exact --version 13.0" in each for each in lines("cuda-toolkit", windows, "13.0"))
    assert lines("vc-runtime", ubuntu) == []
    assert lines("nonsense", ubuntu) == []


def test_the_toolkit_that_the_driver_is_native_to() -> None:
    machine = Machine(os=UBUNTU, driver=Driver(version=known("580.95.05"), cuda=known("13.0")))
    assert prerequisites.toolkit_release(machine, ("12.0",), KNOWN) == "13.0"
    assert prerequisites.toolkit_release(machine, ("7.0",), KNOWN) == "12.9"
    assert prerequisites.toolkit_release(Machine(os=UBUNTU), ("12.0",), KNOWN) == ""


@pytest.mark.parametrize(
    ("driver", "tag", "told"),
    [
        (Known("580.95.05", "linux", "13.0"), "cu134", False),
        (Known("580.95.05", "linux", "13.0"), "cu128", True),
        (Known("580.95.05", "linux"), "cu128", True),
        (Known("560.28.03", "linux"), "cu128", False),
        (Known("", "linux"), "cu128", None),
        (Known("580.95.05", "linux"), "cu139", None),
    ],
)
def test_who_compiles_ptx(driver: Known, tag: str, told: bool | None) -> None:
    assert compiles_ptx(driver, tag, KNOWN) is told
