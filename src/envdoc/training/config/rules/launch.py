"""How the run is started: the launcher, its processes, DeepSpeed, accelerate, the switches in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity, Where
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, number, told
from envdoc.training.config.rules.quantized import OWN, method_of
from envdoc.training.config.run import Run
from envdoc.training.config.values import RANKS

LAUNCHERS = ("torchrun", "accelerate", "deepspeed", RANKS)
SWITCHES = (
    "DISABLE_VERSION_CHECK", "FORCE_CHECK_IMPORTS", "ALLOW_EXTRA_ARGS", "USE_MODELSCOPE_HUB", "USE_OPENMIND_HUB",
    "USE_RAY", "USE_KT", "USE_MCA", "USE_V1", "FORCE_TORCHRUN", "RECORD_VRAM", "OPTIM_TORCH",
)  # fmt: skip


def _program(run: Run) -> str:
    return run.file.launch.program if run.file.launch else "llamafactory-cli"


def distributed(run: Run) -> bool:
    """Whether the run is several processes, or one under torchrun."""
    if _program(run) in LAUNCHERS or run.enabled("FORCE_TORCHRUN") or run.enabled("USE_MCA"):
        return True
    return len(run.gpus) > 1 and _program(run) == "llamafactory-cli" and not run.enabled("USE_RAY")


def switches(run: Run) -> Iterator[Finding]:
    """Switches whose value the program does not take for on, and those that change what the file means."""
    for name in SWITCHES:
        value = run.variables.get(name, "")
        if value.lower() in ("yes", "on", "t", "enable", "enabled"):
            yield _variable(run, name, value, "not-on", "not-on-fix", OTHER)
    if run.enabled("DISABLE_VERSION_CHECK"):
        yield _variable(
            run, "DISABLE_VERSION_CHECK", run.variables["DISABLE_VERSION_CHECK"], "unchecked", "unchecked-fix", OTHER
        )
    for name in ("USE_V1", "USE_MCA"):
        if run.enabled(name):
            yield _variable(run, name, run.variables[name], "other-program", "other-program-fix", OTHER)


def _variable(run: Run, name: str, value: str, summary: str, fix: str, effect: str) -> Finding:
    evidence = (text("train", effect, release=run.keys.llamafactory),)
    return finding(
        "train-variable",
        summary=summary,
        fix=fix,
        evidence=evidence,
        where=Where(run.file.path, 0, name),
        name=name,
        value=value,
    )


def launcher(run: Run) -> Iterator[Finding]:
    """Processes against GPUs, nodes, blanks in paths, Windows."""
    program, options = _program(run), run.file.launch.options if run.file.launch else {}
    if program == "python" and len(run.gpus) > 1:
        yield _launch(run, "python-gpus", AT_ONCE, count=len(run.gpus))
    wanted = options.get("nproc_per_node") or options.get("num_gpus") or run.variables.get("NPROC_PER_NODE", "")
    if run.gpus_known and run.gpus and (number(wanted) or 0) > len(run.gpus) and not run.on("use_cpu"):
        yield _launch(run, "too-many", LATER, wanted=wanted, count=len(run.gpus))
    if run.enabled("FORCE_TORCHRUN") and run.gpus_known and not run.gpus and not run.variables.get("NPROC_PER_NODE"):
        yield _launch(run, "no-process", AT_ONCE)
    if program == "llamafactory-cli":
        yield from _by_cli(run)


def _by_cli(run: Run) -> Iterator[Finding]:
    nodes = run.variables.get("NNODES", "1")
    missing = [name for name in ("MASTER_ADDR", "MASTER_PORT", "NODE_RANK") if not run.variables.get(name)]
    if (number(nodes) or 1) > 1 and missing and not run.variables.get("RDZV_ID"):
        yield _launch(run, "nodes", LATER, missing=", ".join(missing), nodes=nodes)
    path = run.file.launch.config if run.file.launch else run.file.path
    if distributed(run) and " " in path:
        yield _launch(run, "blank", AT_ONCE, path=path)
    if distributed(run) and run.on_windows:
        yield _on_windows(run)


def _on_windows(run: Run) -> Finding:
    """torchrun is started: a switch asks for it, or several GPUs do."""
    switch = next((name for name in ("FORCE_TORCHRUN", "USE_MCA") if run.enabled(name)), "")
    if switch:
        return _launch(run, "windows-forced", AT_ONCE, switch=switch)
    return _launch(run, "windows", AT_ONCE, count=len(run.gpus))


def _launch(run: Run, name: str, effect: str, **values: Any) -> Finding:
    evidence = (text("train", effect, release=run.keys.llamafactory),)
    return finding(
        "train-launch", summary=name, fix=f"{name}-fix", evidence=evidence, where=Where(run.file.path), **values
    )


def deepspeed(run: Run) -> Iterator[Finding]:
    """Its file, its values against the training file's, and what ZeRO-3 does not go with."""
    if not run.on("deepspeed"):
        return
    side = run.facts.deepspeed
    if side is not None and side.problem:
        name = "absent" if side.problem == "absent" else "broken"
        yield told(
            run, "train-deepspeed-config", "deepspeed", AT_ONCE,
            summary=name, fix=f"{name}-fix", file=side.path, reason=side.problem,
        )  # fmt: skip
        return
    if not distributed(run) and run.gpus_known:
        yield told(
            run, "train-refused", "deepspeed", AT_ONCE, summary="deepspeed-torchrun", fix="deepspeed-torchrun-fix"
        )
    if run.on_windows:
        yield told(run, "train-deepspeed-config", "deepspeed", LATER, summary="windows", fix="windows-fix")
    if run.on("use_galore") or run.on("use_apollo"):
        yield told(
            run, "train-refused", "deepspeed", AT_ONCE, summary="deepspeed-optimizer", fix="deepspeed-optimizer-fix"
        )
    if side is not None:
        yield from _mismatches(run, side.data)
        if stage_of(side.data) == 3:
            yield from _zero3(run)


