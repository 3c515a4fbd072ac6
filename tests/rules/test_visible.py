"""CUDA_VISIBLE_DEVICES in all its forms."""

from __future__ import annotations

import pytest

from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Gpu
from envdoc.rules.visible import Entry, Visible, of, parse

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
        ("0,-2,1", (0,), ()),
        ("0,4,1", (0,), (("missing", "4"),)),
        ("1,1", (), (("duplicate", "1"),)),
        ("1,01", (), (("duplicate", "01"),)),
        ("0;1", (), (("syntax", "0;1"),)),
        ('"0"', (), (("syntax", '"0"'),)),
        ("0,one", (0,), (("syntax", "one"),)),
        ("0,", (0,), ()),  # nothing behind the last comma: nothing is lost
        ("0,1, ", (0, 1), ()),
        ("0,,1", (0,), (("syntax", ""),)),
        (",0", (), (("syntax", ""),)),
        ("GPU-1a1b", (1,), ()),
        ("GPU-0a0b,GPU-3a3b", (0, 3), ()),
        ("GPU-0a0b,GPU-0a0b00", (), (("duplicate", "GPU-0a0b00"),)),
        ("GPU-0a0b,3", (0,), (("syntax", "3"),)),  # the first entry says what the list is of
        ("0,GPU-3a3b", (0,), (("syntax", "GPU-3a3b"),)),
        ("GPU-", (), (("ambiguous", "GPU-"),)),
        ("GPU-ffff", (), (("missing", "GPU-ffff"),)),
        ("MIG-1234", (), (("missing", "MIG-1234"),)),
    ],
)
def test_value(value: str, indices: tuple[int, ...], problems: tuple[tuple[str, str], ...]) -> None:
    seen = parse(value, FOUR)
    assert (seen.indices, seen.problems, seen.limited) == (indices, problems, True)


def test_not_set_shows_all() -> None:
    assert parse(None, FOUR) == Visible(tuple(Entry(str(index), index) for index in range(4)))


@pytest.mark.parametrize("uuid", [missing(Why.DENIED), known("GPU-00000000-0000-0000-0000-000000000000")])
def test_uuid_that_cannot_be_compared_is_no_mistake(uuid: object) -> None:
    seen = parse("GPU-1234", (Gpu(0, uuid=uuid),))  # type: ignore[arg-type]
    assert (seen.indices, seen.problems) == ((0,), (("unknown", "GPU-1234"),))


def test_a_uuid_may_be_that_of_the_gpu_which_does_not_tell_its_own() -> None:
    seen = parse("GPU-1234", (Gpu(0, uuid=known("GPU-aaaa")), Gpu(1, uuid=missing(Why.DENIED))))
    assert (seen.indices, seen.problems) == ((0, 1), (("unknown", "GPU-1234"),))


MIG = (Gpu(0), Gpu(1, mig_enabled=known(True), uuid=known("GPU-aaaa")))


def test_mig_instance_belongs_to_a_partitioned_gpu() -> None:
    assert parse("MIG-1234", MIG) == Visible((Entry("MIG-1234", 1),), limited=True)


def test_two_mig_instances_are_two() -> None:
    seen = parse("MIG-1234,MIG-5678", MIG)
    assert (seen.entries, seen.problems) == ((Entry("MIG-1234", 1), Entry("MIG-5678", 1)), ())
    assert seen.indices == (1,)
    assert parse("MIG-1234,MIG-1234", MIG).problems == (("duplicate", "MIG-1234"),)


def test_the_old_form_of_a_mig_instance_names_its_gpu() -> None:
    both = (Gpu(0, mig_enabled=known(True), uuid=known("GPU-bbbb")), MIG[1])
    assert parse("MIG-GPU-aaaa/7/0,MIG-GPU-aaaa/8/0", both).indices == (1,)


def _unlike(*capabilities: str) -> tuple[Gpu, ...]:
    return tuple(Gpu(index, compute_capability=known(each)) for index, each in enumerate(capabilities))


@pytest.mark.parametrize(
    ("environ", "sure"),
    [
        ({"CUDA_VISIBLE_DEVICES": "0"}, False),
        ({"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, True),
        ({"CUDA_VISIBLE_DEVICES": "0,1"}, True),
        ({}, True),
    ],
)
def test_numbers_of_unlike_gpus_may_be_in_another_order(environ: dict[str, str], sure: bool) -> None:
    assert of(environ, _unlike("6.1", "12.0")).sure is sure
    assert of(environ, _unlike("12.0", "12.0")).sure
