"""Why something does not fit: a kind, for findings, and the words, for people."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from envdoc.model.value import dataclass


class Kind(StrEnum):
    SYSTEM = "system"  # the profile or the build is not for this OS or architecture
    UNPUBLISHED = "unpublished"  # there is no such build
    PROFILE = "profile"  # the profile does not go that far
    NO_GPU = "no-gpu"  # for GPUs, and none is visible; or for none, and there are some
    GPU_PROFILE = "gpu-profile"  # a GPU outside the profile
    GPU_UNKNOWN = "gpu-unknown"  # a GPU whose compute capability nobody knows
    GPU_CODE = "gpu-code"  # the build has no code for a GPU
    DRIVER = "driver"  # the driver is too old
    BRANCH = "branch"  # the driver is too new: its branch no longer serves a GPU
    PYTHON_PROFILE = "python-profile"
    PYTHON = "python"  # no build for this Python
    LIBC = "libc"
    SOURCE = "source"  # reached, and does not have it
    UNREACHABLE = "unreachable"  # not reached: it might have it
    WISH = "wish"  # the user asked for another torch
    COMPONENT = "component"
    MODEL = "model"  # the model that shall be trained needs another release or GPU


@dataclass(frozen=True, slots=True)
class Reason:
    kind: Kind
    text: str
    about: str = ""  # the component that it is about


def texts(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The words, each once, in order."""
    return tuple(dict.fromkeys(reason.text for reason in reasons))
