"""Which code runs on which GPU. Cases follow DEVICE_REQUIREMENT of torch 2.15 and the CUDA guide."""

from __future__ import annotations

import pytest

from envdoc.rules.coverage import by_ptx, covers, runs_on


@pytest.mark.parametrize(
    ("built", "device", "runs"),
    [
        ("8.0", "8.6", True),
        ("8.6", "8.9", True),
        ("8.9", "8.6", False),
        ("12.0", "12.1", True),
        ("10.0", "10.3", True),
        ("10.0", "12.0", False),
        ("9.0", "10.0", False),
        ("6.0", "6.1", True),
        ("8.6", "8.7", False),  # Jetson Orin takes only its own
        ("7.0", "7.2", False),
        ("10.1", "11.0", True),  # Thor's two names
        ("7.5", "7.5", True),
    ],
)
def test_cubins_run_on_the_same_major_from_their_minor_on(built: str, device: str, runs: bool) -> None:
    assert runs_on(built, device) is runs


def test_ptx_does_not_count() -> None:
    assert not covers(("sm_90", "compute_90"), "12.0")
    assert covers(("sm_75", "sm_120"), "12.0")
    assert covers(("7.5", "8.0"), "8.9")


@pytest.mark.parametrize(
    ("arch", "device", "runs"),
    [
        ("sm_100a", "10.0", True),
        ("sm_100a", "10.3", False),
        ("sm_120a", "12.0", True),
        ("sm_120a", "12.1", False),
        ("sm_90a", "9.0", True),
        ("sm_101a", "11.0", True),  # Thor's two names
        ("sm_100f", "10.3", True),
        ("sm_100f", "12.0", False),
        ("sm_120f", "12.1", True),
        ("sm_103f", "10.0", False),
        ("sm_120", "12.1", True),
        ("9.0a", "9.0", True),  # TORCH_CUDA_ARCH_LIST's spelling
    ],
)
def test_arch_specific_code_runs_on_its_own_and_family_code_in_its_family(arch: str, device: str, runs: bool) -> None:
    assert covers((arch,), device) is runs


@pytest.mark.parametrize(
    ("arch", "device", "runs"),
    [
        ("compute_90", "9.0", True),
        ("compute_90", "12.0", True),
        ("compute_120", "9.0", False),
        ("compute_90a", "10.0", False),
        ("compute_100f", "10.3", True),
        ("compute_100f", "12.0", False),
        ("sm_90", "12.0", False),
    ],
)
def test_ptx_is_compiled_for_newer_gpus(arch: str, device: str, runs: bool) -> None:
    assert by_ptx((arch,), device) is runs
