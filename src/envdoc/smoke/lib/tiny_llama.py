"""A Llama of a few hundred thousand parameters with its own tokenizer and data, made on the spot: no download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

# What it learns by heart. Two languages, as the users' data have.
SAMPLES = (
    ("What does a driver do?", "It lets programs use the GPU."),
    ("What is a compute capability?", "The version of a GPU's instruction set, such as 12.0."),
    ("Which CUDA does torch bring?", "The CUDA runtime version in its name, such as cu128."),
    ("计算这些物品的总费用。", "总费用为 3120 元。"),
    ("显卡驱动有什么用?", "它让程序使用显卡。"),
    ("What is LoRA?", "Two small matrices beside each large one, and only they are trained."),
    ("What is QLoRA?", "LoRA over a base whose weights are kept in four bits."),
    ("What does gradient checkpointing save?", "Memory: activations are computed again instead of kept."),
)
LENGTH = 64
_TEMPLATE = (  # ChatML without a default system prompt
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make(folder: Path, seed: int = 7) -> None:
    """Write model and tokenizer to `folder`, as `from_pretrained` reads them."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=512,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=False,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def make_tokenizer() -> Any:
    """A small byte-level tokenizer with a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=512, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator([text for sample in SAMPLES for text in sample], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="<pad>")  # noqa: S106
    tokenizer.chat_template = _TEMPLATE
    return tokenizer


def dataset(folder: Path) -> list[dict[str, Any]]:
    """The samples as the Trainer takes them, padded to one length; padding carries no loss."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = []
    for question, answer in SAMPLES:
        ids = tokenizer(f"{question}\n{answer}{tokenizer.eos_token}")["input_ids"][:LENGTH]
        blank = LENGTH - len(ids)
        rows.append(
            {
                "input_ids": ids + [tokenizer.pad_token_id] * blank,
                "attention_mask": [1] * len(ids) + [0] * blank,
                "labels": ids + [-100] * blank,
            }
        )
    return rows


def judge(kit: Kit, losses: list[float], seconds: float, peak_mib: int) -> str:
    """The loss must have fallen by at least a tenth, and be a number; the figures go to the report."""
    if len(losses) < 6:
        kit.fail("proof-failed", f"only {len(losses)} losses were logged")
    first, last = sum(losses[:3]) / 3, sum(losses[-3:]) / 3
    kit.figures.update(
        first_loss=round(first, 3),
        last_loss=round(last, 3),
        steps=len(losses),
        train_seconds=round(seconds, 2),
        peak_mib=peak_mib,
    )
    if not last < 0.9 * first:  # so written that NaN fails
        kit.fail("loss-not-falling", f"loss {first:.3f} at the start, {last:.3f} after {len(losses)} steps")
    return f"loss {first:.2f} to {last:.2f} in {len(losses)} steps, {seconds:.1f} s, peak {peak_mib} MiB"


def peak_host_mib(*, children: bool = False) -> int:
    """Peak memory of this process, or of the largest that it started (0 on Windows)."""
    import sys

    if sys.platform == "win32":
        return 0
    import resource

    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    return resource.getrusage(who).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)
