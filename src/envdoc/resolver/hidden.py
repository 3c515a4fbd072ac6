"""Which GPUs `CUDA_VISIBLE_DEVICES` leaves visible.

Its numbers count in CUDA's own order, the fastest GPU first, unless `CUDA_DEVICE_ORDER=PCI_BUS_ID`; a Machine's
GPUs stand in bus order. In a machine of unlike GPUs the two may differ: then libcuda's own list of visible
devices decides, and without it the numbers are read in bus order and marked as unsure.
"""

from __future__ import annotations

from envdoc.model.machine import CudaDevice, Gpu, Machine
from envdoc.model.visible import parse


def visible(machine: Machine) -> tuple[frozenset[int], bool]:
    """Indices of the visible GPUs, and whether that reading is sure."""
    gpus = machine.gpus.or_else(())
    value = machine.env.get("CUDA_VISIBLE_DEVICES")
    indices = parse(value, gpus).indices
    if not _order_matters(machine, value or "", gpus, indices):
        return frozenset(indices), True
    init = machine.driver.cuda_init.value
    seen = _matched(gpus, init.devices) if init and len(init.devices) == len(indices) else None
    return (frozenset(indices), False) if seen is None else (seen, True)


def _order_matters(machine: Machine, value: str, gpus: tuple[Gpu, ...], indices: tuple[int, ...]) -> bool:
    by_number = any(entry.strip().isdigit() for entry in value.split(","))
    unlike = len({gpu.compute_capability.value for gpu in gpus}) > 1
    some = 0 < len(indices) < len(gpus)
    return by_number and unlike and some and machine.env.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID"


def _matched(gpus: tuple[Gpu, ...], devices: tuple[CudaDevice, ...]) -> frozenset[int] | None:
    """The GPUs that libcuda lists, told apart by name and compute capability; None where one is not found."""
    left = list(gpus)
    found = set()
    for device in devices:
        key = (device.name, device.compute_capability)
        gpu = next((each for each in left if (each.name.value, each.compute_capability.value) == key), None)
        if gpu is None:
            return None
        left.remove(gpu)
        found.add(gpu.index)
    return frozenset(found)
