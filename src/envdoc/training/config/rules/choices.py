"""Values that are none of a key's choices, and when the release notices: at once, later, or never."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from envdoc.model.finding import Finding, Severity
from envdoc.training.config.gather import split
from envdoc.training.config.keys import Key
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.rules.types import given
from envdoc.training.config.run import Run

# Wrong choices that fail once data and tokenizer are loaded, and those that nobody looks at
CHOSEN_LATER = ("flash_attn", "report_to", "tool_format", "quantization_type", "init_special_tokens")
CHOSEN_NEVER = (
    "mix_strategy",
    "rope_scaling",
    "infer_dtype",
    "export_device",
    "quantization_method",
    "badam_mode",
    "reward_model_type",
)
# Choices that stand in no dataclass (integrations of transformers 5.5.4; data/tool_utils.py of 0.9.5)
REPORTERS = (
    "all", "none", "azure_ml", "clearml", "codecarbon", "comet_ml", "dagshub", "dvclive", "flyte", "kubeflow",
    "mlflow", "neptune", "swanlab", "tensorboard", "trackio", "wandb",
)  # fmt: skip
TOOLS = (
    "default", "gemma4", "glm4", "glm4_moe", "lfm2", "ling", "llama3", "minimax1", "minimax2", "mistral", "qwen",
    "qwen3_5", "seed_oss",
)  # fmt: skip
UNDECLARED = {"report_to": REPORTERS, "tool_format": TOOLS, "quantization_type": ("fp4", "nf4")}
OWN_CODES = ("pref_loss", "quantization_method", "infer_backend")  # wrong ones have codes of their own
BITS = {"bnb": (4, 8), "hqq": (1, 2, 3, 4, 5, 6, 8), "eetq": (8,)}


def choices(run: Run) -> Iterator[Finding]:
    """Values that are none of the key's choices; a number of bits that the method does not have."""
    for key, known in given(run):
        allowed = known.choices or UNDECLARED.get(key, ())
        if not allowed or (key in OWN_CODES and not run.parsed(key)):
            continue
        if key == "mix_strategy" and len(split(run.get("dataset"))) < 2:
            continue  # nothing is mixed, so nobody looks
        for value in _each(run.get(key), known):
            if str(value) not in allowed:
                yield _none_of(run, key, str(value), allowed)
    method, bit = run.get("quantization_method"), run.number("quantization_bit")
    if bit is not None and isinstance(method, str) and bit not in BITS.get(method, (bit,)):
        yield _none_of(run, "quantization_bit", str(bit), tuple(str(each) for each in BITS[method]))


def _each(value: object, known: Key) -> tuple[object, ...]:
    if value is None and ("none" in known.types or not known.choices):
        return ()
    return tuple(value) if isinstance(value, list) and "list" in known.types else (value,)


def _none_of(run: Run, key: str, value: str, allowed: tuple[str, ...]) -> Finding:
    effect = _effect(run, key)
    near = difflib.get_close_matches(value.lower(), allowed, n=1, cutoff=0.6)
    if value == "False" and "no" in allowed:
        near = ['"no"']
    severity = Severity.WARNING if effect == OTHER else None
    shown = ", ".join(allowed)
    return told(
        run, "train-value-choice", key, effect, severity=severity, allowed=shown, near=near[0] if near else ""
    )


def _effect(run: Run, key: str) -> str:
    if run.parsed(key) and key not in UNDECLARED and key != "quantization_bit":
        return AT_ONCE
    if key in CHOSEN_NEVER:
        return LATER if key == "mix_strategy" else OTHER
    return LATER if key in CHOSEN_LATER or key == "quantization_bit" else AT_ONCE
