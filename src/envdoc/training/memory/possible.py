"""Which runs can be estimated: combinations that exclude each other or were never measured are refused by name."""

from __future__ import annotations

from envdoc.errors import UsageError
from envdoc.model.memory import Run, Strategy

LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def possible(run: Run) -> None:
    """Nothing where the run can be estimated.

    Raises:
        UsageError: why not, and what to ask instead.
    """
    strategy = run.strategy.value
    if run.offload and not run.deepspeed:
        raise UsageError("--offload is DeepSpeed's", hint="add `--strategy ds-z2`")
    if run.gpus == 1 and run.strategy is not Strategy.DDP:
        raise UsageError(f"--strategy {strategy} needs several GPUs", hint="add `--gpus 2`")
    if run.pure_bf16 and not run.full:
        raise UsageError("--pure-bf16 is for full training", hint="add `--method full`")
    if not run.full and run.strategy in (Strategy.FSDP, Strategy.ZERO3):
        why = f"{run.method.value} under {strategy}: no estimate holds against measured runs yet"
        raise UsageError(why, hint="ask for `--strategy ddp` or `ds-z2`, which were measured")
    if run.offload and run.strategy is Strategy.ZERO3:
        raise UsageError("ds-z3 with --offload was not measured", hint="ask for `--strategy ds-z2 --offload`")
    if run.targets and not run.targets <= set(LAYERS):
        unknown = min(run.targets - set(LAYERS))
        raise UsageError(f"--target: no layer is called {unknown!r}", hint=f"known layers: {', '.join(LAYERS)}")
