"""Numbers that nobody checks until they break the run, or that silently mean something else."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding, Severity
from envdoc.model.value import dataclass
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.run import Run


@dataclass(frozen=True, slots=True)
class Range:
    """`low` and `high` are allowed themselves unless `open`; `whole` wants no fraction."""

    low: float | None = None
    high: float | None = None
    whole: bool = False
    open: bool = False
    effect: str = LATER


POSITIVE = Range(low=1, whole=True)
SHARE = Range(low=0, high=1)
RANGES = {
    "per_device_train_batch_size": POSITIVE,
    "per_device_eval_batch_size": POSITIVE,
    "gradient_accumulation_steps": POSITIVE,
    "lora_rank": POSITIVE,
    "max_samples": POSITIVE,
    "cutoff_len": POSITIVE,
    "preprocessing_num_workers": POSITIVE,
    "learning_rate": Range(low=0),
    "weight_decay": Range(low=0, effect=OTHER),  # the fused AdamW takes it: weights grow
    "adam_epsilon": Range(low=0),
    "adam_beta1": Range(low=0, high=1, open=True),
    "adam_beta2": Range(low=0, high=1, open=True),
    "lora_dropout": SHARE,
    "warmup_ratio": Range(low=0, high=1, effect=OTHER),  # the rate never reaches its value
    "dataloader_num_workers": Range(low=0, whole=True),
    "logging_steps": Range(low=0, open=True, effect=AT_ONCE),
    "warmup_steps": Range(low=0, effect=AT_ONCE),
}
STEPS = ("logging_steps", "eval_steps", "save_steps")  # a share below 1, else whole
TOO_FAST = 0.1  # a learning rate above this is no AdamW rate


def ranges(run: Run) -> Iterator[Finding]:
    """Numbers outside of what the release can work with."""
    for key, allowed in RANGES.items():
        value = run.number(key) if run.given(key) else None
        if value is not None and not _inside(allowed, value):
            yield _outside(run, key, allowed.effect, _said(allowed))
    for key in STEPS:
        value = run.number(key) if run.given(key) else None
        if value is not None and value > 1 and value != int(value):
            yield _outside(run, key, AT_ONCE, text("train-value-range", "whole-or-share"))
    if run.number("val_size") == 1 and isinstance(run.get("val_size"), float):
        yield _outside(run, "val_size", LATER, text("train-value-range", "share-or-count"))
    yield from _odd(run)


def _odd(run: Run) -> Iterator[Finding]:
    """What runs and is hardly meant."""
    rate = run.number("learning_rate")
    if run.given("learning_rate") and rate is not None and rate > TOO_FAST:
        yield told(run, "train-value-range", "learning_rate", OTHER, summary="too-fast", severity=Severity.WARNING)
    if run.given("lora_alpha") and run.get("lora_alpha") == 0:
        yield told(run, "train-value-range", "lora_alpha", OTHER, summary="alpha-0", severity=Severity.WARNING)


def _inside(allowed: Range, value: float) -> bool:
    if allowed.whole and value != int(value):
        return False
    low = (
        allowed.low is None
        or value > allowed.low
        or (value == allowed.low and (not allowed.open or allowed.high == 1))
    )
    return low and (allowed.high is None or value < allowed.high or (value == allowed.high and not allowed.open))


def _outside(run: Run, key: str, effect: str, allowed: str) -> Finding:
    severity = Severity.WARNING if effect == OTHER else None
    return told(run, "train-value-range", key, effect, severity=severity, allowed=allowed)


def _said(allowed: Range) -> str:
    if allowed.high is not None:
        return text("train-value-range", "between", low=allowed.low, high=allowed.high)
    name = "whole-from" if allowed.whole else "above" if allowed.open else "from"
    return text("train-value-range", name, low=f"{allowed.low:g}")
