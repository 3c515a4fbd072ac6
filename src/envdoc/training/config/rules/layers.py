"""Modules that a file names, against those that the model's layers have.

Read out of transformers 5.5.4's models/*/modeling_*.py. Model types that are not here are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.finding import Finding
from envdoc.training.config.gather import split
from envdoc.training.config.rules.base import LATER, told
from envdoc.training.config.run import Run

_LLAMA = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_FUSED_MLP = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_up_proj", "down_proj")
LAYERS = {
    **dict.fromkeys(("llama", "qwen2", "qwen3", "mistral", "gemma", "gemma2"), _LLAMA),
    **dict.fromkeys(("glm", "glm4"), _FUSED_MLP),
    "phi3": ("qkv_proj", "o_proj", "gate_up_proj", "down_proj"),
}
# Parts of a layer of llama, qwen2, mistral, which freeze_trainable_modules chooses from
PARTS = ("all", "self_attn", "mlp", "input_layernorm", "post_attention_layernorm")
PARTED = ("llama", "qwen2", "qwen3", "mistral", "gemma")


def modules(run: Run) -> Iterator[Finding]:
    """`lora_target` with none of the model's modules, `freeze_trainable_modules` with more than parts of a layer."""
    model = run.model()
    kind = str(model.config.get("model_type")) if model else ""
    layers = LAYERS.get(kind, ())
    if layers and run.tuning == "lora" and _nothing_hit(split(run.get("lora_target")), layers):
        yield told(
            run, "train-fails-later", "lora_target", LATER,
            summary="no-target", fix="no-target-fix", model=kind, layers=" ".join(layers),
        )  # fmt: skip
    wanted = split(run.get("freeze_trainable_modules"))
    if kind in PARTED and run.tuning == "freeze" and any(name not in PARTS for name in wanted):
        yield told(
            run, "train-fails-later", "freeze_trainable_modules", LATER,
            summary="no-part", fix="no-part-fix", parts=" ".join(PARTS), model=kind,
        )  # fmt: skip


def _nothing_hit(targets: tuple[str, ...], layers: tuple[str, ...]) -> bool:
    """A name with a dot or a sign of a pattern is matched against full names, which are not known here."""
    known = ("all", "lm_head", "embed_tokens", *layers)
    return bool(targets) and not any(name in known or not name.isidentifier() for name in targets)
