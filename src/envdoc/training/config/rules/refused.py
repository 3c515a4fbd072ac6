"""Combinations that the release refuses while it reads the arguments, one at a time: here all of them at once.

Source: hparams/parser.py, data_args.py, model_args.py, finetuning_args.py of LLaMA-Factory 0.9.5 (52 and 44 `raise`),
transformers' training_args.py; each is a case of the agreement's table.
"""

from __future__ import annotations

from envdoc.training.config.gather import split
from envdoc.training.config.rules.base import Rule
from envdoc.training.config.rules.refused_data import DATA, STAGES, evaluates, not_lora
from envdoc.training.config.run import Run

PAIRS = ("galore", "apollo", "badam")


def _optimizers(run: Run) -> int:
    return sum(run.on(f"use_{name}") for name in PAIRS)


def _whole_multiple(run: Run) -> bool:
    save, every = run.number("save_steps"), run.number("eval_steps") or run.number("logging_steps")
    return not save or not every or save % every == 0


def _strategies_differ(run: Run) -> bool:
    return run.get("save_strategy") not in ("best", run.get("eval_strategy"))


def _quantized(run: Run) -> bool:
    return run.get("quantization_bit") is not None


TUNING = (
    Rule(
        "adapter-not-lora",
        "adapter_name_or_path",
        lambda r: r.get("adapter_name_or_path") is not None and not_lora(r),
        ("finetuning_type",),
    ),
    Rule("dora-not-lora", "use_dora", lambda r: r.on("use_dora") and not_lora(r), ("finetuning_type",)),
    Rule("rslora-not-lora", "use_rslora", lambda r: r.on("use_rslora") and not_lora(r), ("finetuning_type",)),
    Rule(
        "loraplus-not-lora",
        "loraplus_lr_ratio",
        lambda r: r.get("loraplus_lr_ratio") is not None and not_lora(r),
        ("finetuning_type",),
    ),
    Rule("pissa-not-lora", "pissa_init", lambda r: r.on("pissa_init") and not_lora(r), ("finetuning_type",)),
    Rule(
        "pissa-stage",
        "pissa_init",
        lambda r: (
            r.on("pissa_init")
            and (r.stage in ("ppo", "kto") or (r.stage == "dpo" and r.get("pref_loss") not in ("orpo", "simpo")))
        ),
        ("stage",),
    ),
    Rule(
        "llama-pro-full",
        "use_llama_pro",
        lambda r: r.on("use_llama_pro") and r.tuning == "full",
        ("finetuning_type",),
    ),
    Rule(
        "optimizer-lora",
        "finetuning_type",
        lambda r: r.tuning == "lora" and _optimizers(r) > 0,
        ("use_galore", "use_apollo", "use_badam"),
    ),
    Rule("optimizers-two", "use_galore", lambda r: _optimizers(r) > 1, ("use_apollo", "use_badam")),
    Rule("both-halves", "fp16", lambda r: r.on("fp16") and r.on("bf16"), ("bf16",)),
    Rule(
        "infer-backend",
        "infer_backend",
        lambda r: r.given("infer_backend") and r.get("infer_backend") not in ("huggingface", "hf"),
    ),
)
QUANTIZED = (
    Rule(
        "quantized-not-lora",
        "quantization_bit",
        lambda r: _quantized(r) and r.tuning not in ("lora", "oft"),
        ("finetuning_type",),
    ),
    Rule("quantized-pissa", "pissa_init", lambda r: _quantized(r) and r.on("pissa_init"), ("quantization_bit",)),
    Rule("quantized-resize", "resize_vocab", lambda r: _quantized(r) and r.on("resize_vocab"), ("quantization_bit",)),
    Rule(
        "quantized-new-adapter",
        "create_new_adapter",
        lambda r: _quantized(r) and r.get("adapter_name_or_path") is not None and r.on("create_new_adapter"),
        ("quantization_bit",),
    ),
    Rule(
        "quantized-adapters",
        "adapter_name_or_path",
        lambda r: _quantized(r) and len(split(r.get("adapter_name_or_path"))) > 1,
        ("quantization_bit",),
    ),
    Rule("quantized-fp8", "fp8", lambda r: _quantized(r) and r.on("fp8"), ("quantization_bit",)),
    Rule(
        "export-bit",
        "export_quantization_bit",
        lambda r: r.get("export_quantization_bit") is not None and r.get("export_quantization_dataset") is None,
    ),
    Rule(
        "quantized-device-map",
        "quantization_device_map",
        lambda r: r.on("do_train") and r.get("quantization_device_map") == "auto",
    ),
    Rule("ref-bits", "ref_model_quantization_bit", lambda r: r.get("ref_model_quantization_bit") not in (None, 4, 8)),
    Rule(
        "reward-bits",
        "reward_model_quantization_bit",
        lambda r: r.get("reward_model_quantization_bit") not in (None, 4, 8),
    ),
)
TRAINER = (
    Rule(
        "best-strategies",
        "load_best_model_at_end",
        lambda r: r.on("load_best_model_at_end") and _strategies_differ(r),
        ("save_strategy", "eval_strategy"),
    ),
    Rule(
        "best-multiple",
        "save_steps",
        lambda r: (
            r.on("load_best_model_at_end")
            and r.get("save_strategy") == "steps"
            and not _strategies_differ(r)
            and not _whole_multiple(r)
        ),
        ("eval_steps", "load_best_model_at_end"),
    ),
    Rule(
        "plateau-needs-eval",
        "lr_scheduler_type",
        lambda r: r.get("lr_scheduler_type") in ("reduce_lr_on_plateau", "greedy") and not evaluates(r),
        ("eval_strategy",),
    ),
    Rule(
        "prefetch-needs-workers",
        "dataloader_prefetch_factor",
        lambda r: r.get("dataloader_prefetch_factor") is not None and r.get("dataloader_num_workers") == 0,
        ("dataloader_num_workers",),
    ),
)
REFUSED = (*DATA, *STAGES, *TUNING, *QUANTIZED, *TRAINER)
