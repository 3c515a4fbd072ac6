"""A model's config.json made small: the same architecture with two layers of 64, so that three steps take seconds.

Only sizes change; what decides how the model computes (activation, norms, rotary base, tied embeddings, kinds of
layers, vocabulary) stays. A pure function over JSON data, of the standard library.
"""

from __future__ import annotations

from typing import Any

HIDDEN, HEADS, HEAD, INNER, EXPERT = 64, 4, 16, 128, 32
_LAYERS = (
    "num_hidden_layers", "n_layer", "n_layers", "num_layers", "depth", "encoder_layers", "decoder_layers",
    "num_encoder_layers", "num_decoder_layers",
)  # fmt: skip
_SIZES = {
    **dict.fromkeys(("hidden_size", "d_model", "n_embd", "embed_dim", "out_hidden_size", "projection_dim"), HIDDEN),
    **dict.fromkeys(
        (
            "num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads", "encoder_attention_heads",
            "decoder_attention_heads",
        ),
        HEADS,
    ),
    **dict.fromkeys(("head_dim", "kv_channels", "attention_head_size", "global_head_dim"), HEAD),
    **dict.fromkeys(
        (
            "intermediate_size", "ffn_hidden_size", "ffn_dim", "encoder_ffn_dim", "decoder_ffn_dim", "n_inner",
            "mlp_dim",
        ),
        INNER,
    ),
    **dict.fromkeys(
        ("moe_intermediate_size", "shared_expert_intermediate_size", "expert_intermediate_size"), EXPERT
    ),
    **dict.fromkeys(("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"), 4),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk", "moe_k", "top_k_experts"), 2),
    **dict.fromkeys(("q_lora_rank", "kv_lora_rank"), 32),
    **dict.fromkeys(("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"), HEAD),
    **dict.fromkeys(("linear_key_head_dim", "linear_value_head_dim"), HEAD),
    "qk_head_dim": 2 * HEAD,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": HEADS,
    "n_group": 1,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "num_nextn_predict_layers": 0,
}  # fmt: skip
_FEWER = ("num_key_value_heads", "num_kv_heads", "multi_query_group_num", "num_global_key_value_heads")
_MOST_LAYERS = 8
# What belongs to the weights as they are stored, which random ones are not.
_STORED = ("quantization_config", "_name_or_path", "auto_map", "transformers_version")


def shrunk(config: dict[str, Any]) -> dict[str, Any]:
    """The config with small sizes, in its parts too (`text_config`, `vision_config`, ...)."""
    layers = _layers(config)
    old = _number(config, _LAYERS)
    out: dict[str, Any] = {}
    for key, value in config.items():
        if key not in _STORED:
            out[key] = _value(key, value, config, old, layers)
    return out


def _value(key: str, value: Any, config: dict[str, Any], old: int, layers: int) -> Any:
    if isinstance(value, dict):
        return _rotary(value, config) if key in ("rope_scaling", "rope_parameters") else shrunk(value)
    if isinstance(value, list):
        return _list(key, value, old, layers)
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if key in _LAYERS:
        return min(value, layers)
    if key in _FEWER:
        return _kept_ratio(value, _number(config, ("num_attention_heads", "n_head", "num_heads")))
    if key == "max_window_layers":
        return min(value, layers)
    return min(value, _SIZES[key]) if key in _SIZES else value


def _layers(config: dict[str, Any]) -> int:
    """Two, or as many as show every kind of layer that the model has."""
    kinds: list[str] = next(
        (config[key] for key in ("layer_types", "layers_block_type") if isinstance(config.get(key), list)), []
    )
    seen = max((kinds.index(kind) + 1 for kind in set(map(str, kinds)) if kind in kinds), default=2)
    every = _number(config, ("sliding_window_pattern", "full_attention_interval")) or 2
    return min(max(2, seen, every), _MOST_LAYERS)


def _kept_ratio(groups: int, heads: int) -> int:
    """As many key heads as query heads, one for all, or half as many."""
    if groups >= heads > 0:
        return HEADS
    return 1 if groups == 1 else HEADS // 2


def _list(key: str, value: list[Any], old: int, layers: int) -> list[Any]:
    if old and len(value) == old:
        return value[:layers]
    if key in ("deepstack_visual_indexes", "fullatt_block_indexes", "vision_feature_layers"):
        return [number for number in range(len(value)) if number < layers]
    return value


def _rotary(rope: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Lists over the dimensions of a head, in proportion."""
    heads, hidden = _number(config, ("num_attention_heads", "n_head")), _number(config, ("hidden_size", "n_embd"))
    head = _number(config, ("head_dim",)) or (hidden // heads if heads else 0)
    out = dict(rope)
    for key, value in rope.items():
        if isinstance(value, dict):
            out[key] = _rotary(value, config)
        elif isinstance(value, list) and head and value and all(isinstance(each, (int, float)) for each in value):
            out[key] = _section(value, head) if key == "mrope_section" else value[: max(1, len(value) * HEAD // head)]
    return out


def _section(parts: list[int], head: int) -> list[int]:
    """`[16, 24, 24]` of a head of 128 as `[2, 3, 3]` of one of 16; the sum keeps its share."""
    whole = max(1, sum(parts) * HEAD // head)
    small = [max(1, part * HEAD // head) for part in parts]
    small[-1] += whole - sum(small)
    return small


def _number(config: dict[str, Any], keys: tuple[str, ...]) -> int:
    return next((config[key] for key in keys if isinstance(config.get(key), int)), 0)
