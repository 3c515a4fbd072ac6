"""Whether the run fits the GPUs, by the estimate of `envdoc memory`; what that does not cover is not judged.

The estimate was measured for supervised fine-tuning and pre-training of dense decoders in 16 bits with AdamW.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.errors import EnvdocError
from envdoc.findings import finding, text
from envdoc.knowledge import tables
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.memory import Estimate, Fit, GpuRoom, Method, Strategy
from envdoc.model.memory import Run as Wanted
from envdoc.model.text import joined
from envdoc.rules.quoting import command
from envdoc.training.config.facts import Place
from envdoc.training.config.rules.batch import processes
from envdoc.training.config.rules.launch import stage_of
from envdoc.training.config.rules.quantized import method_of
from envdoc.training.config.run import Run
from envdoc.training.memory import models
from envdoc.training.memory.estimate import estimate
from envdoc.training.memory.fits import fit
from envdoc.training.memory.possible import LAYERS, possible
from envdoc.training.memory.shape import Shape, shape

# Switches that change what a step holds, and that no run with them was measured.
_UNMEASURED = (
    "use_unsloth", "use_galore", "use_apollo", "use_badam", "use_adam_mini", "use_muon", "use_kt", "use_cpu",
    "use_mca", "use_dora", "fp8", "upcast_layernorm", "upcast_lmhead_output", "train_from_scratch",
    "additional_target", "adapter_name_or_path", "moe_aux_loss_coef",
)  # fmt: skip
_MEASURED_OPTIMIZERS = ("adamw_torch", "adamw_torch_fused")


class _NotCoveredError(Exception):
    """The run is one that no estimate holds for; its argument is the sentence that says why."""


def unknown(run: Run) -> str:
    """Why nothing can be said; "" where it can."""
    try:
        _sizes(run)
        _wanted(run)
        _room(run)
    except _NotCoveredError as error:
        return str(error.args[0])
    except EnvdocError as error:
        return text("train", "memory-not-covered", why=error.message)
    return ""


def seen(run: Run) -> str:
    """`about 14.2 GiB (13.2 to 15.3) of 24.0 GiB`."""
    told, fitted = _judged(run)
    return text(
        "train", "memory-seen", mib=gib(told.device_mib), low=gib(told.low_mib), high=gib(told.high_mib),
        free=gib(fitted.gpu.free_mib), gpu=fitted.gpu.name,
    )  # fmt: skip


def memory(run: Run) -> Iterator[Finding]:
    """A run that does not fit the smallest of its GPUs, with the changes that make it fit."""
    told, fitted = _judged(run)
    if fitted.fits and not fitted.tight:
        return
    changes = joined(text("memory", each) for each in fitted.changes)
    name = "tight" if fitted.fits else "summary"
    severity = {
        True: Severity.INFO,
        False: Severity.ERROR if told.low_mib > fitted.gpu.free_mib else Severity.WARNING,
    }
    yield finding(
        "train-memory-short",
        summary=name,
        fix="fix" if changes else "tight-fix" if fitted.fits else "nothing-fix",
        severity=severity[fitted.fits],
        where=run.where("model_name_or_path"),
        commands=_command(run),
        need=gib(told.device_mib),
        low=gib(told.low_mib),
        high=gib(told.high_mib),
        free=gib(fitted.gpu.free_mib),
        gpu=fitted.gpu.name,
        changes=changes,
        after=gib(fitted.after_mib),
    )


def _command(run: Run) -> tuple[Command, ...]:
    wanted = _wanted(run)
    words = ["envdoc", "memory", str(run.get("model_name_or_path")), "--method", wanted.method.value]
    words += ["--batch", str(wanted.batch), "--seq", str(wanted.length)]
    return command(*words, system=run.machine.os.system)


def gib(mib: float) -> str:
    return f"{mib / 1024:.1f} GiB"


def _judged(run: Run) -> tuple[Estimate, Fit]:
    sizes, wanted = _sizes(run), _wanted(run)
    return estimate(sizes, wanted), fit(sizes, wanted, _room(run))


def _sizes(run: Run) -> Shape:
    model = run.model()
    if model is None:
        raise _NotCoveredError(text("train", "memory-no-model"))
    if model.config:
        return shape(model.config, model.name)
    row = next((row for row in tables.load().models if row.name == models.plain(model.name)), None)
    if model.place is not Place.REMOTE or row is None:
        raise _NotCoveredError(text("train", "memory-no-config", name=model.name))
    return shape(models.config(row), model.name)


def _room(run: Run) -> GpuRoom:
    """The visible GPU with the least free memory."""
    if not run.gpus_known:
        raise _NotCoveredError(text("train", "gpus-unknown", reason=run.machine.gpus.reason()))
    rooms = [
        GpuRoom(gpu.name.value or f"GPU {gpu.index}", total, total - (gpu.memory_used_mib.value or 0))
        for gpu in run.gpus
        if (total := gpu.memory_total_mib.value) is not None
    ]
    if not rooms or len(rooms) < len(run.gpus):
        raise _NotCoveredError(text("train", "memory-no-size" if run.gpus else "no-gpus"))
    return min(rooms, key=lambda room: room.free_mib)


def _wanted(run: Run) -> Wanted:
    """The run as the estimate asks for it."""
    key = next((key for key in _UNMEASURED if run.on(key)), "")
    if key:
        raise _NotCoveredError(text("train", "memory-key", key=key, value=run.shown(key)))
    for key, allowed in (("stage", ("sft", "pt")), ("optim", _MEASURED_OPTIMIZERS)):
        if run.given(key) and run.get(key) not in allowed:
            raise _NotCoveredError(text("train", "memory-key", key=key, value=run.shown(key)))
    if not (run.on("bf16") or run.on("fp16") or run.on("pure_bf16")):
        raise _NotCoveredError(text("train", "memory-precision"))
    strategy, offload = _strategy(run)
    method = _method(run)
    wanted = Wanted(
        method,
        batch=_whole(run, "per_device_train_batch_size"),
        length=_whole(run, "cutoff_len"),
        rank=_whole(run, "lora_rank") if method is not Method.FULL else 8,
        targets=_targets(run) if method is not Method.FULL else None,
        checkpointing=not run.on("disable_gradient_checkpointing"),
        liger=run.on("enable_liger_kernel"),
        pure_bf16=run.on("pure_bf16"),
        gpus=processes(run),
        strategy=strategy,
        offload=offload,
    )
    possible(wanted)
    return wanted


def _method(run: Run) -> Method:
    quantized, bits = method_of(run), run.get("quantization_bit")
    if run.tuning == "full" and not quantized:
        return Method.FULL
    if run.tuning == "lora" and not quantized:
        return Method.LORA
    if run.tuning == "lora" and quantized == "bnb" and bits == 4:
        return Method.QLORA
    key = "quantization_bit" if quantized else "finetuning_type"
    raise _NotCoveredError(text("train", "memory-key", key=key, value=run.shown(key)))


def _targets(run: Run) -> frozenset[str] | None:
    value = run.get("lora_target")
    names = [str(each) for each in value] if isinstance(value, list) else str(value or "all").split(",")
    targets = frozenset(name.strip() for name in names)
    if targets == {"all"}:
        return None
    if not targets <= set(LAYERS):
        raise _NotCoveredError(text("train", "memory-key", key="lora_target", value=run.shown("lora_target")))
    return targets


def _strategy(run: Run) -> tuple[Strategy, bool]:
    deepspeed, side = run.facts.deepspeed, run.facts.accelerate
    if deepspeed is not None and not deepspeed.problem:
        stage, zero = stage_of(deepspeed.data), deepspeed.data.get("zero_optimization")
        offload = isinstance(zero, dict) and any(key in zero for key in ("offload_optimizer", "offload_param"))
        if stage in (0, 2, 3):
            return {0: Strategy.DDP, 2: Strategy.ZERO2, 3: Strategy.ZERO3}[stage], offload
        raise _NotCoveredError(text("train", "memory-key", key="deepspeed", value=f"ZeRO-{stage}"))
    if side is not None and side.data.get("distributed_type") == "FSDP":
        return Strategy.FSDP, False
    return Strategy.DDP, False


def _whole(run: Run, key: str) -> int:
    value: Any = run.number(key)
    if value is None or value != int(value) or value < 1:
        raise _NotCoveredError(text("train", "memory-key", key=key, value=run.shown(key)))
    return int(value)
