"""What runs to its end and is not what the file says."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.finding import Finding
from envdoc.model.specifiers import allows
from envdoc.training.config.rules.base import OTHER, told
from envdoc.training.config.run import Run

ON_THE_FLY = ("bnb", "hqq", "eetq")  # methods that quantize a plain model as it is loaded
OWN_LOSSES = ("sigmoid", "orpo", "simpo")


def not_quantized(run: Run) -> Iterator[Finding]:
    """A method that no branch takes leaves the model as it is: `bitsandbytes`, `gptq` on a plain model."""
    method, model = run.get("quantization_method"), run.model()
    if (
        run.get("quantization_bit") is None
        or method in ON_THE_FLY
        or (run.parsed("quantization_method") and method not in run.keys.keys["quantization_method"].choices)
        or (method == "bitsandbytes" and not run.since("0.9.3"))
    ):
        return
    if model is not None and "quantization_config" in model.config:
        return
    yield told(
        run,
        "train-not-quantized",
        "quantization_method",
        OTHER,
        also=("quantization_bit",),
        bit=run.shown("quantization_bit"),
    )


def loss(run: Run) -> Iterator[Finding]:
    """trl since 0.20 takes the loss as an argument that LLaMA-Factory does not give: it is sigmoid's."""
    trl = run.version("trl") or ("0.24.0" if run.since("0.9.4") else "")
    value = run.get("pref_loss")
    if run.parsed("pref_loss") and value not in run.keys.keys["pref_loss"].choices:
        return  # argparse refuses it
    if run.stage == "dpo" and value not in OWN_LOSSES and trl and allows(">=0.20", trl):
        yield told(run, "train-loss-is-sigmoid", "pref_loss", OTHER, trl=trl)


def nothing(run: Run) -> Iterator[Finding]:
    """Everything is loaded, nothing is trained, exit 0."""
    if (
        not run.on("do_train")
        and not run.on("do_eval")
        and not run.on("do_predict")
        and run.get("tokenized_path") is None
    ):
        yield told(run, "train-trains-nothing", "do_train", OTHER)
    elif run.get("num_train_epochs") == 0 and (run.number("max_steps") or 0) <= 0:
        yield told(run, "train-trains-nothing", "num_train_epochs", OTHER, summary="epochs", fix="epochs-fix")


def attention(run: Run) -> Iterator[Finding]:
    """fa2 without its package: a warning in the log, and the default."""
    if run.get("flash_attn") == "fa2" and run.lacks("flash-attn"):
        yield told(run, "train-attention-falls-back", "flash_attn", OTHER)
