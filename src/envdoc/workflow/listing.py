"""`--listing FILE`: the machines that a pasted text tells of."""

from __future__ import annotations

import sys
from typing import BinaryIO

from envdoc.errors import DataError, UsageError
from envdoc.model.facts import known
from envdoc.model.machine import Gpu, Machine
from envdoc.model.value import replace
from envdoc.rules import capability
from envdoc.workflow.context import knowledge
from envdoc.workflow.machine import with_capabilities

LARGEST = 16 << 20  # bytes of a pasted text
_HINT = (
    "paste what `nvidia-smi`, `pip list` or `python -m torch.utils.collect_env` print; a log is for `envdoc diagnose`"
)


def listed(path: str, stdin: BinaryIO | None = None) -> tuple[Machine, ...]:
    """The machines of a file, or of standard input for `-`, in the order of the text.

    Raises:
        UsageError: there is no such file, or it cannot be read.
        DataError: no listing that envdoc knows is in it.
    """
    found = machines_in(_bytes(path, stdin))
    if not found:
        raise DataError(f"{path}: no listing that envdoc knows is in it", hint=_HINT)
    return found


def one(path: str) -> Machine:
    """The machine of a file that tells of one.

    Raises:
        UsageError: it tells of several; see also `listed`.
    """
    found = listed(path)
    if len(found) > 1:
        told = "; ".join(f"lines {each.listing.parts[0].first} to {each.listing.parts[-1].last}" for each in found)
        raise UsageError(f"{path} tells of {len(found)} machines: {told}", hint="give each a file of its own")
    return found[0]


def machines_in(data: bytes) -> tuple[Machine, ...]:
    """The machines of a text, their GPUs with the capability that the tables know."""
    from envdoc.listing import read

    return tuple(completed(machine) for machine in read(data))


def completed(machine: Machine) -> Machine:
    """The machine with what the tables know of its GPUs."""
    return with_capabilities(_begun(machine))


def _begun(machine: Machine) -> Machine:
    """GPUs whose name was cut get the capability that all cards share whose names begin so."""
    if machine.gpus.value is None:
        return machine
    gpus = tuple(_with_beginning(gpu) for gpu in machine.gpus.value)
    return replace(machine, gpus=known(gpus, machine.gpus.source))


def _with_beginning(gpu: Gpu) -> Gpu:
    if gpu.compute_capability.known or gpu.pci_device.known or not gpu.name.detail:
        return gpu
    found = capability.by_beginning(gpu.name.detail, knowledge())
    return replace(gpu, compute_capability=known(found, "table gpus, by the beginning of the name")) if found else gpu


def _bytes(path: str, stdin: BinaryIO | None) -> bytes:
    try:
        if path == "-":
            data = (stdin or sys.stdin.buffer).read(LARGEST + 1)
        else:
            with open(path, "rb") as file:  # noqa: PTH123 - bytes in an encoding that is not known yet
                data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=_HINT) from error
    if len(data) > LARGEST:
        raise DataError(f"{path}: longer than {LARGEST >> 20} MiB", hint=_HINT)
    return data
