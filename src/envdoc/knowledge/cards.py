"""Cards by their PCI device id, which names the chip for certain, and by the names of the public list.

by_id("2d04")              Card(chip="GB206", capability="12.0", name="GeForce RTX 5060 Ti")
capabilities("RTX 6000D")  ("12.0",); several where cards of one name have different chips
"""

from __future__ import annotations

import re
from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.gpunames import words
from envdoc.knowledge.rows import CardRow
from envdoc.model.value import dataclass

_SAYS_NOTHING = frozenset({"nvidia", "gpu", "generation", "geforce", "mobile", "laptop"})


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the public list. `name` is "" where the list has none."""

    chip: str  # "GB206"
    capability: str
    name: str


@cache
def rows() -> tuple[CardRow, ...]:
    """The table's rows, one a chip."""
    return table.rows(CardRow, table.read("cards"))


def by_id(device: str) -> Card | None:
    """The card of a PCI device id of NVIDIA: `2d04`, as hexadecimal digits of either case; None where unknown."""
    wanted = device.lower().removeprefix("0x")
    row = next((row for row in rows() if wanted in row.devices), None)
    return Card(row.chip, row.capability, row.devices[wanted]) if row else None


def capabilities(name: str) -> tuple[str, ...]:
    """The compute capabilities of the cards that bear exactly this name, each once; none where nobody does."""
    said = _telling(name)
    return tuple(dict.fromkeys(capability for own, capability in _names() if own == said))


@cache
def _names() -> tuple[tuple[frozenset[str], str], ...]:
    """The words of every name, and the capability; `RTX 3060 Mobile / Max-Q` has two names."""
    return tuple(
        (_telling(each), row.capability) for row in rows() for name in row.devices.values() for each in names_of(name)
    )


def names_of(name: str) -> list[str]:
    """The names of an entry; a second one without a number is a variant of the first."""
    first, *others = name.split(" / ")
    return [each for each in (first, *others) if re.search(r"\d", each) and _telling(each)]


def _telling(name: str) -> frozenset[str]:
    """The words that tell cards apart; list and driver disagree on the others (`Mobile`, `Laptop GPU`)."""
    return frozenset(words(name) - _SAYS_NOTHING)
