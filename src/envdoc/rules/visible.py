"""CUDA_VISIBLE_DEVICES, read as CUDA and torch read it. Nobody else reads it.

The first entry says what the list is of: `GPU-` (UUIDs or unique beginnings of them), `MIG-` (instances), else
numbers, of which the leading digits count (`1gpu` is 1). Reading stops at the first entry that is of another kind
or names no GPU; a repeated entry leaves none. Set but empty, or `-1`, hides all. Source: CUDA Programming Guide,
"CUDA Environment Variables", and `_parse_visible_devices` in torch 2.8's torch/cuda/__init__.py.

Numbers count in CUDA's own order, the fastest GPU first, unless `CUDA_DEVICE_ORDER=PCI_BUS_ID`; a Machine's GPUs
stand in bus order. In a machine of unlike GPUs the two may differ: then the reading is marked as unsure.
"""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.model.machine import Gpu, Machine
from envdoc.model.patterns import pattern
from envdoc.model.value import dataclass

NAME = "CUDA_VISIBLE_DEVICES"
_NONE = ("", "-1", "nodevfiles", "none", "void")
_DIGITS = pattern(r"\+?\d+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that CUDA takes: `select` as it is written, and the GPU it lies on."""

    select: str  # "0", "GPU-1a2b", "MIG-..."
    index: int  # -1 where it cannot be told


@dataclass(frozen=True, slots=True)
class Visible:
    """What stays visible, in the order of the variable, and what is odd about the value.

    Problems are (kind, entry): "missing" (no such GPU), "syntax" (not an index or UUID), "duplicate",
    "ambiguous" (a UUID's beginning that fits several), "unknown" (a UUID that cannot be compared here).
    """

    entries: tuple[Entry, ...]
    problems: tuple[tuple[str, str], ...] = ()
    limited: bool = False  # the variable is set
    sure: bool = True  # whether it is certain which GPUs its numbers mean
    assumed: tuple[int, ...] = ()  # where nobody can tell which GPUs they are: all

    @property
    def indices(self) -> tuple[int, ...]:
        """GPUs, each once: two MIG instances may lie on one."""
        return self.assumed or tuple(dict.fromkeys(entry.index for entry in self.entries))


def of_machine(machine: Machine) -> Visible:
    """What a program started on this machine sees of its GPUs."""
    return of(machine.env, machine.gpus.or_else(()))


def of(environ: Mapping[str, str], gpus: tuple[Gpu, ...]) -> Visible:
    """What the variables leave of these GPUs."""
    value = environ.get(NAME)
    seen = parse(value, gpus)
    numbers = any(entry.select[:1].isdigit() for entry in seen.entries)
    some = 0 < len(seen.indices) < len(gpus)
    asked = value is not None and numbers and some and environ.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID"
    return Visible(seen.entries, seen.problems, seen.limited, not (asked and _unlike(gpus)), seen.assumed)


def _unlike(gpus: tuple[Gpu, ...]) -> bool:
    """Whether CUDA's own order, the fastest first, may differ from nvidia-smi's; one that tells nothing may."""
    return len({gpu.compute_capability.value for gpu in gpus}) > 1


def parse(value: str | None, gpus: tuple[Gpu, ...]) -> Visible:
    """What a value of CUDA_VISIBLE_DEVICES (None: not set) leaves of these GPUs."""
    every = tuple(Entry(str(gpu.index), gpu.index) for gpu in gpus)
    if value is None:
        return Visible(every)
    if value.strip().lower() in _NONE:
        return Visible((), limited=True)
    seen: list[Entry] = []
    parts = [part.strip() for part in value.split(",")]
    kind = parts[0][:4] if parts[0].startswith(("GPU-", "MIG-")) else ""
    for place, part in enumerate(parts):
        if part.startswith("-") or (not part and place == len(parts) - 1):
            break  # a negative number, or nothing behind the last comma: reading stops, nothing is lost
        index, problem = _one(part, kind, gpus, seen)
        if problem == "unknown":
            return _unknown(part, parts, gpus)
        if problem == "duplicate":
            return Visible((), ((problem, part),), limited=True)
        if problem:
            return Visible(tuple(seen), ((problem, part),), limited=True)
        seen.append(Entry(part, index))
    return Visible(tuple(seen), limited=True)


def _unknown(part: str, parts: list[str], gpus: tuple[Gpu, ...]) -> Visible:
    """UUIDs that cannot be compared here: CUDA will know them."""
    only = gpus[0].index if len(gpus) == 1 else -1
    entries = tuple(Entry(each, only) for each in dict.fromkeys(parts) if each.startswith(("GPU-", "MIG-")))
    every = tuple(gpu.index for gpu in gpus)
    return Visible(entries, (("unknown", part),), limited=True, assumed=every)


def _one(part: str, kind: str, gpus: tuple[Gpu, ...], seen: list[Entry]) -> tuple[int, str]:
    if kind == "MIG-" and part.startswith("MIG-"):
        index, problem = _instance(part, gpus)
        return index, "duplicate" if any(entry.select == part for entry in seen) else problem
    if kind == "GPU-" and part.startswith("GPU-"):
        index, problem = _by_uuid(part, gpus)
    elif not kind and part.isascii() and _DIGITS.fullmatch(part):
        index, problem = _by_number(int(part), gpus)
    else:  # also `0;1`, of which CUDA takes the 0 and nobody meant it
        return -1, "syntax"
    return index, "duplicate" if not problem and any(entry.index == index for entry in seen) else problem


def _by_number(index: int, gpus: tuple[Gpu, ...]) -> tuple[int, str]:
    return (index, "") if any(gpu.index == index for gpu in gpus) else (-1, "missing")


def _by_uuid(part: str, gpus: tuple[Gpu, ...]) -> tuple[int, str]:
    uuids = {gpu.index: gpu.uuid.value for gpu in gpus if gpu.uuid.value}
    redacted = all(set(uuid.removeprefix("GPU-")) <= set("0-") for uuid in uuids.values())
    if len(uuids) < len(gpus) or redacted:
        return -1, "unknown"
    fits = [index for index, uuid in uuids.items() if uuid.startswith(part)]
    if len(fits) == 1:
        return fits[0], ""
    return -1, "ambiguous" if fits else "missing"


def _instance(part: str, gpus: tuple[Gpu, ...]) -> tuple[int, str]:
    """The GPU of a MIG instance: `MIG-GPU-<uuid>/7/0` names it; a UUID of its own (driver 470 and newer) does not,
    and the first partitioned GPU stands for it."""
    if part.startswith("MIG-GPU-"):
        return _by_uuid(part[4:].partition("/")[0], gpus)
    on_mig = [gpu.index for gpu in gpus if gpu.mig_enabled.value]
    return (on_mig[0], "") if on_mig else (-1, "missing")
