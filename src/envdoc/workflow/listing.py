"""`--listing FILE`: the machines that a pasted text tells of."""

from __future__ import annotations

import sys
from typing import BinaryIO

from envdoc.errors import DataError, UsageError
from envdoc.findings import text
from envdoc.model.facts import known
from envdoc.model.machine import Gpu, Machine
from envdoc.model.text import joined
from envdoc.model.value import replace
from envdoc.rules import capability
from envdoc.workflow.context import knowledge
from envdoc.workflow.machine import with_capabilities

LARGEST = 16 << 20  # bytes of a pasted text


def listed(path: str, stdin: BinaryIO | None = None) -> tuple[Machine, ...]:
    """The machines of a file, or of standard input for `-`, in the order of the text.

    Raises:
        UsageError: there is no such file, or it cannot be read.
        DataError: no listing that envdoc knows is in it.
    """
    found = machines_in(_bytes(path, stdin))
    if not found:
        raise DataError(text("errors", "listing-none", path=path), hint=_hint())
    return found


def one(path: str) -> Machine:
    """The machine of a file that tells of one.

    Raises:
        UsageError: it tells of several; see also `listed`.
    """
    found = listed(path)
    if len(found) > 1:
        told = joined((_parts(each) for each in found), " | ")
        sentence = text("errors", "listing-several", path=path, count=len(found), told=told)
        raise UsageError(sentence, hint=text("errors", "listing-several-hint"))
    return found[0]


def _parts(machine: Machine) -> str:
    """`nvidia-smi (lines 1 to 20)`, and so on."""
    return joined(
        (
            text("checks", "listing-part", program=each.program, first=each.first, last=each.last)
            for each in machine.listing.parts
        ),
        "; ",
    )


def _hint() -> str:
    return text("errors", "listing-none-hint")


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
        why = error.strerror or str(error)
        raise UsageError(text("errors", "listing-unread", path=path, why=why), hint=_hint()) from error
    if len(data) > LARGEST:
        raise DataError(text("errors", "listing-long", path=path, limit=LARGEST >> 20), hint=_hint())
    return data
