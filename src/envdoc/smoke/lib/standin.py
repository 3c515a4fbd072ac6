"""A tiny random model of the same architecture as another, with that one's own tokenizer where it is at hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

# Files of a tokenizer or a processor: text and tables, no code.
_TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "vocab.txt", "merges.txt", "spiece.model", "tekken.json", "tiktoken.model", "chat_template.json",
    "chat_template.jinja", "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json",
    "generation_config.json",
)  # fmt: skip
_VOCABULARIES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json")


def make(kit: Kit, config: dict[str, Any], source: str, folder: Path) -> str:
    """Write the stand-in to `folder`; in a few words what it is. `source` is the model's own folder, "" for none."""
    folder.mkdir()
    small = kit.lib("shrunk").shrunk(config)
    own = _copied(Path(source), folder) if source else False
    if not own:
        tokenizer = kit.lib("tiny_llama").make_tokenizer()
        tokenizer.save_pretrained(folder)
        _set_vocabulary(small, len(tokenizer) + 64, tokenizer)  # a template adds tokens of its own
    (folder / "config.json").write_text(json.dumps(small), encoding="utf-8")
    try:
        parameters = _weights(folder, small)
    except Exception as error:  # whatever an architecture wants that sizes do not tell
        kit.skip(f"no stand-in of {config.get('model_type')} could be made: {type(error).__name__}: {error}")
    tokenizer_is = "its own tokenizer" if own else "a tokenizer made on the spot"
    return f"{config.get('model_type')} of {parameters / 1e6:.1f} million parameters with {tokenizer_is}"


def _copied(source: Path, folder: Path) -> bool:
    """Copy what the model's folder has of a tokenizer; whether there is a vocabulary among it."""
    found = [name for name in _TOKENIZER if (source / name).is_file()]
    for name in found:
        shutil.copyfile(source / name, folder / name)
    config = folder / "tokenizer_config.json"
    if config.exists():  # code of the model's own is never run
        told = json.loads(config.read_text(encoding="utf-8"))
        config.write_text(json.dumps({key: told[key] for key in told if key != "auto_map"}), encoding="utf-8")
    return any(name in _VOCABULARIES for name in found)


def _set_vocabulary(config: dict[str, Any], size: int, tokenizer: Any) -> None:
    """The vocabulary and the special tokens of the tokenizer that was made, in the text part too."""
    for part in (config, *(value for value in config.values() if isinstance(value, dict) and "vocab_size" in value)):
        if "vocab_size" in part or part is config:
            part["vocab_size"] = size
        for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
            if name in part:
                part[name] = getattr(tokenizer, name)


def _weights(folder: Path, config: dict[str, Any]) -> int:
    """Random weights in the type that the model's config names; how many parameters."""
    import torch
    import transformers

    torch.manual_seed(7)
    loaded = transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False)
    names = config.get("architectures") or [""]
    kind = getattr(transformers, str(names[0]), None)
    dtype = getattr(torch, str(config.get("dtype") or config.get("torch_dtype") or "float32"), torch.float32)
    model = kind(loaded) if kind else transformers.AutoModelForCausalLM.from_config(loaded)
    model.to(dtype).save_pretrained(folder)
    return sum(each.numel() for each in model.parameters())
