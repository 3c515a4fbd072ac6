"""The recorded and minted machines of the repository, resolved as `--machine FILE` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from resolver_kit import Resolver

from envdoc.model.codec import decode
from envdoc.model.machine import Machine

_FOLDER = Path(__file__).parents[1] / "machines"
EXPECTED = {
    "linux-1080-5090-580": "rtx50-cu128 cu128 2.7.1 3.12",
    "linux-1080ti-580": "gtx10 cu126 2.7.1 3.12",
    "linux-a100-525": "ampere-dc cu128 2.8.0 3.12",
    "linux-b200-580": "blackwell cu128 2.9.1 3.12",
    "linux-driver-mismatch": "gpus-not-readable",
    "linux-gb10-580-aarch64": "blackwell cu130 2.9.1 3.12",
    "linux-h200-580": "hopper cu128 2.8.0 3.12",
    "linux-no-gpu": "cpu cpu 2.8.0 3.12",
    "linux-t4-535": "turing-dc cu128 2.8.0 3.12",
    "linux-v100-580": "volta cu128 2.8.0 3.12",
    "win11-2x5060ti-576-cpu-torch": "rtx50-cu128 cu128 2.7.1 3.12",
    "win11-4090-610": "rtx40 cu128 2.8.0 3.12",
    "win11-laptop-store-stub": "rtx40 cu128 2.8.0 3.12",
    "wsl2-4070": "rtx40 cu128 2.8.0 3.12",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_choice(resolving: Resolver, name: str) -> None:
    data = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    resolution = resolving.resolve(decode(Machine, data.get("machine", data)))
    chosen = f"{resolution.profile} {resolution.cuda} {resolution.torch} {resolution.python}"
    told = chosen if resolution.fits else " ".join(finding.code for finding in resolution.findings)
    assert told == EXPECTED[name]


def test_alike_gpus_are_told_together(resolving: Resolver) -> None:
    data = json.loads((_FOLDER / "linux-b200-580.json").read_text(encoding="utf-8"))
    resolution = resolving.resolve(decode(Machine, data.get("machine", data)))
    assert (
        resolution.why[0]
        == "profile blackwell is for compute capability 10.0 to 12.1: GPUs 0 to 7 (NVIDIA B200) have 10.0"
    )
    rejected = {each.candidate: each.reasons for each in resolution.rejected}
    assert rejected["profile hopper"] == ("is for compute capability 9.0, GPUs 0 to 7 (NVIDIA B200) have 10.0",)
