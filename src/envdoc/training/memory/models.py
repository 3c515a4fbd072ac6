"""A shipped row as the config.json that it was taken from."""

from __future__ import annotations

from typing import Any

from envdoc.knowledge.rows import ModelRow


def config(row: ModelRow) -> dict[str, Any]:
    """The sizes under the names that config.json has for them."""
    return {
        "model_type": row.model_type,
        "hidden_size": row.hidden,
        "num_hidden_layers": row.layers,
        "num_attention_heads": row.heads,
        "num_key_value_heads": row.kv_heads,
        "intermediate_size": row.inner,
        "vocab_size": row.vocabulary,
        "tie_word_embeddings": row.tied,
        "head_dim": row.head_dim,
    }


def plain(name: str) -> str:
    """`Qwen/Qwen2.5-7B-Instruct` as `qwen2.5-7b`: tuned versions have their base's sizes."""
    last = name.rstrip("/\\").replace("\\", "/").rpartition("/")[2].lower()
    for old, new in (("meta-llama-", "llama"), ("llama-", "llama"), ("-hf", ""), ("-instruct", ""), ("-chat", "")):
        last = last.replace(old, new)
    for ending in ("-base", "-v0.1", "-v0.2", "-v0.3", "-it"):
        last = last.removesuffix(ending)
    return last
