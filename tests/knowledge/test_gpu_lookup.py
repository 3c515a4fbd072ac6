"""GPUs by name: as drivers print them, as people write them, and never confused."""

from __future__ import annotations

import pytest

from envdoc.knowledge.tables import load


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("NVIDIA GeForce RTX 5060 Ti", "12.0"),
        ("5060ti", "12.0"),
        ("rtx5090", "12.0"),
        ("NVIDIA GeForce RTX 5090 D", "12.0"),
        ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "12.0"),
        ("NVIDIA RTX PRO 4000 Blackwell", "12.0"),
        ("NVIDIA RTX 4000 SFF Ada Generation", "8.9"),
        ("Quadro RTX 4000", "7.5"),
        ("NVIDIA RTX A4000", "8.6"),
        ("a6000", "8.6"),
        ("NVIDIA RTX 6000 Ada Generation", "8.9"),
        ("Quadro RTX 6000", "7.5"),
        ("NVIDIA GeForce RTX 4060 Laptop GPU", "8.9"),
        ("4090D", "8.9"),
        ("NVIDIA GeForce RTX 2050", "8.6"),  # named as Turing, but a GA107
        ("NVIDIA GeForce RTX 2060 SUPER", "7.5"),
        ("NVIDIA GeForce GTX 1650", "7.5"),
        ("GTX 1660Ti", "7.5"),
        ("NVIDIA GeForce GTX 1080 Ti", "6.1"),
        ("GTX 1060 6GB", "6.1"),
        ("NVIDIA TITAN X (Pascal)", "6.1"),
        ("NVIDIA TITAN Xp", "6.1"),
        ("NVIDIA GeForce GTX TITAN X", "5.2"),
        ("NVIDIA TITAN V", "7.0"),
        ("NVIDIA TITAN RTX", "7.5"),
        ("GeForce GTX 950M", "5.0"),
        ("GeForce GTX 950", "5.2"),
        ("Tesla T4", "7.5"),
        ("Tesla V100-SXM2-32GB", "7.0"),
        ("Tesla P100-PCIE-16GB", "6.0"),
        ("Tesla P40", "6.1"),
        ("Tesla K80", "3.7"),
        ("NVIDIA A100-SXM4-80GB", "8.0"),
        ("NVIDIA A10", "8.6"),
        ("NVIDIA A10G", "8.6"),
        ("NVIDIA A30", "8.0"),
        ("NVIDIA L4", "8.9"),
        ("NVIDIA L40S", "8.9"),
        ("NVIDIA H100 80GB HBM3", "9.0"),
        ("NVIDIA H200", "9.0"),
        ("NVIDIA H800", "9.0"),
        ("NVIDIA H20", "9.0"),
        ("NVIDIA GH200 480GB", "9.0"),
        ("NVIDIA B200", "10.0"),
        ("NVIDIA GB200", "10.0"),
        ("NVIDIA B300 SXM6 AC", "10.3"),
        ("NVIDIA GB10", "12.1"),
        ("Orin (nvgpu)", "8.7"),
        ("NVIDIA Thor", "11.0"),
    ],
)
def test_known(name: str, capability: str) -> None:
    row = load().gpu_named(name)
    assert row is not None
    assert row.capability == capability


@pytest.mark.parametrize("name", ["RTX 4000", "RTX 6000", "Radeon RX 7900 XTX", "GeForce", "", "RTX 9090", "NVIDIA"])
def test_unknown_or_ambiguous(name: str) -> None:
    assert load().gpu_named(name) is None


def test_each_name_leads_to_its_own_row() -> None:
    for row in load().gpus:
        for name in row.names:
            assert load().gpu_named(name) is (None if name == "gtx 750" else row), name  # two chips bear it


def test_blackwell_needs_driver_570() -> None:
    rows = [row for row in load().gpus if row.generation == "Blackwell"]
    assert min(row.driver_min for row in rows) == 570
