"""Our table of NVML's functions against nvidia-ml-py, which is generated from NVIDIA's own header."""

from __future__ import annotations

import ctypes
import inspect

import pynvml
import pytest

from envdoc.host import nvml_calls
from envdoc.host.nvml_calls import DEVICE, SYSTEM, Call, Many, Text

STRUCTS = [
    (nvml_calls.Memory, pynvml.c_nvmlMemory_t),
    (nvml_calls.Memory2, pynvml.c_nvmlMemory_v2_t),
    (nvml_calls.PciInfo, pynvml.nvmlPciInfo_t),
    (nvml_calls.ProcessInfo, pynvml.c_nvmlProcessInfo_v3_t),
]
CALLS = [(f"nvmlDeviceGet{name}", call) for name, call in DEVICE.items() if name != "MemoryInfo_v2"]
CALLS += [(f"nvmlSystemGet{name}", call) for name, call in SYSTEM.items()]


@pytest.mark.parametrize(("ours", "theirs"), STRUCTS)
def test_structs_have_the_same_layout(ours: type[ctypes.Structure], theirs: type[ctypes.Structure]) -> None:
    def layout(kind: type[ctypes.Structure]) -> list[tuple[str, int, int]]:
        return [(name, getattr(kind, name).offset, getattr(kind, name).size) for name, *_ in kind._fields_]

    assert layout(ours) == layout(theirs)
    assert ctypes.sizeof(ours) == ctypes.sizeof(theirs)


def test_errors_have_the_same_names() -> None:
    theirs = {
        value: name.removeprefix("NVML_") for name, value in vars(pynvml).items() if name.startswith("NVML_ERROR_")
    }
    theirs.pop(999)
    assert {code: name for code, name in nvml_calls.ERRORS.items() if code} == theirs


@pytest.mark.parametrize(("function", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_calls_pass_what_nvidia_passes(function: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both call a C function that only writes down what kinds of arguments it was given."""
    given: dict[str, list[tuple[str, ...]]] = {"ours": [], "theirs": []}

    def spy(side: str):  # type: ignore[no-untyped-def]
        def c_function(*args: object) -> int:
            given[side].append(tuple(map(_shape, args)))
            return 0

        return c_function

    symbols: list[str] = []
    monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer", lambda name: symbols.append(name) or spy("theirs"))
    parameters = len(inspect.signature(getattr(pynvml, function)).parameters)
    extra = (0,) * (0 if function.startswith("nvmlSystem") else _numbers(function))
    lead = () if function.startswith("nvmlSystem") else (ctypes.c_void_p(1),)
    assert parameters >= len(lead) + len(extra)
    getattr(pynvml, function)(*lead, *extra)

    class Library:
        def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
            return spy("ours")

    nvml_calls.invoke(Library(), call, lead, extra)
    assert given["ours"] == given["theirs"]
    assert set(symbols) <= set(call.symbols), "nvidia-ml-py asks a version of it that the table does not know"


def test_the_second_version_of_memory_is_asked_as_nvidia_asks_it() -> None:
    """nvidia-ml-py has no function of its own for it: `nvmlDeviceGetMemoryInfo(handle, nvmlMemory_v2)`."""
    assert nvml_calls.Memory2().version == pynvml.nvmlMemory_v2
    assert DEVICE["MemoryInfo_v2"] == Call(("nvmlDeviceGetMemoryInfo_v2",), (nvml_calls.Memory2,))


def _numbers(function: str) -> int:
    return {"nvmlDeviceGetTemperature": 1, "nvmlDeviceGetTotalEccErrors": 2}.get(function, 0)


def _shape(argument: object) -> str:
    pointed = getattr(argument, "_obj", None)
    if pointed is not None:
        return f"pointer to {ctypes.sizeof(pointed)}"
    if isinstance(argument, ctypes.Array):
        return "buffer"
    if argument is None or isinstance(argument, ctypes.c_void_p):
        return "pointer"
    return f"number of {ctypes.sizeof(argument)}"  # type: ignore[arg-type]


def test_buffers_are_as_long_as_nvidias() -> None:
    sizes = {name: call.outs[0].size for name, call in (DEVICE | SYSTEM).items() if isinstance(call.outs[0], Text)}
    assert sizes == {
        "Name": pynvml.NVML_DEVICE_NAME_V2_BUFFER_SIZE,
        "UUID": pynvml.NVML_DEVICE_UUID_V2_BUFFER_SIZE,
        "DriverVersion": pynvml.NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE,
        "NVMLVersion": pynvml.NVML_SYSTEM_NVML_VERSION_BUFFER_SIZE,
    }


def test_list_calls_have_no_version_with_another_struct() -> None:
    lists = [call for call in DEVICE.values() if isinstance(call.outs[0], Many)]
    assert [symbol for call in lists for symbol in call.symbols if not symbol.endswith(("_v2", "_v3"))] == []


@pytest.mark.gpu
def test_real_answers_are_those_of_nvidia_ml_py() -> None:
    from envdoc.host.nvml import LocalNvml
    from envdoc.host.nvml_pynvml import call as through_pynvml

    door = LocalNvml()
    assert door.init().known
    steady = ("Name", "UUID", "PciInfo", "CudaComputeCapability", "EccMode", "MigMode", "PersistenceMode")
    for name in (*steady, "ComputeMode", "DisplayActive", "PowerManagementLimit", "MaxPcieLinkWidth", "RemappedRows"):
        assert door.device(0, name).value == through_pynvml(f"nvmlDeviceGet{name}", (0,), ()), name
    for name in SYSTEM:
        assert door.system(name).value == through_pynvml(f"nvmlSystemGet{name}", (), ()), name
    assert door.device(0, "TotalEccErrors", 1, 0).value == through_pynvml("nvmlDeviceGetTotalEccErrors", (0,), (1, 0))
    assert door.device(0, "MemoryInfo").value["total"] == through_pynvml("nvmlDeviceGetMemoryInfo", (0,), ())["total"]
