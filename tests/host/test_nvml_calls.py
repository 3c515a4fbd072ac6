"""NVML's answers and refusals, each by its name; and libraries that are missing, old, broken or hung."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_nvml import FakeLibrary, fails, healthy, numbers, text

from envdoc.host import nvml
from envdoc.host.nvml import LocalNvml, library_candidates, load_library
from envdoc.host.nvml_calls import ERRORS, NvmlError
from envdoc.model.facts import Fact, Why, known, missing


def asked(library: Any = None, **changes: Callable[..., int] | None) -> LocalNvml:
    library = library or healthy(**changes)
    return LocalNvml(lambda: library)


def test_a_healthy_card() -> None:
    door = asked()
    assert door.init() == known("13.581.29", "nvml")
    assert door.count() == known(1, "nvml")
    assert door.system("DriverVersion") == known("581.29", "nvml")
    assert door.system("CudaDriverVersion") == known(13000, "nvml")
    told = {
        name: door.device(0, name, *args).value
        for name, *args in [
            ("Name",),
            ("CudaComputeCapability",),
            ("MemoryInfo",),
            ("DriverModel",),
            ("Temperature", 0),
            ("RemappedRows",),
            ("ComputeRunningProcesses",),
            ("GraphicsRunningProcesses",),
        ]
    }
    assert told == {
        "Name": "NVIDIA GeForce RTX 5090",
        "CudaComputeCapability": [12, 0],
        "MemoryInfo": {"total": 34190917632, "free": 33000000000, "used": 1190917632},
        "DriverModel": [0, 0],
        "Temperature": 41,
        "RemappedRows": [0, 0, 1, 0],
        "ComputeRunningProcesses": [
            {"pid": 4242, "usedGpuMemory": None, "gpuInstanceId": 0, "computeInstanceId": 0},
            {"pid": 7, "usedGpuMemory": 1 << 20, "gpuInstanceId": 0, "computeInstanceId": 0},
        ],
        "GraphicsRunningProcesses": [],
    }
    pci = door.device(0, "PciInfo").value
    assert (pci["busIdLegacy"], pci["bus"], pci["pciDeviceId"], pci["busId"]) == ("0000:01:00.0", 1, 0x2B8510DE, "")


def test_it_is_initialised_once() -> None:
    library = healthy()
    door = LocalNvml(lambda: library)
    for _ in range(3):
        door.init()
        door.device(0, "Name")
    assert library.calls.count("nvmlInit_v2") == 1
    assert library.calls.count("nvmlDeviceGetHandleByIndex_v2") == 1


KINDS = {
    "NOT_SUPPORTED": Why.UNSUPPORTED,
    "NO_PERMISSION": Why.DENIED,
    "TIMEOUT": Why.TIMED_OUT,
    "LIBRARY_NOT_FOUND": Why.ABSENT,
    "FUNCTION_NOT_FOUND": Why.UNSUPPORTED,
    "ARGUMENT_VERSION_MISMATCH": Why.UNSUPPORTED,
}


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, name in ERRORS.items() if code])
def test_every_error_has_its_name_and_reason(code: int, name: str) -> None:
    why = KINDS.get(name.removeprefix("ERROR_"), Why.FAILED)
    fact: Fact[Any] = missing(why, "nvml", f"NVML_{name}", f"NVML_{name}")
    assert asked(nvmlDeviceGetName=fails(code)).device(0, "Name") == fact
    assert asked(nvmlInit_v2=fails(code)).init() == fact


def test_errors_beyond_the_table() -> None:
    assert str(NvmlError(999)) == "NVML_ERROR_UNKNOWN"
    assert str(NvmlError(77)) == "NVML_ERROR_77"


def test_a_driver_that_does_not_fit_its_library() -> None:
    door = asked(nvmlInit_v2=fails(18), nvmlSystemGetDriverVersion=fails(1))
    mismatch: Fact[Any] = missing(
        Why.FAILED, "nvml", "NVML_ERROR_LIB_RM_VERSION_MISMATCH", "NVML_ERROR_LIB_RM_VERSION_MISMATCH"
    )
    assert door.init() == mismatch
    assert door.count() == mismatch
    assert door.device(0, "Name") == mismatch
    assert door.system("DriverVersion") == mismatch, "not: uninitialised"
    assert door.system("NVMLVersion") == known("13.581.29", "nvml"), "the library knows its own version all the same"


def test_older_versions_of_a_function_are_tried() -> None:
    old = asked(nvmlSystemGetCudaDriverVersion_v2=None, nvmlSystemGetCudaDriverVersion=numbers(11040))
    assert old.system("CudaDriverVersion").value == 11040
    refused = asked(nvmlDeviceGetDriverModel_v2=fails(13), nvmlDeviceGetDriverModel=numbers(1, 1))
    assert refused.device(0, "DriverModel").value == [1, 1]
    first = FakeLibrary(nvmlInit=fails(0), nvmlSystemGetNVMLVersion=text("7.352"), nvmlDeviceGetCount=numbers(2))
    assert asked(first).count().value == 2


def test_a_function_that_this_driver_lacks() -> None:
    door = asked(nvmlDeviceGetRemappedRows=None)
    assert door.device(0, "RemappedRows") == missing(
        Why.UNSUPPORTED, "nvml", "NVML_ERROR_FUNCTION_NOT_FOUND", "NVML_ERROR_FUNCTION_NOT_FOUND"
    )


def test_a_gpu_that_is_not_there_or_lost() -> None:
    assert asked().device(1, "Name") == missing(
        Why.FAILED, "nvml", "NVML_ERROR_INVALID_ARGUMENT", "NVML_ERROR_INVALID_ARGUMENT"
    )
    lost = asked(nvmlDeviceGetHandleByIndex_v2=fails(15))
    assert lost.device(0, "Name") == missing(Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST")


def test_after_a_call_that_hangs_nothing_waits_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "CALL_TIMEOUT", 0.1)
    released = threading.Event()
    door = asked(nvmlDeviceGetName=lambda *_: 0 if released.wait(10) else 1)
    assert door.count() == known(1, "nvml")
    assert door.device(0, "Name") == missing(Why.TIMED_OUT, "nvml", "no answer in 0.1 s")
    start = time.monotonic()
    assert door.device(0, "Temperature", 0) == missing(Why.TIMED_OUT, "nvml", "an earlier call did not come back")
    assert time.monotonic() - start < 0.05
    released.set()


def test_a_start_that_hangs_costs_its_time_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "INIT_TIMEOUT", 0.1)
    released = threading.Event()
    door = asked(nvmlInit_v2=lambda: 0 if released.wait(10) else 1)
    hung: Fact[Any] = missing(Why.TIMED_OUT, "nvml", "no answer in 0.1 s")
    assert [door.init(), door.count(), door.device(0, "Name")] == [hung, hung, hung]
    assert door.system("DriverVersion").why is Why.TIMED_OUT
    released.set()


def test_a_missing_library_and_a_broken_one() -> None:
    def load(path: str) -> Any:
        raise OSError(f"{path}: cannot open shared object file: No such file or directory")

    def load_wrong(path: str) -> Any:
        raise OSError(f"{path}: wrong ELF class: ELFCLASS32")

    assert LocalNvml(lambda: load_library(("a", "b"), load)).init() == missing(
        Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND"
    )
    broken = LocalNvml(lambda: load_library(("a", "b"), load_wrong)).init()
    assert broken == missing(Why.FAILED, "nvml", "a: wrong ELF class: ELFCLASS32", "not-loadable")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("libnvidia-ml.so.1: cannot open shared object file: No such file or directory", Why.ABSENT),
        ("Error loading shared library libnvidia-ml.so.1: No such file or directory", Why.ABSENT),
        ("libdep.so.2: cannot open shared object file: No such file or directory", Why.FAILED),
        ("libnvidia-ml.so.1: file too short", Why.FAILED),
    ],
)
def test_what_the_loader_says(error: str, why: Why) -> None:
    def load(path: str) -> Any:
        raise OSError(error)

    assert LocalNvml(lambda: load_library(("libnvidia-ml.so.1",), load)).init().why is why


def test_a_broken_library_does_not_hide_a_good_one() -> None:
    library = healthy()

    def load(path: str) -> Any:
        if path == "first":
            raise OSError("first: wrong ELF class: ELFCLASS32")
        return library

    assert load_library(("first", "second"), load) is library


def test_where_the_library_is_looked_for() -> None:
    assert library_candidates("linux", {})[:2] == ("libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1")
    assert library_candidates("darwin", {}) == ()
    assert library_candidates("win32", {"SYSTEMROOT": r"D:\Win", "PROGRAMFILES": r"D:\Prog"}) == (
        r"D:\Win\System32\nvml.dll",
        r"D:\Prog\NVIDIA Corporation\NVSMI\nvml.dll",
    )


class _FakePynvmlError(Exception):
    def __init__(self, value: int) -> None:
        self.value = value


def _fake_pynvml(**functions: Any) -> types.ModuleType:
    module = types.ModuleType("pynvml")
    module.NVMLError = _FakePynvmlError  # type: ignore[attr-defined]
    for name, function in functions.items():
        setattr(module, name, function)
    return module


def test_functions_outside_the_table_go_through_nvidia_ml_py(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(handle: str) -> int:
        raise _FakePynvmlError(15)

    class Friendly:
        def __init__(self) -> None:
            self.gpu, self.name = 7, b"x"

    module = _fake_pynvml(
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda index: f"handle {index}",
        nvmlDeviceGetUtilizationRates=lambda handle: Friendly(),
        nvmlDeviceGetBoardId=lost,
        nvmlSystemGetProcessName=lambda: (b"a", 1),
    )
    monkeypatch.setitem(sys.modules, "pynvml", module)
    door = asked()
    assert door.device(0, "UtilizationRates") == known({"gpu": 7, "name": "x"}, "nvml")
    assert door.device(0, "BoardId") == missing(
        Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST"
    )
    assert door.device(0, "NoSuchThing") == missing(
        Why.UNSUPPORTED, "nvml", "NVML_ERROR_FUNCTION_NOT_FOUND", "NVML_ERROR_FUNCTION_NOT_FOUND"
    )
    assert door.system("ProcessName") == known(["a", 1], "nvml")


def test_another_module_named_pynvml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", types.ModuleType("pynvml"))
    fact = asked().device(0, "UtilizationRates")
    assert fact.why is Why.FAILED
    assert "not nvidia-ml-py's" in fact.detail
    assert asked().device(0, "Name").known, "what the table holds does not need it"


C_LIBRARY = r"""
#include <string.h>
#include <stdio.h>
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned pid; unsigned long long used; unsigned gpu, compute; } Process;
#define HANDLE ((void *)0x7f00deadbeef0000)
int nvmlInit_v2(void) { return 0; }
int nvmlSystemGetNVMLVersion(char *text, unsigned size) { snprintf(text, size, "13.580.159.04"); return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 8; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) { *handle = HANDLE; return index < 8 ? 0 : 2; }
int nvmlDeviceGetName(void *handle, char *text, unsigned size) {
    if (handle != HANDLE) return 2;
    snprintf(text, size, "NVIDIA H200"); return size == 96 ? 0 : 7; }
