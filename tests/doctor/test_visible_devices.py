"""CUDA_VISIBLE_DEVICES in all its forms."""

from __future__ import annotations

import pytest

from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Gpu
from envdoc.rules.visible import Visible, parse

FOUR = tuple(Gpu(index, uuid=known(f"GPU-{index}a{index}b0000-1111-2222-3333-444444444444")) for index in range(4))


@pytest.mark.parametrize(
    ("value", "indices", "problems"),
    [
        ("", (), ()),
        ("  ", (), ()),
        ("-1", (), ()),
        ("NoDevFiles", (), ()),
        ("void", (), ()),
        ("2", (2,), ()),
        ("3,0", (3, 0), ()),
        (" 0, 1 ", (0, 1), ()),
        ("0,-1,1", (0,), ()),
        ("0,4,1", (0,), (("missing", "4"),)),
        ("1,1", (), (("duplicate", "1"),)),
        ("0;1", (), (("syntax", "0;1"),)),
        ('"0"', (), (("syntax", '"0"'),)),
        ("0,one", (0,), (("syntax", "one"),)),
        ("0,", (0,), (("syntax", ""),)),
        ("GPU-1a1b", (1,), ()),
        ("GPU-0a0b,3", (0, 3), ()),
        ("GPU-", (), (("ambiguous", "GPU-"),)),
        ("GPU-ffff", (), (("missing", "GPU-ffff"),)),
        ("MIG-1234", (), (("missing", "MIG-1234"),)),
    ],
)
def test_value(value: str, indices: tuple[int, ...], problems: tuple[tuple[str, str], ...]) -> None:
    assert parse(value, FOUR) == Visible(indices, problems, limited=True)


def test_not_set_shows_all() -> None:
    assert parse(None, FOUR) == Visible((0, 1, 2, 3))


@pytest.mark.parametrize("uuid", [missing(Why.DENIED), known("GPU-00000000-0000-0000-0000-000000000000")])
def test_uuid_that_cannot_be_compared_is_no_mistake(uuid: object) -> None:
    gpus = (Gpu(0, uuid=uuid),)  # type: ignore[arg-type]
    assert parse("GPU-1234", gpus) == Visible((0,), (("unknown", "GPU-1234"),), limited=True)


def test_mig_instance_belongs_to_a_partitioned_gpu() -> None:
    gpus = (Gpu(0), Gpu(1, mig_enabled=known(True)))
    assert parse("MIG-1234", gpus) == Visible((1,), limited=True)
