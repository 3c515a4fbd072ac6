"""Builds by real cmake of a tiny tree: made, kept, made anew where something changed; and every way to fail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from build_kit import (
    BUILD,
    CODE,
    LISTS,
    codes,
    environment,
    in_folder,
    install,
    needs_cmake,
    seen,
    source_tree,
    statuses,
)

from envdoc import installer
from envdoc.host.base import Usage
from envdoc.host.local import LocalHost
from envdoc.installer.building import telling, tree_key
from envdoc.model.builds import CmakeBuild, TakeAway
from envdoc.model.facts import known
from envdoc.model.value import replace

pytestmark = needs_cmake
PROGRAM = "hello.exe" if os.name == "nt" else "hello"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return environment(tmp_path / "env")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return source_tree(tmp_path / "tiny sources")


def said(env: Path) -> str:
    return subprocess.run([env / "tiny" / "bin" / PROGRAM], capture_output=True, text=True, check=True).stdout


def test_it_is_built_put_in_place_and_then_left_alone(env: Path, tree: Path) -> None:
    first = install(env, *in_folder(tree))
    assert (first.usable, codes(first), said(env)) == (True, [], "hello\n")
    log = env / ".envdoc" / "logs" / "tiny.log"
    written = log.read_text(encoding="utf-8")
    assert set(statuses(install(env, *in_folder(tree))).values()) == {"unchanged"}
    assert log.read_text(encoding="utf-8") == written  # no cmake was started
    assert sorted(seen(env)) == sorted({*seen(env), "tiny", "tiny/bin", f"tiny/bin/{PROGRAM}", "notes.txt"})


def test_a_changed_source_and_a_changed_flag_build_anew(env: Path, tree: Path) -> None:
    install(env, *in_folder(tree))
    (tree / "hello.c").write_text(CODE.replace('"hello"', '"hi"'), encoding="utf-8")
    assert statuses(install(env, *in_folder(tree)))["tiny"] == "done"
    assert said(env) == "hi\n"
    assert statuses(install(env, *in_folder(tree, flags=("-DCMAKE_BUILD_TYPE=Debug",))))["tiny"] == "done"


def test_a_product_that_somebody_changed_is_made_anew(env: Path, tree: Path) -> None:
    install(env, *in_folder(tree))
    (env / "tiny" / "bin" / PROGRAM).write_bytes(b"gone")
    assert statuses(install(env, *in_folder(tree)))["tiny"] == "done"
    assert said(env) == "hello\n"


def broken_code(tree: Path) -> CmakeBuild:
    source_tree(tree, "int main(void) { return nothing_of_the_kind; }\n")
    return BUILD


def broken_lists(tree: Path) -> CmakeBuild:
    source_tree(tree, lists=LISTS + 'message(FATAL_ERROR "No CUDA toolset found.")\n')
    return BUILD


def nothing_made(tree: Path) -> CmakeBuild:
    source_tree(tree)
    return replace(BUILD, makes=("bin/llama-bench",))


def unknown_target(tree: Path) -> CmakeBuild:
    source_tree(tree)
    return replace(BUILD, targets=("llama-bench",))


@pytest.mark.parametrize(
    ("breaks", "line"),
    [
        (broken_code, "nothing_of_the_kind"),
        (broken_lists, "No CUDA toolset found."),
        (nothing_made, "did not make bin/llama-bench"),
        (unknown_target, "llama-bench"),
    ],
)
def test_a_build_that_fails_leaves_what_was_there(
    env: Path, tree: Path, breaks: Callable[[Path], CmakeBuild], line: str
) -> None:
    install(env, *in_folder(tree))
    before = seen(env)
    build = replace(breaks(tree), source=str(tree))
    result = install(env, *in_folder(tree)[:1], build)
    (found,) = result.findings
    assert (result.usable, found.code, seen(env) == before) == (False, "build-failed", True)
    assert any(line in each for each in found.evidence), found.evidence


def test_a_compiler_that_dies(env: Path, tree: Path, tmp_path: Path) -> None:
    """As the kernel does to one when memory runs out."""
    dying = tmp_path / "dying-cc"
    dying.write_text('#!/bin/sh\ncase "$*" in *hello.c*) kill -9 $$;; esac\nexec cc "$@"\n', encoding="utf-8")
    dying.chmod(0o755)
    before = seen(env)
    result = install(env, *in_folder(tree, flags=(f"-DCMAKE_C_COMPILER={dying}",)))
    assert (codes(result), seen(env) == before) == (["build-failed"], True)
    assert any("Killed" in each for each in result.findings[0].evidence)
    assert install(env, *in_folder(tree)).usable  # with another compiler the same folder serves


class FullDisk(LocalHost):
    def disk(self, path: str) -> Any:
        return known(Usage(10, 1000))


def test_no_room_is_said_before_anything_is_done(env: Path, tree: Path) -> None:
    from envdoc.errors import EnvdocError

    before = seen(env)
    with pytest.raises(EnvdocError) as caught:
        install(env, *in_folder(tree, disk_mib=500), host=FullDisk())
    assert (caught.value.code, seen(env) == before) == ("disk-full", True)


class NoCmake(LocalHost):
    def which(self, name: str) -> str | None:
        return None if name == "cmake" else super().which(name)


def test_without_cmake_nothing_is_tried(env: Path, tree: Path) -> None:
    assert codes(install(env, *in_folder(tree), host=NoCmake())) == ["cmake-missing"]


def test_a_folder_that_is_something_else(env: Path, tree: Path) -> None:
    (tree / "hello.c").unlink()
    result = install(env, *in_folder(tree))
    (found,) = result.findings
    assert (found.code, found.evidence) == ("source-tree-wrong", ("it has no hello.c",))


def test_it_is_taken_away_cleanly_and_by_rollback(env: Path, tree: Path) -> None:
    before = seen(env)
    install(env, *in_folder(tree))
    gone = install(env, TakeAway("take-away-tiny", "Take tiny away", "tiny", (), ("tiny", ".envdoc/build/tiny")))
    assert (gone.usable, seen(env) == before, (env / ".envdoc/build/tiny").exists()) == (True, True, False)
    install(env, *in_folder(tree))
    installer.rollback(LocalHost(), str(env))
    assert seen(env) == before


def test_the_lines_that_tell() -> None:
    log = "\n".join(
        [
            "-- The C compiler identification is GNU 15.3.0",
            "[1/9] Building CUDA object a.cu.o",
            "nvcc fatal   : Unsupported gpu architecture 'compute_120'",
            "[2/9] Building C object ggml-error.c.o",
            "ninja: build stopped: subcommand failed.",
        ]
    )
    assert telling(log)[0] == "nvcc fatal   : Unsupported gpu architecture 'compute_120'"
    assert telling("one\ntwo\n") == ("one", "two")


def test_a_tree_is_known_by_its_files(tree: Path) -> None:
    first = tree_key(tree)
    (tree / ".git").mkdir()
    (tree / ".git" / "index").write_bytes(b"changes when it is looked at")
    assert tree_key(tree) == first
    (tree / "new.c").write_text("", encoding="utf-8")
    assert (tree_key(tree) != first, tree_key(tree / "nowhere")) == (True, "")
