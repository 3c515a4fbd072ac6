"""libcuda asked in a child: with no library, with a stand-in, and what a child may say or not say."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from envdoc.host import cuda_init
from envdoc.host.base import Completed
from envdoc.host.local import LocalHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import CudaDevice, CudaInit

LIBRARY = r"""
#include <string.h>
#include <unistd.h>
int cuInit(unsigned flags) { return RESULT; }
int cuDriverGetVersion(int *version) { *version = 12080; return 0; }
int cuGetErrorName(int result, const char **name) {
    *name = result == 0 ? "CUDA_SUCCESS" : result == 803 ? "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" : 0;
    return *name ? 0 : 1; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int index) { *device = index; return 0; }
int cuDeviceGetName(char *name, int size, int device) { strcpy(name, "NVIDIA H200"); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? 9 : 0; return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 150000000000; return 0; }
"""
HANG = "0; } __attribute__((constructor)) void go(void) { for (;;) sleep(1);"
needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="no gcc")


def _library(folder: Path, result: str) -> Path:
    (folder / "cuda.c").write_text(LIBRARY.replace("RESULT", result), encoding="utf-8")
    path = folder / "libcuda.so.1"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(path), str(folder / "cuda.c")], check=True)
    return path


@needs_gcc
@pytest.mark.parametrize(
    ("result", "name", "devices"),
    [
        ("0", "CUDA_SUCCESS", (CudaDevice("NVIDIA H200", "9.0", 143051),)),
        ("803", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", ()),
        ("777", "CUDA_ERROR_777", ()),
    ],
)
def test_a_library(tmp_path: Path, result: str, name: str, devices: tuple[CudaDevice, ...]) -> None:
    path = _library(tmp_path, result)
    done = LocalHost().run(cuda_init.argv(sys.executable), timeout=20, env={"LD_LIBRARY_PATH": str(tmp_path)})
    assert cuda_init.parse(done) == known(CudaInit(int(result), name, str(path), "12.8", devices), "libcuda")


@needs_gcc
def test_a_library_that_hangs_and_one_that_crashes(tmp_path: Path) -> None:
    env = {"LD_LIBRARY_PATH": str(tmp_path)}
    _library(
        tmp_path, "0; } void hang(void) { for (;;) sleep(1); } __attribute__((constructor)) void go(void) { hang();"
    )
    hung = LocalHost().run(cuda_init.argv(sys.executable), timeout=1, env=env)
    assert cuda_init.parse(hung) == missing(Why.TIMED_OUT, "libcuda", "killed after 1 s")
    _library(tmp_path, "*(volatile int *)0")
    crashed = LocalHost().run(cuda_init.argv(sys.executable), timeout=20, env=env)
    assert cuda_init.parse(crashed) == missing(Why.FAILED, "libcuda", "the child ended with -11", "died")


# The first 52 bytes of a 32-bit program for i386: what the loader reads before it refuses.
ELF32 = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x03\x00\x03\x00\x01\x00\x00\x00" + bytes(28)


def _unloadable(folder: Path, kind: str) -> None:
    """A file that stands where libcuda is looked for first, and is none."""
    path = folder / "libcuda.so.1"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "32-bit":
        path.write_bytes(ELF32 + bytes(4096))
    elif kind == "text":
        path.write_text("INPUT(/usr/lib/libcuda.so)\n", encoding="utf-8")
    else:
        source = folder / "other.c"
        source.write_text("int other(void) { return 1; }\n", encoding="utf-8")
        there = folder / "libcudadep.so.9"
        build = ["gcc", "-shared", "-fPIC", "-Wl,--no-as-needed"]
        subprocess.run([*build, f"-Wl,-soname,{there.name}", "-o", str(there), str(source)], check=True)
        needed = [str(there)] if kind == "missing dependency" else []
        subprocess.run([*build, "-o", str(path), str(source), *needed], check=True)
        there.unlink()


@needs_gcc
@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("empty", "not-loadable", "file too short"),
        ("text", "not-loadable", "file too short"),
        ("32-bit", "not-loadable", "wrong ELF class"),
        ("missing dependency", "not-loadable", "libcudadep.so.9: cannot open shared object file"),
        ("no cuInit", "no-cuinit", "libcuda.so.1 has no cuInit"),
    ],
)
def test_a_library_that_is_there_and_cannot_be_used(tmp_path: Path, kind: str, code: str, words: str) -> None:
    _unloadable(tmp_path, kind)
    fact = cuda_init.parse(
        LocalHost().run(cuda_init.argv(sys.executable), timeout=20, env={"LD_LIBRARY_PATH": str(tmp_path)})
    )
    assert (fact.why, fact.code) == (Why.FAILED, code), fact.detail
    assert words in fact.detail


@pytest.mark.skipif(sys.platform != "linux", reason="Linux")
def test_no_library(tmp_path: Path) -> None:
    hidden = cuda_init.SCRIPT.replace('"libcuda.so.1"', '"libcuda-none.so.1"').replace("/usr/lib/wsl", "/none")
    done = LocalHost().run([sys.executable, "-I", "-S", "-c", hidden], timeout=20)
    fact = cuda_init.parse(done)
    assert (fact.why, fact.detail.partition(":")[0]) == (Why.ABSENT, "libcuda-none.so.1")


@pytest.mark.parametrize(
    ("done", "fact"),
    [
        (Completed((), None, why=Why.TIMED_OUT, detail="killed"), missing(Why.TIMED_OUT, "libcuda", "killed")),
        (
            Completed((), 1, stderr="a\nMemoryError\n"),
            missing(Why.FAILED, "libcuda", "the child ended with 1: MemoryError", "died"),
        ),
        (Completed((), 0, stdout="[]"), missing(Why.FAILED, "libcuda", "the child ended with 0", "died")),
        *(
            (
                Completed((), 0, stdout=json.dumps({"result": None, "detail": "the loader's words", "code": code})),
                missing(why, "libcuda", "the loader's words", code),
            )
            for code, why in (("absent", Why.ABSENT), ("not-loadable", Why.FAILED), ("no-cuinit", Why.FAILED))
        ),
    ],
)
def test_what_a_child_may_say(done: Completed, fact: object) -> None:
    assert cuda_init.parse(done) == fact


def test_the_script_is_plain_and_old_enough() -> None:
    compile(textwrap.dedent(cuda_init.SCRIPT), "script", "exec", dont_inherit=True)
    assert cuda_init.argv("python") == ["python", "-I", "-S", "-c", cuda_init.SCRIPT]


@pytest.mark.gpu
def test_a_real_gpu() -> None:
    fact = cuda_init.parse(LocalHost().run(cuda_init.argv(sys.executable), timeout=60))
    assert fact.value is not None
    assert (fact.value.result, fact.value.name) == (0, "CUDA_SUCCESS")
    assert fact.value.devices[0].memory_total_mib > 0
