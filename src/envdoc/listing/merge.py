"""Which parts are of one machine: all whose facts do not contradict each other.

Two driver versions, two cards in one place, two releases of one package are two machines (or one before and after
a change, which is as much as two): each is judged for itself. What changes by the minute contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.listing.values import Part, Told
from envdoc.rules.requirements import normal
from envdoc.rules.torch_file import public

# What a machine is told apart by, beside packages and GPUs
_KEYS = {"driver", "cuda_driver", "os.system", "os.arch", "gpus.count", "python", "torch", "torch.cuda"}
_GPU_FIELDS = {"name", "memory_total_mib", "pci_device", "bus_id"}


def machines(parts: Iterable[Part]) -> tuple[tuple[Part, ...], ...]:
    """The parts of each machine, in the order of the text; a part joins the nearest one that it fits."""
    groups: list[list[Part]] = []
    for part in parts:
        home = next((group for group in reversed(groups) if _fits(part, group)), None)
        if home is None:
            groups.append([part])
        else:
            home.append(part)
    return tuple(tuple(group) for group in groups)


def _fits(part: Part, group: list[Part]) -> bool:
    known: dict[str, list[Told]] = {}
    for each in (told for other in group for told in other.told):
        known.setdefault(identity(each), []).append(each)
    return all(
        _agree(identity(each), each.value, other.value)
        for each in part.told
        if identity(each) and not each.meant
        for other in known.get(identity(each), ())
        if not other.meant
    )


def identity(told: Told) -> str:
    """The name under which a fact is compared; "" for what tells no machine from another."""
    head, _, rest = told.key.partition(".")
    if head == "package":
        return "torch" if normal(rest) == "torch" else f"package.{normal(rest)}"
    if head == "gpu":
        return told.key if rest.partition(".")[2] in _GPU_FIELDS else ""
    return told.key if told.key in _KEYS else ""


def _agree(key: str, one: str, two: str) -> bool:
    if key == "torch":
        return public(one) == public(two) and ("+" not in one or "+" not in two or one == two)
    if key.startswith("package."):
        return public(one) == public(two)
    if key == "python":
        return _begins(one, two) or _begins(two, one)
    if key.endswith(".name"):
        return one.removeprefix("NVIDIA ") == two.removeprefix("NVIDIA ")
    if key.endswith(".bus_id"):
        return one.lower().lstrip("0") == two.lower().lstrip("0")
    return one == two


def _begins(short: str, full: str) -> bool:
    """`3.12` and `3.12.3`."""
    return full == short or full.startswith(f"{short}.")
