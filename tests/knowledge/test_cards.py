"""Every card of the public list of PCI ids: by its id, and by its name where that is enough."""

from __future__ import annotations

import re

import pytest

from envdoc.knowledge import cards
from envdoc.knowledge.tables import load

_KNOWN = load()
_EVERY = [(device, name, row) for row in cards.rows() for device, name in row.devices.items()]
# Names of samples, boards and reservations, which no driver tells a user.
_NO_PRODUCT = re.compile(
    r"Reserved|Initial|Engineering|SKU|\bINT\b|Skinny|Faber|^PG\d|^D17|^GM107|^12GB|^480GB|Graphics Device"
    r"|Desktop Device|Generic",
    re.IGNORECASE,
)


def test_the_list_reaches_from_maxwell_to_rubin() -> None:
    assert len(_EVERY) > 600
    assert {row.capability for row in cards.rows()} >= {"5.0", "5.2", "6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9"}
    assert {row.capability for row in cards.rows()} >= {"9.0", "10.0", "10.3", "11.0", "12.0", "12.1"}


def test_every_id_names_its_chip() -> None:
    for device, name, row in _EVERY:
        told = cards.by_id(device.upper())
        assert told is not None
        assert (told.chip, told.capability, told.name) == (row.chip, row.capability, name)
        by_table = _KNOWN.gpu_with(device)
        assert by_table is not None
        assert by_table.capability == row.capability


def test_every_name_is_known_or_said_to_stand_for_several() -> None:
    wrong, silent = [], []
    each_name = [(part, row) for _, name, row in _EVERY for part in cards.names_of(name)]
    for name, row in each_name:
        if _NO_PRODUCT.search(name):
            continue
        told = _KNOWN.gpu_named(f"NVIDIA {name}")
        if told is None and len(cards.capabilities(name)) < 2 and name != "GeForce GTX 750":
            silent.append(name)
        elif told is not None and told.capability != row.capability:
            wrong.append((name, told.capability, row.capability))
    assert wrong == []
    assert silent == []


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("NVIDIA GeForce RTX 3050 A Laptop GPU", "8.9"),
        ("NVIDIA GeForce RTX 3050 Laptop GPU", "8.6"),
        ("NVIDIA RTX TITAN Ada", "8.9"),
        ("NVIDIA TITAN RTX", "7.5"),
        ("NVIDIA GeForce 840M", "5.0"),
        ("NVIDIA P106-100", "6.1"),
        ("NVIDIA CMP 170HX", "8.0"),
        ("NVIDIA H20B", "9.0"),
        ("NVIDIA H100L 94GB", "9.0"),
        ("NVIDIA RTX 6000D", "12.0"),
        ("NVIDIA RTX 2000 Ada Generation", "8.9"),
    ],
)
def test_names_that_were_wrong_or_unknown(name: str, capability: str) -> None:
    told = _KNOWN.gpu_named(name)
    assert told is not None
    assert told.capability == capability


def test_a_name_of_two_chips_is_no_answer() -> None:
    assert _KNOWN.gpu_named("NVIDIA GeForce GTX 750") is None  # a GM107, or a GM206 as its v2
    assert _KNOWN.gpu_named("NVIDIA GeForce GTX 750 Ti") is not None
    by_id = _KNOWN.gpu_with("1381")
    assert by_id is not None
    assert by_id.capability == "5.0"


@pytest.mark.parametrize("device", ["", "ffff", "0x", "2d04 ", "\u0661"])
def test_an_id_that_nobody_has_is_no_answer(device: str) -> None:
    assert cards.by_id(device) is None
