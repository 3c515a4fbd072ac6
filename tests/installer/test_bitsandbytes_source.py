"""bitsandbytes from a tree of the user's, by the component's own steps: its library comes to lie where it is loaded
from. The tree is made up and in C; cmake, the engine and the import are real."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from build_kit import codes, environment, install, needs_cmake, seen, statuses

from envdoc.components.base import Context
from envdoc.components.bitsandbytes import candidates
from envdoc.knowledge.tables import load
from envdoc.model.machine import System, Tool, Toolkit
from envdoc.model.plan import Step
from envdoc.rules.builder import Builder

pytestmark = [needs_cmake, pytest.mark.skipif(os.name == "nt", reason="the made-up tree is for gcc")]
LISTS = """\
cmake_minimum_required(VERSION 3.14)
project(bitsandbytes C)
add_library(bitsandbytes SHARED csrc/ops.c)
set_target_properties(bitsandbytes PROPERTIES OUTPUT_NAME bitsandbytes_cuda130
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_SOURCE_DIR}/bitsandbytes)
target_compile_definitions(bitsandbytes PRIVATE CAPABILITY=${COMPUTE_CAPABILITY})
"""
INIT = """\
import ctypes, pathlib
lib = ctypes.CDLL(str(pathlib.Path(__file__).with_name("libbitsandbytes_cuda130.so")))
"""
BACKEND = """\
import os, pathlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    assert os.environ["BNB_SKIP_CMAKE"] == "1"
    name, info = "bitsandbytes-0.50.2-py3-none-any.whl", "bitsandbytes-0.50.2.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as out:
        for path in pathlib.Path("bitsandbytes").iterdir():
            out.write(path)
        out.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: bitsandbytes\\nVersion: 0.50.2\\n")
        out.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        out.writestr(f"{info}/RECORD", "")
    return name
"""
FILES = {
    "CMakeLists.txt": LISTS,
    "csrc/ops.c": "int capability(void) { return CAPABILITY; }\n",
    "csrc/ops.cu": "",
    "bitsandbytes/__init__.py": INIT,
    "backend.py": BACKEND,
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
}


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [each for each in os.environ if each.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    return environment(tmp_path / "an env")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "bnb" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "bnb"


def steps(tree: Path, gpu: str = "9.0") -> tuple[Step, ...]:
    toolkit = Toolkit(str(tree.parent / "cuda"), "13.0.88", str(tree.parent / "cuda/bin/nvcc"), ("PATH",))
    bench = Builder(System.LINUX, (toolkit,), Tool("/usr/bin/g++", "12.2.0"), frozenset({"cmake"}), cores=2)
    context = Context(
        System.LINUX, "x86_64", "3.12", "2.11.0", "cu130", (gpu,), load(), builder=bench,
        places={"bitsandbytes": str(tree)},
    )  # fmt: skip
    (way,) = candidates(context)
    assert way.reasons == ()
    return way.steps


def capability(env: Path) -> str:
    code = "import bitsandbytes; print(bitsandbytes.lib.capability())"
    return subprocess.run([env / "bin/python", "-c", code], capture_output=True, text=True, check=True).stdout


def test_the_library_is_loaded_from_the_package(env: Path, tree: Path) -> None:
    assert install(env, *steps(tree), cache=str(env.parent / "cache")).usable
    assert capability(env) == "90\n"
    assert sorted(path.name for path in (tree / "bitsandbytes").iterdir()) == ["__init__.py"]  # the user's stays


def test_another_gpu_is_built_and_installed_anew(env: Path, tree: Path) -> None:
    cache = str(env.parent / "cache")
    assert install(env, *steps(tree), cache=cache).usable
    assert set(statuses(install(env, *steps(tree), cache=cache)).values()) == {"unchanged"}
    assert install(env, *steps(tree, "12.0"), cache=cache).usable
    assert capability(env) == "120\n"


def test_a_library_that_does_not_compile_leaves_the_environment(env: Path, tree: Path) -> None:
    (tree / "csrc/ops.c").write_text("int capability(void) { return nothing_of_the_kind; }\n", encoding="utf-8")
    before = seen(env)
    result = install(env, *steps(tree), cache=str(env.parent / "cache"))
    assert (codes(result), seen(env) == before) == (["build-failed"], True)
