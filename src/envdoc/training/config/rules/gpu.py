"""Precision, attention and kernels against the GPUs that the run would see; floors from table `training_methods`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding, Severity
from envdoc.model.value import dataclass
from envdoc.training.config.methods import rows
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.rules.quantized import method_of
from envdoc.training.config.run import Run


@dataclass(frozen=True, slots=True)
class Floor:
    """A switch that needs the compute capability of a method's row; below it `effect` happens."""

    method: str
    name: str
    key: str
    when: Callable[[Run], bool]
    effect: str
    severity: Severity | None = None


def _fa2(run: Run) -> bool:
    return run.get("flash_attn") == "fa2" and not run.lacks("flash-attn")


def _bit(run: Run, bit: int) -> bool:
    return run.get("quantization_bit") == bit


FLOORS = (
    # torch emulates bfloat16 below 8.0 and says that it is supported
    Floor("bf16", "emulated", "bf16", lambda r: r.on("bf16"), OTHER, Severity.WARNING),
    Floor("bf16", "emulated", "pure_bf16", lambda r: r.on("pure_bf16"), OTHER, Severity.WARNING),
    Floor("tf32", "tf32", "tf32", lambda r: r.on("tf32"), AT_ONCE),
    Floor("flash-attn-2", "fa2", "flash_attn", _fa2, LATER),
    Floor("fp8", "fp8", "fp8", lambda r: r.on("fp8"), LATER),
    Floor("bnb-8bit", "quantized", "quantization_bit", lambda r: method_of(r) == "bnb" and _bit(r, 8), LATER),
    Floor("bnb-4bit", "quantized", "quantization_bit", lambda r: method_of(r) == "bnb" and _bit(r, 4), LATER),
    Floor("awq-model", "quantized", "model_name_or_path", lambda r: method_of(r) == "awq", LATER),
    Floor("liger", "triton", "enable_liger_kernel", lambda r: r.on("enable_liger_kernel"), LATER),
    Floor("unsloth", "unsloth", "use_unsloth", lambda r: r.on("use_unsloth"), LATER),
)


def floors(run: Run) -> Iterator[Finding]:
    """What the least of the visible GPUs cannot do."""
    have, gpu = run.least_capability()
    for row in FLOORS:
        need = rows()[row.method].capability
        if row.when(run) and run.below(need) and not run.on("use_cpu"):
            yield told(
                run, "train-gpu-cannot", row.key, row.effect,
                summary=row.name, fix=f"{row.name}-fix", severity=row.severity,
                gpu=gpu, have=have, need=need,
            )  # fmt: skip


def without(run: Run) -> Iterator[Finding]:
    """No GPU that the run would see, or `use_cpu`: what needs one."""
    none = run.gpus_known and not run.gpus
    if not none and not run.on("use_cpu"):
        return
    if none and run.on("bf16") and not run.on("use_cpu"):
        yield _no_gpu(run, "bf16", AT_ONCE, "no-gpu-bf16")
    if none and run.on("pure_bf16"):
        yield _no_gpu(run, "pure_bf16", AT_ONCE, "no-gpu-pure")
    if none and run.on("tf32"):
        yield _no_gpu(run, "tf32", AT_ONCE, "no-gpu")
    if run.on("enable_liger_kernel"):
        yield _no_gpu(run, "enable_liger_kernel", LATER, "no-gpu")
    if none and run.get("fsdp"):
        yield _no_gpu(run, "fsdp", LATER, "no-gpu")


def _no_gpu(run: Run, key: str, effect: str, name: str) -> Finding:
    return told(run, "train-gpu-cannot", key, effect, summary=name, fix=f"{name}-fix")


def seen(run: Run) -> str:
    """`2 GPUs, lowest compute capability 8.0`, for the report's line."""
    have, _ = run.least_capability()
    return text("train", "gpus", count=len(run.gpus), capability=have) if have else text("train", "no-gpus")
