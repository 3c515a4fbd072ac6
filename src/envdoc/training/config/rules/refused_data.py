"""What the release refuses of data, evaluation and stages while it reads the arguments."""

from __future__ import annotations

from envdoc.training.config.gather import split
from envdoc.training.config.rules.base import Rule
from envdoc.training.config.run import Run


def not_lora(run: Run) -> bool:
    return run.tuning != "lora"


def evaluates(run: Run) -> bool:
    """Whether it evaluates: a strategy other than no sets `do_eval`."""
    strategy = run.get("eval_strategy")
    wanted = run.on("do_eval") or run.on("do_predict") or run.on("predict_with_generate")
    return wanted or (strategy in ("steps", "epoch"))


def _nothing_to_evaluate(run: Run) -> bool:
    size = run.number("val_size") or 0
    return evaluates(run) and run.get("eval_dataset") is None and size < 1e-6


def _probs_differ(run: Run) -> bool:
    probs, names = split(str(run.get("interleave_probs"))), split(run.get("dataset"))
    return bool(names) and len(probs) != len(names)


def _fewer(run: Run, low: str, high: str) -> bool:
    least, most = run.number(low), run.number(high)
    return least is not None and most is not None and most < least


STAGES = (
    Rule(
        "predict-only-sft",
        "predict_with_generate",
        lambda r: r.stage != "sft" and r.on("predict_with_generate"),
        ("stage",),
    ),
    Rule("neat-only-sft", "neat_packing", lambda r: r.stage != "sft" and r.on("neat_packing"), ("stage",)),
    Rule("prompt-only-sft", "train_on_prompt", lambda r: r.stage != "sft" and r.on("train_on_prompt"), ("stage",)),
    Rule("history-only-sft", "mask_history", lambda r: r.stage != "sft" and r.on("mask_history"), ("stage",)),
    Rule(
        "predict-needs-generate",
        "do_predict",
        lambda r: r.stage == "sft" and r.on("do_predict") and not r.on("predict_with_generate"),
        ("predict_with_generate",),
    ),
    Rule(
        "best-not-rm",
        "load_best_model_at_end",
        lambda r: r.stage in ("rm", "ppo") and r.on("load_best_model_at_end"),
        ("stage",),
    ),
    Rule("ppo-needs-train", "stage", lambda r: r.stage == "ppo" and not r.on("do_train"), ("do_train",)),
    Rule(
        "ppo-needs-reward", "reward_model", lambda r: r.stage == "ppo" and r.get("reward_model") is None, ("stage",)
    ),
    Rule(
        "ppo-lora-reward",
        "reward_model_type",
        lambda r: r.stage == "ppo" and r.get("reward_model_type") == "lora" and not_lora(r),
        ("finetuning_type",),
    ),
    Rule("ppo-shift", "shift_attn", lambda r: r.stage == "ppo" and r.on("shift_attn"), ("stage",)),
    Rule(
        "smoothing-needs-sigmoid",
        "dpo_label_smoothing",
        lambda r: (
            r.stage == "dpo" and (r.number("dpo_label_smoothing") or 0) > 1e-6 and r.get("pref_loss") != "sigmoid"
        ),
        ("pref_loss",),
    ),
)
DATA = (
    Rule("no-model", "model_name_or_path", lambda r: r.get("model_name_or_path") is None),
    Rule("no-data", "dataset", lambda r: r.on("do_train") and r.get("dataset") is None, ("do_train",)),
    Rule("nothing-to-evaluate", "eval_dataset", _nothing_to_evaluate, ("eval_strategy", "do_predict", "val_size")),
    Rule("val-without-data", "val_size", lambda r: (r.number("val_size") or 0) > 1e-6 and r.get("dataset") is None),
    Rule(
        "val-and-eval",
        "val_size",
        lambda r: (r.number("val_size") or 0) > 1e-6 and r.get("eval_dataset") is not None,
        ("eval_dataset",),
    ),
    Rule("streaming-steps", "max_steps", lambda r: r.on("streaming") and r.get("max_steps") == -1, ("streaming",)),
    Rule(
        "streaming-val",
        "val_size",
        lambda r: r.on("streaming") and 1e-6 < (r.number("val_size") or 0) < 1,
        ("streaming",),
    ),
    Rule(
        "streaming-samples",
        "max_samples",
        lambda r: r.on("streaming") and r.get("max_samples") is not None,
        ("streaming",),
    ),
    Rule(
        "probs-concat",
        "interleave_probs",
        lambda r: r.get("interleave_probs") is not None and r.get("mix_strategy") == "concat",
        ("mix_strategy",),
    ),
    Rule(
        "probs-number",
        "interleave_probs",
        lambda r: r.get("interleave_probs") is not None and r.get("mix_strategy") != "concat" and _probs_differ(r),
        ("dataset",),
    ),
    Rule(
        "mask-and-prompt",
        "mask_history",
        lambda r: r.on("mask_history") and r.on("train_on_prompt"),
        ("train_on_prompt",),
    ),
    Rule(
        "image-pixels",
        "image_max_pixels",
        lambda r: _fewer(r, "image_min_pixels", "image_max_pixels"),
        ("image_min_pixels",),
    ),
    Rule(
        "video-pixels",
        "video_max_pixels",
        lambda r: _fewer(r, "video_min_pixels", "video_max_pixels"),
        ("video_min_pixels",),
    ),
)
