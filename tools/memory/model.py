"""A model folder of a shape with random bfloat16 weights, a tiny tokenizer, and data that fills every sequence."""

from __future__ import annotations

import json
import sys
from pathlib import Path

_SHARD = 4 * 2**30  # bytes in one file of weights


def make(folder: Path, config: dict[str, object]) -> None:
    """Write the whole folder as `from_pretrained` reads it."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with torch.device("meta"):
        shape = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder))
    tied = bool(config["tie_word_embeddings"])
    wanted = [
        (name, each.shape) for name, each in shape.named_parameters() if not (tied and name == "lm_head.weight")
    ]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    index: dict[str, str] = {}
    shard: dict[str, torch.Tensor] = {}
    size = number = 0

    def flush() -> None:
        nonlocal size, number
        file = f"model-{number:05}.safetensors"
        index.update(dict.fromkeys(shard, file))
        save_file(shard, folder / file, metadata={"format": "pt"})
        shard.clear()
        size, number = 0, number + 1

    for name, dimensions in wanted:
        tensor = torch.randn(dimensions, dtype=torch.bfloat16, device=device).mul_(0.02).cpu()
        shard[name] = tensor
        size += tensor.numel() * 2
        if size > _SHARD:
            flush()
    if shard:
        flush()
    weights = {"metadata": {}, "weight_map": index}
    (folder / "model.safetensors.index.json").write_text(json.dumps(weights), encoding="utf-8")


def tokenizer(folder: Path) -> None:
    """A byte-level tokenizer: the vocabulary's size is the model's matter, not the text's."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = pre_tokenizers.ByteLevel.alphabet()
    special = ["<s>", "</s>", "<pad>"]
    vocabulary = {each: number for number, each in enumerate([*special, *sorted(letters)])}
    raw = Tokenizer(models.BPE(vocabulary, []))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    made.save_pretrained(folder)


def data(folder: Path, characters: int, records: int = 64) -> None:
    """Records longer than any sequence that is measured, so that each is cut to `cutoff_len` exactly."""
    folder.mkdir(parents=True, exist_ok=True)
    row = {"instruction": "a" * characters, "input": "", "output": "b" * characters}
    (folder / "long.json").write_text(json.dumps([row] * records), encoding="utf-8")
    (folder / "dataset_info.json").write_text(json.dumps({"long": {"file_name": "long.json"}}), encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    make(target, json.loads(sys.argv[2]))
    tokenizer(target)
