"""CUDA toolkits and build tools: all of them, at their true places, and what builds would guess."""

from __future__ import annotations

import json

import pytest
from probe_machines import h200, recorded

from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Tool, Toolkit, VisualStudio
from envdoc.probe import build, tool_versions, toolkits
from envdoc.probe.ask import Ask
from envdoc.probe.toolkit_version import parse_nvcc
from envdoc.probe.visual_studio import visual_studio

NEITHER = ("cublas", "stubs")  # what these recordings do not have
BIG = {"size": 30 << 20, "is_dir": False, "is_link": False, "mtime": 0.0}
NVCC = """nvcc: NVIDIA (R) Cuda compiler driver
Copyright (c) 2005-2025 NVIDIA Corporation
Cuda compilation tools, release 13.0, V13.0.88
Build cuda_13.0.r13.0/compiler.36424714_0
"""


def test_a_toolkit_reached_by_several_ways_is_one() -> None:
    told = toolkits.probe(h200(), "")
    expected = Toolkit(
        "/usr/local/cuda-13.0", "13.0.88", "/usr/local/cuda-13.0/bin/nvcc", ("PATH", "CUDA_HOME", "folder"), NEITHER
    )
    assert told.found == known((expected,), "folders and variables")
    assert told.torch_guess == known("/usr/local/cuda", "CUDA_HOME")
    assert told.cmake_guess == known("/usr/local/cuda/bin/nvcc", "PATH")


def test_a_wrapper_script_leads_to_the_true_place_and_torch_guesses_wrong() -> None:
    host = recorded(
        which={"nvcc": "/usr/local/bin/nvcc"},
        files={
            "/usr/local/bin/nvcc": '#!/bin/sh\nexec /usr/local/cuda-13.0/bin/nvcc "$@"\n',
            "/usr/local/cuda-13.0/bin/nvcc": "\x7fELF",
            "/usr/local/cuda-13.0/dist-info/nvidia_cuda_nvcc-13.0.88.dist-info/RECORD": "",
        },
        stats={"/usr/local/cuda-13.0/bin/nvcc": BIG},
    )
    told = toolkits.probe(host, "")
    expected = Toolkit(
        "/usr/local/cuda-13.0", "13.0.88", "/usr/local/cuda-13.0/bin/nvcc", ("PATH", "folder"), NEITHER
    )
    assert told.found.value == (expected,)
    assert told.torch_guess == known("/usr/local", "nvcc on PATH")
    assert told.cmake_guess == known("/usr/local/bin/nvcc", "PATH")


def test_no_toolkit() -> None:
    told = toolkits.probe(recorded(), "")
    assert told.found == missing(Why.ABSENT, "nvcc", "no toolkit found")
    assert told.torch_guess.why is Why.ABSENT
    assert told.cmake_guess.why is Why.ABSENT


def test_cuda_home_that_points_nowhere_is_torchs_guess_all_the_same() -> None:
    told = toolkits.probe(recorded(environ={"CUDA_HOME": "/nowhere"}), "")
    assert told.torch_guess == known("/nowhere", "CUDA_HOME")
    assert told.found.why is Why.ABSENT


@pytest.mark.parametrize("folder", ["nvidia/cuda_nvcc", "nvidia/cu13"])
def test_toolkits_of_wheels(folder: str) -> None:
    site = "/env/lib/python3.12/site-packages"
    host = recorded(
        files={
            f"{site}/{folder}/bin/nvcc": "\x7fELF",
            f"{site}/nvidia_cuda_nvcc_cu12-12.8.93.dist-info/RECORD": "",
            "/env/pyvenv.cfg": "version = 3.12.10\n",
        },
        stats={f"{site}/{folder}/bin/nvcc": BIG},
    )
    told = toolkits.probe(host, "/env").found.or_else(())
    assert told == (Toolkit(f"{site}/{folder}", "12.8.93", f"{site}/{folder}/bin/nvcc", ("pip",), NEITHER),)


def test_toolkits_of_windows_all_of_them() -> None:
    base = r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA"
    host = recorded(
        "windows",
        environ={"CUDA_PATH": base + r"\v12.8", "ProgramFiles": r"C:\Program Files"},
        files={
            base + r"\v11.8\bin\nvcc.exe": "MZ",
            base + r"\v11.8\version.json": '{"cuda_nvcc": {"version": "11.8.89"}}',
            base + r"\v12.8\bin\nvcc.exe": "MZ",
            base + r"\v12.8\version.json": '{"cuda_nvcc": {"version": "12.8.93"}}',
        },
        stats={base + rf"\v{each}\bin\nvcc.exe": BIG for each in ("11.8", "12.8")},
    )
    told = toolkits.probe(host, "")
    assert [(kit.release, kit.found) for kit in told.found.or_else(())] == [
        ("12.8", ("CUDA_PATH", "folder")),
        ("11.8", ("folder",)),
    ]
    assert told.torch_guess == known(base + r"\v12.8", "CUDA_PATH")
    assert told.cmake_guess == known(base + r"\v12.8\bin\nvcc.exe", "CUDA_PATH")


def test_versions_from_older_files_and_from_nvcc_itself() -> None:
    assert parse_nvcc(NVCC) == "13.0.88"
    files = {"/opt/cuda/bin/nvcc": "\x7fELF"}
    asked = recorded(files=files, stats={"/opt/cuda/bin/nvcc": BIG}, runs=[run("/opt/cuda/bin/nvcc", NVCC)])
    assert [kit.version for kit in toolkits.probe(asked, "").found.or_else(())] == ["13.0.88"]
    old = recorded(
        files={**files, "/opt/cuda/version.txt": "CUDA Version 10.2.89\n"}, stats={"/opt/cuda/bin/nvcc": BIG}
    )
    assert [kit.version for kit in toolkits.probe(old, "").found.or_else(())] == ["10.2.89"]


