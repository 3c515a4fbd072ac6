"""Models and data sets of the agreement: the right files with next to nothing in them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import agreement_data
import pytest
from agreement_machine import CONFIG, VARIANTS, recorded

from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Machine, OperatingSystem, Package, System, Target, TargetKind


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that WORK stands for."""
    root = tmp_path_factory.mktemp("agreement")
    agreement_data.write(root / "data")
    for folder in ("configs", "out", "site/transformers/models/llama"):
        (root / folder).mkdir(parents=True)
    for name, more in VARIANTS.items():
        _model(root / name, CONFIG | more)
    (root / "model-bare" / "tokenizer.json").unlink()
    weights = root / "model-cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-20])
    return root


def _model(folder: Path, config: dict[str, object]) -> None:
    folder.mkdir()
    header = json.dumps({"x": {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(64))
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")


@pytest.fixture(scope="session")
def machine(work: Path) -> Machine:
    """The machine that the recording was made on: Linux, no GPU, the packages of its environment."""
    site = work / "site"
    packages = tuple(
        Package(name, version, str(site / f"{name}-{version}.dist-info"))
        for name, version in recorded()["packages"].items()
    )
    return Machine(
        os=OperatingSystem(System.LINUX, "x86_64"),
        gpus=missing(Why.ABSENT),
        target=Target(kind=TargetKind.VENV, packages=known(packages)),
    )
