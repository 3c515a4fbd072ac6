"""Keys that stand in the file and change nothing, because what reads them is not switched on."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding
from envdoc.training.config.gather import split
from envdoc.training.config.rules.base import IGNORED, told
from envdoc.training.config.rules.layers import LAYERS
from envdoc.training.config.rules.reads import lacking
from envdoc.training.config.run import Run


def unread(run: Run) -> Iterator[Finding]:
    """Every such key, with what it needs. One with its default value changes nothing either way."""
    for key in run.file.entries:
        known = run.keys.keys.get(key)
        if known is None or run.get(key) in (None, False, "") or run.get(key) == known.default:
            continue
        if name := lacking(run, key):
            yield told(run, "train-has-no-effect", key, IGNORED, needs=text("train-has-no-effect", name))


# Beside its layers, what a decoder of this kind has; `additional_target` that names nothing else trains nothing more
_BESIDE = ("embed_tokens", "lm_head", "norm", "model.embed_tokens", "model.norm")


def modules(run: Run) -> Iterator[Finding]:
    """`additional_target` with none of the model's modules."""
    model, wanted = run.model(), split(run.get("additional_target"))
    layers = LAYERS.get(str(model.config.get("model_type")) if model else "")
    if layers and wanted and run.tuning in ("lora", "oft"):
        known = (*layers, *_BESIDE, *(f"{name}layernorm" for name in ("input_", "post_attention_")))
        if not any(name in known or "." in name for name in wanted):
            yield told(
                run, "train-has-no-effect", "additional_target", IGNORED, needs=text("train-has-no-effect", "modules")
            )


def overruled(run: Run) -> Iterator[Finding]:
    """`max_steps` ends the run, whatever the epochs say."""
    steps = run.number("max_steps") or 0
    if steps > 0 and run.given("num_train_epochs"):
        yield told(
            run, "train-has-no-effect", "num_train_epochs", IGNORED,
            also=("max_steps",), needs=text("train-has-no-effect", "max-steps"),
        )  # fmt: skip
