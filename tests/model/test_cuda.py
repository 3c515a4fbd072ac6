"""CUDA's words and the cubin rule. Cases follow torch's own table (DEVICE_REQUIREMENT, torch 2.15)."""

from __future__ import annotations

import pytest

from envdoc.model.cuda import arch_of, capability_of, cuda_of, tag_of, version_tuple


@pytest.mark.parametrize(("tag", "cuda"), [("cu128", "12.8"), ("cu130", "13.0"), ("cu118", "11.8"), ("cpu", None)])
def test_variant_tags_go_both_ways(tag: str, cuda: str | None) -> None:
    assert cuda_of(tag) == cuda
    assert tag_of(cuda) == tag


@pytest.mark.parametrize(
    ("arch", "capability"), [("sm_120", "12.0"), ("sm_90a", "9.0"), ("compute_75", "7.5"), ("sm_101", "10.1")]
)
def test_architectures_are_capabilities(arch: str, capability: str) -> None:
    assert capability_of(arch) == capability


def test_an_architecture_of_a_capability() -> None:
    assert arch_of("12.0") == "sm_120"
    with pytest.raises(ValueError, match="not an architecture"):
        capability_of("ptx")


def test_versions_stop_at_words() -> None:
    assert version_tuple("580.159.04") == (580, 159, 4)
    assert version_tuple("12.8.rc1") == (12, 8)