def stage_of(data: dict[str, object]) -> int:
    zero = data.get("zero_optimization")
    stage = zero.get("stage", 0) if isinstance(zero, dict) else 0
    return stage if isinstance(stage, int) else 0


_PAIRS = (
    (("train_micro_batch_size_per_gpu",), "per_device_train_batch_size"),
    (("gradient_accumulation_steps",), "gradient_accumulation_steps"),
    (("gradient_clipping",), "max_grad_norm"),
    (("optimizer", "params", "lr"), "learning_rate"),
    (("optimizer", "params", "weight_decay"), "weight_decay"),
    (("optimizer", "params", "eps"), "adam_epsilon"),
    (("scheduler", "params", "warmup_max_lr"), "learning_rate"),
    (("fp16", "enabled"), "fp16"),
    (("bf16", "enabled"), "bf16"),
)


def _mismatches(run: Run, data: dict[str, object]) -> Iterator[Finding]:
    """Values that are neither "auto" nor the training file's (transformers' integrations/deepspeed.py)."""
    for path, key in _PAIRS:
        value: object = data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and value != "auto" and value != run.get(key):
            yield told(run, "train-deepspeed-config", key, LATER, name=".".join(path), other=str(value))


NOT_ZERO3 = ("pissa_init", "pure_bf16", "use_unsloth", "use_kt", "predict_with_generate")


def _zero3(run: Run) -> Iterator[Finding]:
    for key in NOT_ZERO3:
        if run.on(key):
            yield told(run, "train-refused", key, AT_ONCE, summary="zero3", fix="zero3-fix", also=("deepspeed",))
    yield from _sharded_quantization(run, "deepspeed")


def _sharded_quantization(run: Run, key: str) -> Iterator[Finding]:
    """Only bitsandbytes' 4 bit can be sharded."""
    method = method_of(run)
    if method in (*OWN, "hqq", "eetq") or (method == "bnb" and run.get("quantization_bit") != 4):
        yield told(run, "train-fails-later", key, LATER, summary="sharded", fix="sharded-fix", method=method)


def accelerate(run: Run) -> Iterator[Finding]:
    """The file given to `accelerate launch`."""
    side = run.facts.accelerate
    if side is None:
        return
    where = Where(side.path)
    if side.problem:
        name = "absent" if side.problem == "absent" else "broken"
        yield finding(
            "train-accelerate-config",
            summary=name,
            fix=f"{name}-fix",
            where=where,
            file=side.path,
            reason=side.problem,
        )
        return
    wanted, machines = side.data.get("num_processes"), side.data.get("num_machines", 1)
    if isinstance(wanted, int) and machines == 1 and run.gpus and wanted > len(run.gpus):
        yield finding(
            "train-accelerate-config",
            summary="processes",
            fix="processes-fix",
            where=where,
            wanted=wanted,
            count=len(run.gpus),
        )
    mixed = side.data.get("mixed_precision")
    if mixed in ("fp16", "bf16") and (run.on("bf16") or run.on("fp16")) and not run.on(mixed):
        mine = "bf16" if run.on("bf16") else "fp16"
        yield finding(
            "train-accelerate-config",
            summary="precision",
            where=where,
            other=mixed,
            mine=mine,
            severity=Severity.INFO,
        )
    if side.data.get("distributed_type") == "FSDP":
        yield from _sharded_quantization(run, "model_name_or_path")
