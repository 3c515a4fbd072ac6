"""A library that answers like NVML, through the same pointers, without a GPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class FakeLibrary:
    """Symbols by name; each is a Python function of the C arguments. An unknown symbol is an AttributeError."""

    def __init__(self, **symbols: Callable[..., int]) -> None:
        self.calls: list[str] = []
        self._symbols = symbols

    def __getattr__(self, name: str) -> Callable[..., int]:
        try:
            function = self.__dict__["_symbols"][name]
        except KeyError:
            raise AttributeError(name) from None

        def call(*args: Any) -> int:
            self.calls.append(name)
            return int(function(*args))

        return call


def fails(code: int) -> Callable[..., int]:
    return lambda *_: code


def text(value: str) -> Callable[..., int]:
    """Writes a C string into the buffer before the last argument."""

    def call(*args: Any) -> int:
        args[-2].value = value.encode()
        assert args[-1].value >= len(value) + 1
        return 0

    return call


def numbers(*values: int) -> Callable[..., int]:
    """Fills the last arguments, which are pointers to numbers."""

    def call(*args: Any) -> int:
        for pointer, value in zip(args[-len(values) :], values, strict=True):
            pointer._obj.value = value
        return 0

    return call


def struct(**fields: Any) -> Callable[..., int]:
    """Fills the struct that the last argument points to."""

    def call(*args: Any) -> int:
        for name, value in fields.items():
            setattr(args[-1]._obj, name, value)
        return 0

    return call


def processes(*entries: tuple[int, int]) -> Callable[..., int]:
    """A list call: (pid, bytes) of each process; tells the length first."""

    def call(_: Any, count: Any, items: Any) -> int:
        if not entries:
            count._obj.value = 0
            return 0
        if items is None:
            count._obj.value = len(entries)
            return 7
        for item, (pid, used) in zip(items, entries, strict=False):
            item.pid, item.usedGpuMemory = pid, used
        count._obj.value = len(entries)
        return 0

    return call


def handle(index: Any, pointer: Any) -> int:
    if index.value > 0:
        return 2
    pointer._obj.value = 0x7F00DEADBEEF0000  # a real handle needs all 64 bits
    return 0


def healthy(**changes: Callable[..., int] | None) -> FakeLibrary:
    """One RTX 5090 under WDDM; `changes` replace symbols, None takes one away."""
    symbols: dict[str, Callable[..., int] | None] = {
        "nvmlInit_v2": fails(0),
        "nvmlSystemGetNVMLVersion": text("13.581.29"),
        "nvmlSystemGetDriverVersion": text("581.29"),
        "nvmlSystemGetCudaDriverVersion_v2": numbers(13000),
        "nvmlDeviceGetCount_v2": numbers(1),
        "nvmlDeviceGetHandleByIndex_v2": handle,
        "nvmlDeviceGetName": text("NVIDIA GeForce RTX 5090"),
        "nvmlDeviceGetCudaComputeCapability": numbers(12, 0),
        "nvmlDeviceGetMemoryInfo": struct(total=34190917632, free=33000000000, used=1190917632),
        "nvmlDeviceGetPciInfo_v3": struct(busIdLegacy=b"0000:01:00.0", bus=1, pciDeviceId=0x2B8510DE),
        "nvmlDeviceGetDriverModel_v2": numbers(0, 0),
        "nvmlDeviceGetTemperature": numbers(41),
        "nvmlDeviceGetTotalEccErrors": fails(3),
        "nvmlDeviceGetRemappedRows": numbers(0, 0, 1, 0),
        "nvmlDeviceGetComputeRunningProcesses_v3": processes((4242, (1 << 64) - 1), (7, 1 << 20)),
        "nvmlDeviceGetGraphicsRunningProcesses_v3": processes(),
    }
    return FakeLibrary(**{name: value for name, value in (symbols | changes).items() if value is not None})
