"""The output folder: what the run would do with what is in it, and whether the disk holds a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.finding import Finding, Severity
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.run import Run

RESULTS = (
    "adapter_model.safetensors", "adapter_model.bin", "model.safetensors", "model.safetensors.index.json",
    "pytorch_model.bin", "pytorch_model.bin.index.json",
)  # fmt: skip
# Adam keeps two fp32 states and, in mixed precision, an fp32 copy of each trained weight stored in two bytes
STATES = 4


def folder(run: Run) -> Iterator[Finding]:
    """A checkpoint in it is gone on with, without being asked; a finished model in it stops the run."""
    output = run.facts.output
    resumed = run.get("resume_from_checkpoint")
    if output is None or resumed is not None or not run.on("do_train") or run.on("overwrite_output_dir"):
        return
    if run.stage in ("rm", "ppo") and run.tuning in ("full", "freeze"):
        return
    checkpoints = sorted((name for name in output.names if name.startswith("checkpoint-")), key=_step)
    if checkpoints:
        yield told(run, "train-output-resumes", "output_dir", OTHER, folder=output.path, checkpoint=checkpoints[-1])
    elif any(name in output.names for name in RESULTS):
        found = next(name for name in RESULTS if name in output.names)
        yield told(run, "train-output-full", "output_dir", AT_ONCE, folder=output.path, file=found)


def _step(name: str) -> int:
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else -1


def disk(run: Run) -> Iterator[Finding]:
    """Full fine-tuning writes the whole model, and the optimizer's states with each checkpoint."""
    output, model = run.facts.output, run.model()
    if output is None or output.free_mib is None or model is None or run.tuning != "full":
        return
    saves = run.get("save_strategy") not in ("no", False)
    states = 0 if run.on("save_only_model") else STATES
    need = model.weights_mib * (1 + (saves * (1 + states)))
    if model.weights_mib and need > output.free_mib:
        yield told(
            run, "train-disk-short", "output_dir", LATER, folder=output.path, need=need, free=output.free_mib,
            severity=None if model.weights_mib > output.free_mib else Severity.WARNING,
        )  # fmt: skip
