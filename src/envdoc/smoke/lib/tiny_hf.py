"""A Llama of two layers as Hugging Face keeps it, written without transformers: `python tiny_hf.py FOLDER`.

Run by the Python of llama.cpp's own scripts: torch, safetensors and sentencepiece are theirs.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

_TEXT = (
    "What does a driver do?",
    "It lets programs use the GPU.",
    "Which CUDA does torch bring?",
    "显卡驱动有什么用?",
)
_HIDDEN, _INNER, _HEADS, _LAYERS = 64, 128, 4, 2


def write(folder: Path) -> None:
    """Configuration, tokenizer and weights."""
    size = _tokenizer(folder)
    _weights(folder, size)
    told = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": size,
        "hidden_size": _HIDDEN,
        "intermediate_size": _INNER,
        "num_attention_heads": _HEADS,
        "num_key_value_heads": _HEADS,
        "num_hidden_layers": _LAYERS,
        "max_position_embeddings": 128,
        "rms_norm_eps": 1e-6,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "torch_dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(told), encoding="utf-8")


def _tokenizer(folder: Path) -> int:
    """A sentencepiece model trained on four lines; how many pieces it has."""
    import sentencepiece

    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_TEXT * 4),
        model_writer=out,
        vocab_size=300,
        model_type="bpe",
        byte_fallback=True,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (folder / "tokenizer.model").write_bytes(out.getvalue())
    return int(sentencepiece.SentencePieceProcessor(model_proto=out.getvalue()).vocab_size())


def _weights(folder: Path, size: int) -> None:
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(7)
    shapes = {"model.embed_tokens": (size, _HIDDEN), "lm_head": (size, _HIDDEN), "model.norm": (_HIDDEN,)}
    for layer in range(_LAYERS):
        at = f"model.layers.{layer}"
        shapes |= {f"{at}.{name}_layernorm": (_HIDDEN,) for name in ("input", "post_attention")}
        shapes |= {f"{at}.self_attn.{name}_proj": (_HIDDEN, _HIDDEN) for name in "qkvo"}
        shapes |= {f"{at}.mlp.{name}_proj": (_INNER, _HIDDEN) for name in ("gate", "up")}
        shapes[f"{at}.mlp.down_proj"] = (_HIDDEN, _INNER)
    tensors = {f"{name}.weight": torch.randn(shape) * 0.05 for name, shape in shapes.items()}
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})


if __name__ == "__main__":
    write(Path(sys.argv[1]))