int nvmlDeviceGetMemoryInfo(void *handle, Memory *memory) {
    memory->total = 150754820096ULL; memory->free = 150000000000ULL; memory->used = 754820096ULL; return 0; }
int nvmlDeviceGetTotalEccErrors(void *handle, int kind, int counter, unsigned long long *count) {
    *count = 1ULL << 40 | kind << 4 | counter; return 0; }
int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned *count, Process *list) {
    if (!list) { *count = 2; return 7; }
    for (unsigned n = 0; n < 2; n++) { list[n].pid = 100 + n; list[n].used = 5ULL << 30; list[n].gpu = 0xFFFFFFFF; }
    *count = 2; return 0; }
"""


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="no gcc")
def test_through_a_real_c_library(tmp_path: Path) -> None:
    source, path = tmp_path / "nvml.c", tmp_path / "libnvidia-ml.so.1"
    source.write_text(C_LIBRARY, encoding="utf-8")
    subprocess.run(["gcc", "-w", "-shared", "-fPIC", "-o", str(path), str(source)], check=True)
    door = LocalNvml(lambda: ctypes.CDLL(str(path)))
    assert (door.init().value, door.count().value) == ("13.580.159.04", 8)
    assert door.device(7, "Name").value == "NVIDIA H200"
    assert door.device(8, "Name").detail == "NVML_ERROR_INVALID_ARGUMENT"
    memory = {"total": 150754820096, "free": 150000000000, "used": 754820096}
    assert door.device(0, "MemoryInfo").value == memory
    assert door.device(0, "TotalEccErrors", 1, 0).value == (1 << 40) + 16
    assert [(each["pid"], each["usedGpuMemory"]) for each in door.device(0, "ComputeRunningProcesses").value] == [
        (100, 5 << 30),
        (101, 5 << 30),
    ]
    assert door.device(0, "UUID").detail == "NVML_ERROR_FUNCTION_NOT_FOUND"
