"""NVML's C functions that envdoc asks, as a table, and one way to call them all.

Importing nvidia-ml-py costs 25 to 45 ms, a fifth of what a whole `envdoc check` may take; ctypes alone costs 3.
So the functions asked every time are called here, and everything else through nvidia-ml-py
(`nvml_pynvml`). tests/host/test_nvml_table.py holds this table against nvidia-ml-py's own declarations.

Units are NVML's: bytes, milliwatts, degrees Celsius.
Source: nvml.h of CUDA 13.0 and nvidia-ml-py 13.615.71, read 2026-11-24.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from envdoc.model.value import dataclass

_NO_VALUE = (1 << 64) - 1  # NVML_VALUE_NOT_AVAILABLE: memory of a process under WDDM


class Memory(ctypes.Structure):
    """nvmlMemory_t, bytes."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class Memory2(ctypes.Structure):
    """nvmlMemory_v2_t, bytes. Its `used` leaves out what the driver keeps to itself, as nvidia-smi's does."""

    _fields_ = (
        ("version", ctypes.c_uint),
        ("total", ctypes.c_ulonglong),
        ("reserved", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    )

    def __init__(self) -> None:
        super().__init__(version=ctypes.sizeof(self) | 2 << 24)


class PciInfo(ctypes.Structure):
    """nvmlPciInfo_t; `busId` is "00000000:01:00.0", `pciDeviceId` 0x268410DE (device, vendor)."""

    _fields_ = (
        ("busIdLegacy", ctypes.c_char * 16),
        ("domain", ctypes.c_uint),
        ("bus", ctypes.c_uint),
        ("device", ctypes.c_uint),
        ("pciDeviceId", ctypes.c_uint),
        ("pciSubSystemId", ctypes.c_uint),
        ("busId", ctypes.c_char * 32),
    )


class ProcessInfo(ctypes.Structure):
    """nvmlProcessInfo_t of the _v2 and _v3 calls; `usedGpuMemory` in bytes."""

    _fields_ = (
        ("pid", ctypes.c_uint),
        ("usedGpuMemory", ctypes.c_ulonglong),
        ("gpuInstanceId", ctypes.c_uint),
        ("computeInstanceId", ctypes.c_uint),
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A C string that NVML writes into a buffer of `size` bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Many:
    """A list that NVML tells the length of first."""

    item: type[ctypes.Structure]


@dataclass(frozen=True, slots=True)
class Call:
    """One function: the versions of its symbol, the newest first, and what it fills in."""

    symbols: tuple[str, ...]
    outs: tuple[Any, ...]  # ctypes types (one: the value; several: a list), one Text, or one Many


def _device(name: str, *outs: Any, versions: str = "") -> tuple[str, Call]:
    suffixes = (*(f"_v{each}" for each in versions), "")
    return name, Call(tuple(f"nvmlDeviceGet{name}{suffix}" for suffix in suffixes), outs)


_UINT, _INT, _ULONG = ctypes.c_uint, ctypes.c_int, ctypes.c_ulonglong

# The un-suffixed list calls fill a shorter struct (no instance ids), so they are no fallback here.
_COMPUTE = ("nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2")
_GRAPHICS = ("nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v2")

SYSTEM = {
    "DriverVersion": Call(("nvmlSystemGetDriverVersion",), (Text(80),)),
    "NVMLVersion": Call(("nvmlSystemGetNVMLVersion",), (Text(80),)),
    "CudaDriverVersion": Call(("nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"), (_INT,)),
}

DEVICE = {
    "ComputeRunningProcesses": Call(_COMPUTE, (Many(ProcessInfo),)),
    "GraphicsRunningProcesses": Call(_GRAPHICS, (Many(ProcessInfo),)),
    "MemoryInfo_v2": Call(("nvmlDeviceGetMemoryInfo_v2",), (Memory2,)),
    **dict(
        (
            _device("Name", Text(96)),
            _device("UUID", Text(96)),
            _device("PciInfo", PciInfo, versions="32"),
            _device("MemoryInfo", Memory),
            _device("CudaComputeCapability", _INT, _INT),
            _device("DriverModel", _UINT, _UINT, versions="2"),
            _device("CurrPcieLinkGeneration", _UINT),
            _device("CurrPcieLinkWidth", _UINT),
            _device("MaxPcieLinkGeneration", _UINT),
            _device("MaxPcieLinkWidth", _UINT),
            _device("EccMode", _UINT, _UINT),
            _device("TotalEccErrors", _ULONG),  # (errorType 1 uncorrected, counterType 0 since driver load)
            _device("RemappedRows", _UINT, _UINT, _UINT, _UINT),  # corrected, uncorrected, pending, failed
            _device("MigMode", _UINT, _UINT),
            _device("PersistenceMode", _UINT),
            _device("ComputeMode", _UINT),
            _device("DisplayActive", _UINT),
            _device("Temperature", _UINT),  # (sensor 0: the GPU)
            _device("PowerManagementLimit", _UINT),
        )
    ),
}

ERRORS = dict(
    enumerate(
        (
            *("SUCCESS", "ERROR_UNINITIALIZED", "ERROR_INVALID_ARGUMENT", "ERROR_NOT_SUPPORTED"),
            *("ERROR_NO_PERMISSION", "ERROR_ALREADY_INITIALIZED", "ERROR_NOT_FOUND", "ERROR_INSUFFICIENT_SIZE"),
            *("ERROR_INSUFFICIENT_POWER", "ERROR_DRIVER_NOT_LOADED", "ERROR_TIMEOUT", "ERROR_IRQ_ISSUE"),
            *("ERROR_LIBRARY_NOT_FOUND", "ERROR_FUNCTION_NOT_FOUND", "ERROR_CORRUPTED_INFOROM"),
            *("ERROR_GPU_IS_LOST", "ERROR_RESET_REQUIRED", "ERROR_OPERATING_SYSTEM"),
            *("ERROR_LIB_RM_VERSION_MISMATCH", "ERROR_IN_USE", "ERROR_MEMORY", "ERROR_NO_DATA"),
            *("ERROR_VGPU_ECC_NOT_SUPPORTED", "ERROR_INSUFFICIENT_RESOURCES", "ERROR_FREQ_NOT_SUPPORTED"),
            *("ERROR_ARGUMENT_VERSION_MISMATCH", "ERROR_DEPRECATED", "ERROR_NOT_READY", "ERROR_GPU_NOT_FOUND"),
            *("ERROR_INVALID_STATE", "ERROR_RESET_TYPE_NOT_SUPPORTED"),
        )
    )
)


class NvmlError(Exception):
    """An NVML call that did not succeed; its text is the error's name, `NVML_ERROR_GPU_IS_LOST`."""

    def __init__(self, code: int) -> None:
        super().__init__("NVML_" + ERRORS.get(code, "ERROR_UNKNOWN" if code == 999 else f"ERROR_{code}"))
        self.code = code


def invoke(library: Any, call: Call, lead: Sequence[Any], args: Sequence[int] = ()) -> Any:
    """Call the newest version of `call` that `library` has. `lead` is () or the device handle.

    Raises:
        NvmlError: by NVML's own code; FUNCTION_NOT_FOUND where the library has no version of it.
    """
    ahead = (*lead, *(ctypes.c_uint(arg) for arg in args))
    refused = NvmlError(13)
    for symbol in call.symbols:
        function = getattr(library, symbol, None)
        if function is None:
            continue
        try:
            return _answer(function, call.outs, ahead)
        except NvmlError as error:
            if error.code not in _TRY_OLDER:
                raise
            refused = error
    raise refused


_TRY_OLDER = (13, 25)  # FUNCTION_NOT_FOUND, ARGUMENT_VERSION_MISMATCH


def _answer(function: Any, outs: tuple[Any, ...], ahead: tuple[Any, ...]) -> Any:
    if isinstance(outs[0], Text):
        buffer = ctypes.create_string_buffer(outs[0].size)
        check(function(*ahead, buffer, ctypes.c_uint(outs[0].size)))
        return text(buffer.value)
    if isinstance(outs[0], Many):
        return _answer_many(function, outs[0].item, ahead)
    filled = [kind() for kind in outs]
    check(function(*ahead, *(ctypes.byref(each) for each in filled)))
    values = [plain(each) for each in filled]
    return values[0] if len(values) == 1 else values


def _answer_many(function: Any, item: type[ctypes.Structure], ahead: tuple[Any, ...]) -> list[Any]:
    count = ctypes.c_uint(0)
    code = function(*ahead, ctypes.byref(count), None)
    if code == 7:  # INSUFFICIENT_SIZE: count says how many; leave room for those that start meanwhile
        count = ctypes.c_uint(count.value * 2 + 5)
        items = (item * count.value)()
        check(function(*ahead, ctypes.byref(count), items))
        return [plain(each) for each in items[: count.value]]
    check(code)
    return []


def check(code: int) -> None:
    """Raises NvmlError for any code but success."""
    if code != 0:
        raise NvmlError(code)


def plain(value: Any) -> Any:
    """A ctypes value as JSON data: structs become dicts, bytes become str, "not available" becomes None."""
    if isinstance(value, ctypes.Structure):
        return {name: plain(getattr(value, name)) for name, *_ in value._fields_ if name != "reserved"}
    if isinstance(value, bytes):
        return text(value)
    number = getattr(value, "value", value)
    return None if number == _NO_VALUE else number


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
