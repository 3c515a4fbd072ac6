"""Listings: what other programs print of a machine (collect_env, `pip list`, nvidia-smi, …), read into Machines.

Pure: text in, values out. `lines` makes lines of any encoding, `segment` finds who printed which, one module of
`readers` a program says what its lines tell, `merge` puts together what is of one machine, `build` makes it one.
What no listing tells is missing with a reason of its own, `NOT_IN_LISTING`; what only looks like a value
(`58O.159.04`) is a doubt of the machine's `listing`, never a fact.
"""

from __future__ import annotations

from envdoc.listing.build import machine_of
from envdoc.listing.lines import lines_of
from envdoc.listing.merge import machines
from envdoc.listing.segment import parts_of
from envdoc.model.machine import Machine

__all__ = ["might_hold", "read"]

# What stands in the text of every listing but the barest ones: to look for before lines are cut
_MARKS = (
    b"NVIDIA-SMI", b"NVSMI LOG", b"nvidia_smi_log", b"yTorch version", b"ackage ", b"==", b"bitsandbytes v",
    b"op report", b"packages in environment", b"Operating System:", b"(UUID: GPU-", b"driver_version",
)  # fmt: skip


def might_hold(data: bytes) -> bool:
    """Whether a log is worth a look: one of the marks of listings stands in it."""
    return any(mark in data for mark in _MARKS)


def read(data: bytes) -> tuple[Machine, ...]:
    """The machines that a pasted text tells of, in its order; none where it holds no listing."""
    groups = machines(parts_of(lines_of(data)))
    return tuple(machine_of(group, number, len(groups)) for number, group in enumerate(groups, 1))
