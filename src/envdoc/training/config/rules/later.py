"""What the release takes, and what then stops the run: after the tokenizer, the data or the model are loaded."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.finding import Finding
from envdoc.model.specifiers import allows
from envdoc.training.config.gather import split
from envdoc.training.config.rules.base import LATER, Rule, told
from envdoc.training.config.run import Run

FA3_LISTED = ("0.9.4", "0.9.5")  # listed there, and not built in; the releases after have it
PAIR_STAGES = ("rm", "dpo")
PPO_TRL = "<=0.9.6"  # train/ppo/trainer.py:87-96; the release's own import check needs trl >= 0.18


def _template(run: Run) -> object:
    return run.keys.templates.get(str(run.get("template")))


def _eos_template(run: Run) -> bool:
    return bool(getattr(_template(run), "efficient_eos", False)) and run.on("train_on_prompt")


def _media_template(run: Run) -> bool:
    """A template with images on a model whose config has no vision part and whose folder no processor."""
    model = run.model()
    if model is None or not model.config or not getattr(_template(run), "multimodal", False):
        return False
    parts = ("vision_config", "audio_config", "visual")
    processor = any(name in model.names for name in ("preprocessor_config.json", "processor_config.json"))
    return not processor and not any(part in model.config for part in parts)


def _rope_beyond(run: Run) -> bool:
    model, length = run.model(), run.number("cutoff_len")
    positions = model.config.get("max_position_embeddings") if model else None
    new = bool(run.keys.transformers) and allows(">=5", run.keys.transformers)
    return run.get("rope_scaling") is not None and new and bool(positions and length and length > positions)


def _half_frozen(run: Run) -> bool:
    model = run.model()
    stored = str(model.config.get("dtype") or model.config.get("torch_dtype")) if model else ""
    return run.tuning == "freeze" and not (run.on("bf16") or run.on("fp16") or run.on("pure_bf16")) and "16" in stored


def _stage_data(run: Run) -> bool:
    """Data sets of pairs for a stage that wants none, or the other way round; asked by `is`, so text passes both."""
    data = run.facts.data
    for name in split(run.get("dataset")) if data else ():
        entry = data.entries.get(name) if data else None
        ranking = entry.get("ranking", False) if entry is not None else None
        if (run.stage in PAIR_STAGES and ranking is False) or (run.stage not in PAIR_STAGES and ranking is True):
            return True
    return False


def _resume(run: Run) -> bool:
    value = run.get("resume_from_checkpoint")
    if value is True:
        return run.facts.output is not None and not any(
            name.startswith("checkpoint-") for name in run.facts.output.names
        )
    return isinstance(value, str) and run.facts.resume_there is False


def _needs_shift(run: Run) -> bool:
    return (
        run.on("shift_attn") and bool(run.keys.transformers) and not allows(">=4.45.0,<4.48.0", run.keys.transformers)
    )


def _fa3(run: Run) -> bool:
    model = run.model()
    kind = model.config.get("model_type") if model else ""
    return run.get("flash_attn") == "fa3" and kind != "gpt_oss" and run.keys.llamafactory in FA3_LISTED


LATER_ROWS = (
    Rule("shift-attn", "shift_attn", _needs_shift),
    Rule("fa3", "flash_attn", _fa3),
    Rule("prompt-eos", "train_on_prompt", _eos_template, ("template",)),
    Rule("media-template", "template", _media_template),
    Rule("rope-beyond", "rope_scaling", _rope_beyond, ("cutoff_len",)),
    Rule("half-frozen", "finetuning_type", _half_frozen, ("bf16", "fp16")),
    Rule("stage-data", "dataset", _stage_data, ("stage",)),
    Rule(
        "streaming-workers",
        "streaming",
        lambda r: r.on("streaming") and r.get("dataloader_num_workers") == 0 and r.facts.data is not None,
        ("dataloader_num_workers",),
    ),
    Rule("resume", "resume_from_checkpoint", _resume, ("output_dir",)),
    Rule("output-file", "output_dir", lambda r: r.facts.output is not None and r.facts.output.is_file),
    Rule(
        "galore-accumulation",
        "gradient_accumulation_steps",
        lambda r: r.on("use_galore") and r.on("galore_layerwise") and r.get("gradient_accumulation_steps") != 1,
    ),
    Rule(
        "apollo-accumulation",
        "gradient_accumulation_steps",
        lambda r: r.on("use_apollo") and r.on("apollo_layerwise") and r.get("gradient_accumulation_steps") != 1,
    ),
)


def ppo(run: Run) -> Iterator[Finding]:
    """PPO's trainer wants a trl that the release's own import check refuses."""
    have = run.version("trl")
    if run.stage == "ppo" and run.since("0.9.4") and (not have or not allows(PPO_TRL, have)):
        yield told(run, "train-ppo-cannot-run", "stage", LATER, trl=have, release=run.keys.llamafactory)
