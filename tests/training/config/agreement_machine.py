"""What the tests of the agreement share."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

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
