"""CUDA_VISIBLE_DEVICES, read as CUDA and torch read it.

CUDA takes the list from the left and stops at the first entry that names no GPU; a repeated entry leaves
none. Entries are indices, UUIDs or unique beginnings of them (`GPU-1234`), or MIG names. Set but empty, or
`-1`, hides all. Source: CUDA C++ Programming Guide, "CUDA Environment Variables", and
`_parse_visible_devices` in torch 2.8's torch/cuda/__init__.py.
"""

from __future__ import annotations

from envdoc.model.machine import Gpu
from envdoc.model.value import dataclass

_NONE = ("", "-1", "nodevfiles", "none", "void")


@dataclass(frozen=True, slots=True)
class Visible:
    """The GPUs that stay visible (by index, in the order of the variable) and what is odd about the value.

    Problems are (kind, entry): "missing" (no such GPU), "syntax" (not an index or UUID), "duplicate",
    "ambiguous" (a UUID's beginning that fits several), "unknown" (a UUID that cannot be compared here).
    """

    indices: tuple[int, ...]
    problems: tuple[tuple[str, str], ...] = ()
    limited: bool = False  # the variable is set


def parse(value: str | None, gpus: tuple[Gpu, ...]) -> Visible:
    """What a value of CUDA_VISIBLE_DEVICES (None: not set) leaves of these GPUs."""
    every = tuple(gpu.index for gpu in gpus)
    if value is None:
        return Visible(every)
    if value.strip().lower() in _NONE:
        return Visible((), limited=True)
    seen: list[int] = []
    for entry in (part.strip() for part in value.split(",")):
        if entry == "-1":
            break
        index, problem = _one(entry, gpus)
        if problem == "unknown":
            return Visible(every, ((problem, entry),), limited=True)
        if problem:
            return Visible(tuple(seen), ((problem, entry),), limited=True)
        if index in seen:
            return Visible((), (("duplicate", entry),), limited=True)
        seen.append(index)
    return Visible(tuple(seen), limited=True)


def _one(entry: str, gpus: tuple[Gpu, ...]) -> tuple[int, str]:
    if entry.isascii() and entry.isdigit():
        index = int(entry)
        return (index, "") if any(gpu.index == index for gpu in gpus) else (-1, "missing")
    if entry.startswith("GPU-"):
        return _by_uuid(entry, gpus)
    if entry.startswith("MIG-"):
        on_mig = [gpu.index for gpu in gpus if gpu.mig_enabled.value]
        return (on_mig[0], "") if on_mig else (-1, "missing")
    return -1, "syntax"


def _by_uuid(entry: str, gpus: tuple[Gpu, ...]) -> tuple[int, str]:
    uuids = {gpu.index: gpu.uuid.value for gpu in gpus if gpu.uuid.value}
    redacted = all(set(uuid.removeprefix("GPU-")) <= set("0-") for uuid in uuids.values())
    if len(uuids) < len(gpus) or redacted:
        return -1, "unknown"
    fits = [index for index, uuid in uuids.items() if uuid.startswith(entry)]
    if len(fits) == 1:
        return fits[0], ""
    return -1, "ambiguous" if fits else "missing"
