"""Values of one key: their type, the choices, the range. A file's values are taken as they are: nothing converts them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding, Severity
from envdoc.training.config.keys import Key
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.run import Run
from envdoc.training.config.values import Form

OFF_WORDS = ("no", "false", "off", "n", "f", "0")
ON_WORDS = ("yes", "true", "on", "y", "t", "1")
# Keys whose text is split at commas, which take a list too
LISTS_OK = (
    "dataset", "eval_dataset", "lora_target", "additional_target", "freeze_trainable_modules", "freeze_extra_modules",
    "interleave_probs", "galore_target", "apollo_target", "oft_target", "profile_modules", "media_dir",
)  # fmt: skip
# A number in quotes is compared while the arguments are made; for other keys only once the model is loaded
TYPED_AT_ONCE = ("save_steps", "eval_steps", "logging_steps", "warmup_steps", "seed")
STRATEGIES = ("save_strategy", "eval_strategy", "logging_strategy")


def types(run: Run) -> Iterator[Finding]:
    """Values whose type the key does not take."""
    for key, known in _given(run):
        value = run.get(key)
        if isinstance(value, str):
            yield from _text(run, key, known, value)
        elif isinstance(value, list) and "list" not in known.types and "any" not in known.types:
            if key not in LISTS_OK:
                yield _wrong(run, key, known, "a list", AT_ONCE)
        elif isinstance(value, dict) and not known.types & {"dict", "any", "list"}:
            yield _wrong(run, key, known, "a mapping", AT_ONCE)
        elif value is True and known.types == {"str"} and run.file.form is not Form.COMMAND and not known.choices:
            yield _wrong(run, key, known, "a truth value", LATER)


def _given(run: Run) -> Iterator[tuple[str, Key]]:
    return ((key, run.keys.keys[key]) for key in run.file.entries if key in run.keys.keys)


def _text(run: Run, key: str, known: Key, value: str) -> Iterator[Finding]:
    if known.is_switch:
        yield from _switch(run, key, value)
    elif known.is_number:
        if run.file.form is Form.COMMAND and run.file.entries[key].file == "":
            yield _wrong(run, key, known, "text", AT_ONCE)  # what argparse could convert is a number by now
        else:
            yield _wrong(run, key, known, "text", AT_ONCE if key in TYPED_AT_ONCE else LATER)


def _switch(run: Run, key: str, value: str) -> Iterator[Finding]:
    """Text that is not empty is on, whatever it says."""
    word = value.strip().lower()
    if word in ON_WORDS or not value:
        return
    if run.file.form is Form.COMMAND and not run.file.entries[key].file:
        yield _wrong(run, key, run.keys.keys[key], "text", AT_ONCE)
    else:
        yield told(run, "train-switch-quoted", key, OTHER, right="false" if word in OFF_WORDS else "true")


def _wrong(run: Run, key: str, known: Key, have: str, effect: str) -> Finding:
    wanted = " or ".join(sorted(known.types - {"none"}))
    value = run.get(key)
    right = str(value) if isinstance(value, str) and _is_number(value) and known.is_number else ""
    if isinstance(value, list):
        right = '"' + ",".join(map(str, value)) + '"'
    return told(run, "train-value-type", key, effect, have=text("train-value-type", have), wanted=wanted, right=right)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


# Wrong choices that fail once data and tokenizer are loaded, and those that nobody looks at
CHOSEN_LATER = ("flash_attn", "report_to", "tool_format", "quantization_type", "init_special_tokens")
CHOSEN_NEVER = ("mix_strategy", "rope_scaling", "infer_dtype", "export_device", "quantization_method", "badam_mode", "reward_model_type")
# Choices that stand in no dataclass (integrations of transformers 5.5.4; data/tool_utils.py of 0.9.5)
REPORTERS = (
    "all", "none", "azure_ml", "clearml", "codecarbon", "comet_ml", "dagshub", "dvclive", "flyte", "kubeflow", "mlflow", "neptune",
    "swanlab", "tensorboard", "trackio", "wandb",
)  # fmt: skip
TOOLS = (
    "default", "gemma4", "glm4", "glm4_moe", "lfm2", "ling", "llama3", "minimax1", "minimax2", "mistral", "qwen", "qwen3_5",
    "seed_oss",
)  # fmt: skip
UNDECLARED = {"report_to": REPORTERS, "tool_format": TOOLS, "quantization_type": ("fp4", "nf4")}
OWN_CODES = ("pref_loss", "quantization_method", "infer_backend")  # wrong ones have codes of their own
BITS = {"bnb": (4, 8), "hqq": (1, 2, 3, 4, 5, 6, 8), "eetq": (8,)}


def choices(run: Run) -> Iterator[Finding]:
    """Values that are none of the key's choices; a number of bits that the method does not have."""
    for key, known in _given(run):
        allowed = known.choices or UNDECLARED.get(key, ())
        if not allowed or (key in OWN_CODES and run.file.form is not Form.COMMAND):
            continue
        for value in _each(run.get(key), known):
            if str(value) not in allowed:
                yield _none_of(run, key, str(value), allowed)
    method, bit = run.get("quantization_method"), run.number("quantization_bit")
    if bit is not None and isinstance(method, str) and bit not in BITS.get(method, (bit,)):
        yield _none_of(run, "quantization_bit", str(bit), tuple(str(each) for each in BITS[method]))


def _each(value: object, known: Key) -> tuple[object, ...]:
    if value is None and ("none" in known.types or not known.choices):
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _none_of(run: Run, key: str, value: str, allowed: tuple[str, ...]) -> Finding:
    effect = LATER if key in CHOSEN_LATER or key == "quantization_bit" else AT_ONCE
    if key in CHOSEN_NEVER and not (key == "mix_strategy" and len(str(run.get("dataset")).split(",")) > 1):
        effect = AT_ONCE if run.file.form is Form.COMMAND else OTHER
    near = difflib.get_close_matches(value.lower(), allowed, n=1, cutoff=0.6)
    if value == "False" and "no" in allowed:
        near = ['"no"']
    severity = Severity.WARNING if effect == OTHER else None
    shown = ", ".join(allowed)
    return told(
        run, "train-value-choice", key, effect, allowed=shown, near=near[0] if near else "", severity=severity
    )
