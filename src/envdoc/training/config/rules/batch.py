"""The arithmetic of batches: how many examples one step of the optimizer sees."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.training.config.rules.base import number
from envdoc.training.config.rules.launch import distributed
from envdoc.training.config.run import Run


def processes(run: Run) -> int:
    """How many processes train: the launcher's number, else the visible GPUs where it starts one for each."""
    options = run.file.launch.options if run.file.launch else {}
    told = options.get("nproc_per_node") or options.get("num_gpus") or options.get("num_processes")
    side = run.facts.accelerate
    if not told and side is not None and isinstance(side.data.get("num_processes"), int):
        return int(side.data["num_processes"])
    told = told or run.variables.get("NPROC_PER_NODE", "")
    nodes = options.get("nnodes") or run.variables.get("NNODES", "1")
    each = number(told) or ((len(run.gpus) or 1) if distributed(run) else 1)
    return each * (number(nodes) or 1)


def unknown(run: Run) -> str:
    """Why it cannot be said."""
    if run.number("per_device_train_batch_size") is None or run.number("gradient_accumulation_steps") is None:
        return text("train", "batch-no-numbers")
    return (
        "" if run.gpus_known or run.on("use_cpu") else text("train", "gpus-unknown", reason=run.machine.gpus.reason())
    )


def seen(run: Run) -> str:
    """`64 examples a step: 2 x 8 accumulated x 4 processes`."""
    size, accumulated = run.number("per_device_train_batch_size") or 0, run.number("gradient_accumulation_steps") or 0
    count = processes(run)
    total = size * accumulated * count
    return text("train", "batch", total=f"{total:g}", size=f"{size:g}", accumulated=f"{accumulated:g}", count=count)
