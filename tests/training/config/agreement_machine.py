"""What the tests of the agreement share."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from envdoc.model.facts import known
from envdoc.model.machine import Gpu, Machine, OperatingSystem, Package, System, Target, TargetKind

HERE = Path(__file__).parent
CONFIG = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "max_position_embeddings": 512,
    "dtype": "float32",
}
VARIANTS = {
    "model": {},
    "model-bf16": {"dtype": "bfloat16"},
    "model-bare": {},
    "model-cut": {},
    "model-code": {"auto_map": {"AutoModelForCausalLM": "modeling_x.X"}},
    "model-own": {"auto_map": {"AutoConfig": "modeling_x.C"}, "model_type": "own_thing"},
    "model-gptq": {"quantization_config": {"quant_method": "gptq", "bits": 4}},
}


@cache
def recorded() -> dict[str, Any]:
    return json.loads((HERE / "agreement_recorded.json").read_text(encoding="utf-8"))


def gpu_machine(*capabilities: str) -> Machine:
    """A Linux machine with these GPUs, and an environment that has every package the rules ask for but hqq."""
    gpus = tuple(Gpu(index, known("a GPU"), known(each)) for index, each in enumerate(capabilities))
    more = {"deepspeed": "0.16.9", "unsloth": "2026.10.9", "torchao": "0.14.0", "flash-attn": "2.8.3"}
    packages = {**recorded()["packages"], **more}
    return Machine(
        os=OperatingSystem(System.LINUX, "x86_64"),
        gpus=known(gpus),
        target=Target(
            kind=TargetKind.VENV,
            packages=known(tuple(Package(name, version, "/x") for name, version in packages.items())),
        ),
    )
