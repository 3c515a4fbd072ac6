"""The shapes that are measured: the rows of the table `models`, and a tiny one to try the tool with."""

from __future__ import annotations

from typing import Any

from envdoc.knowledge.rows import ModelRow
from envdoc.knowledge.tables import load
from envdoc.training.memory import models

_TINY = ModelRow("", "", "tiny", "llama", 128, 2, 4, 2, 256, 512, False, 32)
_ARCHITECTURES = {"llama": "LlamaForCausalLM", "mistral": "MistralForCausalLM", "qwen2": "Qwen2ForCausalLM"}


def config(name: str) -> dict[str, Any]:
    """A whole config.json of the row's sizes."""
    row = next(row for row in (*load().models, _TINY) if row.name == name)
    return {
        **models.config(row),
        "architectures": [_ARCHITECTURES.get(row.model_type, f"{row.model_type.title()}ForCausalLM")],
        "hidden_act": "silu",
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0,
        "torch_dtype": "bfloat16",
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 2,
        **({"sliding_window": None} if row.model_type != "llama" else {}),
    }
