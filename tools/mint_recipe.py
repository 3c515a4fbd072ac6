"""What is special about a machine that is to be minted, and how parts of a frozen value are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from envdoc.model.machine import System


@dataclass(frozen=True)
class Recipe:
    """What is special about a machine; all else is filled in as on a healthy one."""

    name: str
    note: str  # from which documents
    system: System = System.LINUX
    arch: str = "x86_64"
    os_name: str = "Ubuntu 24.04.3 LTS"
    wsl: int = 0
    container: str = "none"
    code_page: int = 65001
    gpus: tuple[str, ...] = ()  # marketing names, in PCI order
    driver: str = ""
    python: str = "3.12.10"
    torch: str = ""  # "2.7.1+cu128"; "" for none
    packages: dict[str, str] = field(default_factory=dict)  # beyond torch's own stack
    env: dict[str, str] = field(default_factory=dict)
    changes: dict[str, object] = field(default_factory=dict)  # see `altered`


def altered(value: object, changes: dict[str, object]) -> object:
    """A frozen value with parts replaced: `{"target.python.value.bits": 32, "gpus.value.0.uuid": known("GPU-1")}`.

    A path goes through fields, dictionary keys and tuple indices.
    """
    for path, new in changes.items():
        value = _set(value, path.split("."), new)
    return value


def _set(value: object, path: Sequence[str], new: object) -> object:
    if not path:
        return new
    head, *rest = path
    if isinstance(value, dict):
        return {**value, head: _set(value.get(head), rest, new)}
    if isinstance(value, tuple):
        index = int(head)
        return (*value[:index], _set(value[index], rest, new), *value[index + 1 :])
    return replace(value, **{head: _set(getattr(value, head), rest, new)})  # type: ignore[type-var]