def run(program: str, stdout: str = "", stderr: str = "") -> dict[str, object]:
    return {"argv": [program, "--version"], "returncode": 0, "stdout": stdout, "stderr": stderr}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("gcc (Ubuntu 13.3.0-6ubuntu2~24.04.1) 13.3.0\nCopyright (C) 2023\n", "13.3.0"),
        ("cmake version 4.4.3\n\nCMake suite maintained\n", "4.4.3"),
        ("1.13.2.git.kitware.jobserver-pipe-1\n", "1.13.2"),
        ("git version 2.43.0\n", "2.43.0"),
        ("uv 0.11.15 (x86_64-unknown-linux-gnu)\n", "0.11.15"),
        ("Ubuntu clang version 18.1.3 (1ubuntu1)\n", "18.1.3"),
        ("Microsoft (R) C/C++ Optimizing Compiler Version 19.44.35211 for x64\nCopyright\n", "19.44.35211"),
        ("用于 x64 的 Microsoft (R) C/C++ 优化编译器 19.44.35211 版\n", "19.44.35211"),
        ("", ""),
        ("command not found\n", ""),
    ],
)
def test_versions_in_tools_own_words(text: str, version: str) -> None:
    assert tool_versions.parse(text) == version


def test_tools_with_versions_from_files_where_these_tell() -> None:
    host = recorded(
        which={name: f"/usr/bin/{name}" for name in ("gcc", "g++", "cmake", "ninja", "pip")},
        links={
            "/usr/bin/gcc": "/usr/bin/x86_64-linux-gnu-gcc-12",
            "/usr/bin/g++": "/usr/bin/x86_64-linux-gnu-g++-12",
        },
        files={"/usr/share/cmake-3.25/Modules/x.cmake": ""},
        runs=[run("/usr/bin/ninja", "1.11.1\n")],
    )
    told = build.probe(host, Ask(thorough=True))
    assert {name: fact.value for name, fact in told.tools.items() if fact.known} == {
        "gcc": Tool("/usr/bin/gcc", "12"),
        "g++": Tool("/usr/bin/g++", "12"),
        "cmake": Tool("/usr/bin/cmake", "3.25"),
        "ninja": Tool("/usr/bin/ninja", "1.11.1"),
        "pip": Tool("/usr/bin/pip", ""),
    }
    assert told.tools["git"] == missing(Why.ABSENT, "PATH")
    assert told.host_compiler.value == Tool("/usr/bin/g++", "12")
    assert told.visual_studio.why is Why.UNSUPPORTED


def test_the_host_compiler_is_the_one_that_is_named() -> None:
    host = recorded(
        environ={"CUDAHOSTCXX": "/opt/gcc/bin/g++", "CXX": "clang++"},
        which={"clang++": "/usr/bin/clang++", "g++": "/usr/bin/g++"},
        files={"/opt/gcc/bin/g++": "\x7fELF"},
        runs=[run("/opt/gcc/bin/g++", "g++ (GCC) 15.1.0\n")],
    )
    assert build.probe(host, Ask()).host_compiler.value == Tool("/opt/gcc/bin/g++", "15.1.0")


def test_redhat_keeps_gccs_version_as_a_folder() -> None:
    host = recorded(files={"/usr/bin/gcc": "\x7fELF", "/usr/lib/gcc/x86_64-redhat-linux/11/include/stddef.h": ""})
    assert tool_versions.version_of(host, "/usr/bin/gcc") == "11"


STUDIO = r"C:\Program Files (x86)\Microsoft Visual Studio\2022\BuildTools"
VSWHERE = r"C:\Program Files (x86)\Microsoft Visual Studio\Installer\vswhere.exe"


def vswhere(stdout: str) -> dict[str, object]:
    argv = [VSWHERE, "-products", "*", "-prerelease", "-format", "json", "-utf8"]
    return {"argv": argv, "returncode": 0, "stdout": stdout}


def test_visual_studio() -> None:
    entry = {
        "installationPath": STUDIO,
        "installationVersion": "17.14.36401.2",
        "displayName": "Visual Studio 生成工具 2022",
    }
    custom = STUDIO + r"\MSBuild\Microsoft\VC\v170\BuildCustomizations\CUDA 12.8.props"
    host = recorded(
        "windows",
        files={
            VSWHERE: "MZ",
            STUDIO + r"\VC\Auxiliary\Build\Microsoft.VCToolsVersion.default.txt": "14.44.35207\r\n",
            custom: "",
        },
        runs=[vswhere(json.dumps([entry]))],
    )
    told = VisualStudio(STUDIO, "17.14.36401.2", "Visual Studio 生成工具 2022", "14.44.35207", True)
    assert visual_studio(host) == known((told,), "vswhere")


@pytest.mark.parametrize(("stdout", "why"), [("[]", Why.ABSENT), ("Error", Why.FAILED)])
def test_visual_studio_that_is_not_there(stdout: str, why: Why) -> None:
    assert visual_studio(recorded("windows", files={VSWHERE: "MZ"}, runs=[vswhere(stdout)])).why is why
    assert visual_studio(recorded("windows")).why is Why.ABSENT


def test_a_check_starts_no_tool_whose_version_decides_nothing() -> None:
    host = recorded(which={"ninja": "/usr/bin/ninja"}, runs=[run("/usr/bin/ninja", "1.11.1\n")])
    assert build.probe(host, Ask()).tools["ninja"].value == Tool("/usr/bin/ninja", "")
