"""The table of what a card should give: names as drivers tell them find the right row, and no other card's."""

from __future__ import annotations

import pytest

from envdoc.knowledge.performance import expected, find, rows


@pytest.mark.parametrize(
    ("name", "bf16", "memory"),
    [
        ("NVIDIA H200", 989, 4800),
        ("NVIDIA H100 80GB HBM3", 989, 3350),
        ("NVIDIA H100 PCIe", 756, 2000),
        ("NVIDIA H100 NVL", 835, 3900),
        ("NVIDIA A100-SXM4-40GB", 312, 1555),
        ("NVIDIA A100-SXM4-80GB", 312, 1935),
        ("NVIDIA GeForce RTX 4090", 165.2, 1008),
        ("NVIDIA GeForce RTX 5070 Ti", 87.9, 896),
        ("NVIDIA GeForce RTX 5060 Ti", 47.4, 448),
        ("NVIDIA L4", 121, 300),
        ("NVIDIA L40S", 362, 864),
        ("NVIDIA B200", 2250, 7700),
        ("Tesla T4", 0, 320),
        ("Tesla V100-SXM2-16GB", 0, 900),
    ],
)
def test_a_card_by_its_name(name: str, bf16: float, memory: float) -> None:
    assert (expected(name, "bf16_tflops"), expected(name, "memory_gbs")) == (bf16, memory)


@pytest.mark.parametrize(
    "name",
    [
        "NVIDIA GeForce RTX 4090 Laptop GPU",
        "NVIDIA GeForce RTX 3080 Ti",
        "NVIDIA GeForce RTX 4090 D",
        "NVIDIA GeForce RTX 4070 SUPER",
        "NVIDIA RTX 6000 Ada Generation",
        "NVIDIA GeForce GTX 1080",
        "",
    ],
)
def test_a_card_without_a_row_expects_nothing(name: str) -> None:
    assert find(name) is None
    assert expected(name, "bf16_tflops") == 0.0


def test_every_row_is_whole_and_its_formats_rise() -> None:
    for row in rows():
        assert row.source.startswith("https://")
        assert row.checked == "2026-11-24"
        given = [row.fp32_tflops, row.tf32_tflops, row.fp16_tflops, row.fp8_tflops]
        told = [figure for figure in given if figure]
        assert told == sorted(told), row
        assert row.bf16_tflops in (0.0, row.fp16_tflops)


def test_no_name_stands_twice() -> None:
    names = [name for row in rows() for name in row.names]
    assert len(names) == len(set(names))
