"""A tiny tree that real cmake builds in a second, and plans around it. The environment is a folder made by hand."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.model.builds import CmakeBuild, FetchTree, Origin
from envdoc.model.finding import Finding
from envdoc.model.plan import AdoptEnvironment, Plan, Prove, Step
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.model.value import replace

needs_cmake = pytest.mark.skipif(
    not (shutil.which("cmake") and shutil.which("cc")), reason="cmake and a C compiler are not there"
)
LISTS = """\
cmake_minimum_required(VERSION 3.14)
project(tiny C)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_executable(hello hello.c)
"""
CODE = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
FETCH = FetchTree(
    "tiny-source", "Get tiny", ".envdoc/build/tiny/source", Origin.ARCHIVE, "", "tiny", ("CMakeLists.txt", "hello.c")
)
BUILD = CmakeBuild(
    "tiny",
    "Build tiny",
    "tiny",
    FETCH.into,
    ("-DCMAKE_BUILD_TYPE=Release",),
    ("hello",),
    ("bin/*",),
    ("bin/hello",),
    "tiny",
    jobs=2,
)
PASSED = (ProofResult("import:site", "import", ProofStatus.PASSED),)


def source_tree(place: Path, code: str = CODE, lists: str = LISTS) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / "CMakeLists.txt").write_text(lists, encoding="utf-8")
    (place / "hello.c").write_text(code, encoding="utf-8")
    return place


def in_folder(tree: Path, **changes: Any) -> tuple[Step, ...]:
    """Steps that build a folder of the user's."""
    fetch = replace(FETCH, origin=Origin.FOLDER, place=str(tree))
    return fetch, replace(BUILD, source=str(tree), **changes)


def environment(root: Path, *, with_pip: bool = False) -> Path:
    """A real virtual environment with a file of the user's in it."""
    import venv

    venv.create(root, with_pip=with_pip, symlinks=os.name != "nt")
    (root / "notes.txt").write_text("mine", encoding="utf-8")
    return root


def install(
    root: Path, *steps: Step, host: Any = None, told: tuple[Finding, ...] = (), cache: str = ""
) -> InstallResult:
    plan = Plan(str(root), "", (AdoptEnvironment(str(root)), *steps, Prove(("import:site",))))
    options = Options(cache=cache)
    return installer.execute(
        plan,
        host or LocalHost(),
        options,
        on_event=lambda _: None,
        prove=lambda *_: PASSED,
        explain_log=lambda _: told,
    )


def codes(result: InstallResult) -> list[str]:
    return [finding.code for finding in result.findings]


def statuses(result: InstallResult) -> dict[str, str]:
    return {step.id: step.status.value for step in result.steps}


def seen(root: Path) -> dict[str, bytes | None]:
    """Everything in an environment but envdoc's own folder: what must not change when something fails."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
        if ".envdoc" not in path.parts and "__pycache__" not in path.parts
    }
