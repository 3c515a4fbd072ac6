"""A tiny Llama is trained by transformers and peft: the loss falls, and what was saved tells the same
when it is loaded again.

Methods: `lora`, `qlora` (a base in 4 bits, NF4, with double quantisation), `full`; each with gradient checkpointing.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_STEPS = 40
_RATE = {"lora": 1e-2, "qlora": 1e-2, "full": 3e-3}


def run(kit: Kit) -> str:
    import torch

    method = kit.args["method"]
    tiny = kit.lib("tiny_llama")
    base, saved = Path(kit.scratch) / "base", Path(kit.scratch) / "saved"
    tiny.make(base)
    rows = tiny.dataset(base)
    torch.manual_seed(7)
    model = _prepared(_loaded(kit, torch, base, method), method)
    start = time.perf_counter()
    losses = _train(kit, torch, model, rows, method)
    seconds = time.perf_counter() - start
    peak = torch.cuda.max_memory_reserved() >> 20 if kit.gpu is not None else tiny.peak_host_mib()
    told = tiny.judge(kit, losses, seconds, peak)
    model.save_pretrained(saved)
    _same_again(kit, torch, model, _reloaded(kit, torch, base, saved, method), rows)
    return f"{told}; saved and loaded again"


def _half(kit: Kit, torch: Any) -> Any:
    """The format that the GPU trains in; fp32 on the CPU and on cards before Ampere."""
    if kit.gpu is None or torch.cuda.get_device_capability()[0] < 8:
        return torch.float32
    return torch.bfloat16


def _loaded(kit: Kit, torch: Any, folder: Path, method: str) -> Any:
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {"torch_dtype": _half(kit, torch), "device_map": {"": kit.device}}
    if method == "full":
        options["torch_dtype"] = torch.float32  # AdamW's small steps would be lost in bf16 weights
    if method == "qlora":
        from transformers import BitsAndBytesConfig

        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=_half(kit, torch),
        )
    return AutoModelForCausalLM.from_pretrained(folder, **options)


def _prepared(model: Any, method: str) -> Any:
    model.config.use_cache = False
    if method == "full":
        return model
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    if method == "qlora":
        model = prepare_model_for_kbit_training(model)
    else:
        model.enable_input_require_grads()  # checkpointing needs a gradient to start from
    config = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    return get_peft_model(model, config)


def _train(kit: Kit, torch: Any, model: Any, rows: list[dict[str, Any]], method: str) -> list[float]:
    from transformers import Trainer, TrainingArguments, default_data_collator

    arguments = TrainingArguments(
        output_dir=str(Path(kit.scratch) / "out"),
        max_steps=_STEPS,
        per_device_train_batch_size=len(rows),
        learning_rate=_RATE[method],
        lr_scheduler_type="constant",
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
        gradient_checkpointing=True,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        bf16=_half(kit, torch) is torch.bfloat16,
        use_cpu=kit.gpu is None,
        seed=7,
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=rows, data_collator=default_data_collator)
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def _reloaded(kit: Kit, torch: Any, base: Path, saved: Path, method: str) -> Any:
    if method == "full":
        return _loaded(kit, torch, saved, method)
    from peft import PeftModel

    return PeftModel.from_pretrained(_loaded(kit, torch, base, method), str(saved))


def _same_again(kit: Kit, torch: Any, trained: Any, reloaded: Any, rows: list[dict[str, Any]]) -> None:
    batch = {key: torch.tensor([row[key] for row in rows], device=kit.device) for key in rows[0]}
    losses = []
    for model in (trained, reloaded):
        model.eval()
        with torch.no_grad():
            losses.append(float(model(**batch).loss))
    kit.figures.update(saved_loss=round(losses[0], 3), reloaded_loss=round(losses[1], 3))
    if not abs(losses[0] - losses[1]) <= 0.05 + 0.02 * losses[0]:
        kit.fail("wrong-numbers", f"loss {losses[0]:.3f} before saving, {losses[1]:.3f} after loading again")
