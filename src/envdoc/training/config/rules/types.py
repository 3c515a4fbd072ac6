"""The type of a value. A file's values are taken as they are: nothing converts them."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding, Severity
from envdoc.training.config.keys import Key
from envdoc.training.config.rules.base import AT_ONCE, IGNORED, LATER, OTHER, told
from envdoc.training.config.rules.reads import lacking
from envdoc.training.config.run import Run

OFF_WORDS = ("no", "false", "off", "n", "f", "0")
ON_WORDS = ("yes", "true", "on", "y", "t", "1")
# Keys whose text is split at commas, which take a list too
LISTS_OK = (
    "dataset", "eval_dataset", "lora_target", "additional_target", "freeze_trainable_modules", "freeze_extra_modules",
    "interleave_probs", "galore_target", "apollo_target", "oft_target", "media_dir",
)  # fmt: skip
# What a list in the place of text breaks, and when; elsewhere it is handed on, and means nothing
LISTS_AT_ONCE = (
    "adapter_name_or_path", "add_tokens", "add_special_tokens", "infer_backend",
    "mixture_of_depths", "new_special_tokens_config", "ddp_backend",
)  # fmt: skip
NAMES = ("model_name_or_path", "dataset", "dataset_dir", "template", "output_dir")  # never a switch
LISTS_LATER = (
    "model_name_or_path", "template", "output_dir", "default_system", "profile_modules", "tokenized_path",
    "tool_format",
)  # fmt: skip
# A number in quotes is compared while the arguments are made; for other keys only once the model is loaded
COMPARED = ("eval_steps",)  # whether or not it evaluates
PIXELS = ("image_max_pixels", "image_min_pixels", "video_max_pixels", "video_min_pixels")
# Numbers that a usual run reads nowhere, or hands on without comparing them
NUMBERS_UNREAD = (
    "audio_sampling_rate", "video_fps", "video_maxlen", "moe_aux_loss_coef", "ddp_bucket_cap_mb", "ddp_timeout",
    "eval_accumulation_steps", "eval_delay",
)  # fmt: skip
TYPED_AT_ONCE = ("save_steps", "eval_steps", "logging_steps", "warmup_steps", "seed", *PIXELS)


def types(run: Run) -> Iterator[Finding]:
    """Values whose type the key does not take."""
    for key, known in given(run):
        value = run.get(key)
        if lacking(run, key) and key not in COMPARED and not run.parsed(key):
            continue  # nobody reads it, whatever it is
        if isinstance(value, str):
            yield from _text(run, key, known, value)
        elif isinstance(value, list) and "list" not in known.types and "any" not in known.types:
            if key not in LISTS_OK and not known.choices:
                yield _wrong(run, key, known, "a list", _list_effect(key))
        elif isinstance(value, dict) and not known.types & {"dict", "any", "list"}:
            yield _wrong(run, key, known, "a mapping", AT_ONCE)
        elif value is True and key in NAMES:
            yield _wrong(run, key, known, "a truth value", AT_ONCE if key == "output_dir" else LATER)


def _number_effect(key: str) -> str:
    return AT_ONCE if key in TYPED_AT_ONCE else IGNORED if key in NUMBERS_UNREAD else LATER


def _list_effect(key: str) -> str:
    return AT_ONCE if key in LISTS_AT_ONCE else LATER if key in LISTS_LATER else OTHER


def given(run: Run) -> Iterator[tuple[str, Key]]:
    """The keys of the file that the release knows."""
    return ((key, run.keys.keys[key]) for key in run.file.entries if key in run.keys.keys)


def _text(run: Run, key: str, known: Key, value: str) -> Iterator[Finding]:
    if known.is_switch:
        yield from _switch(run, key, value)
    elif known.is_number:
        if run.parsed(key):
            yield _wrong(run, key, known, "text", AT_ONCE)  # what argparse could convert is a number by now
        else:
            yield _wrong(run, key, known, "text", _number_effect(key))


def _switch(run: Run, key: str, value: str) -> Iterator[Finding]:
    """Text that is not empty is on, whatever it says."""
    word = value.strip().lower()
    if word in ON_WORDS or not value:
        return
    if run.parsed(key):
        yield _wrong(run, key, run.keys.keys[key], "text", AT_ONCE)
    else:
        yield told(run, "train-switch-quoted", key, OTHER, right="false" if word in OFF_WORDS else "true")


def _wrong(run: Run, key: str, known: Key, have: str, effect: str) -> Finding:
    wanted = " or ".join(sorted(known.types - {"none"}))
    value = run.get(key)
    right = str(value) if isinstance(value, str) and _is_number(value) and known.is_number else ""
    if isinstance(value, list):
        right = '"' + ",".join(map(str, value)) + '"'
    severity = Severity.WARNING if effect in (OTHER, IGNORED) else None
    return told(
        run,
        "train-value-type",
        key,
        effect,
        severity=severity,
        have=text("train-value-type", have),
        wanted=wanted,
        right=right,
    )


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
