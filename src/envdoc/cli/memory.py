"""`envdoc memory`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption, MachineOption
from envdoc.model.memory import Method, Run, Strategy

_ALL = "all"


def register(app: typer.Typer) -> None:
    app.command("memory", epilog="Example: envdoc memory qwen2.5-7b --method qlora --seq 4096")(memory)


def memory(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model's folder, its name on the hub, or its size.")
    ],
    method: Annotated[Method, typer.Option("--method", help="What is trained.")] = Method.LORA,
    rank: Annotated[int, typer.Option("--rank", min=1, max=4096, help="LoRA's rank.")] = 8,
    target: Annotated[str, typer.Option("--target", help="LoRA's layers: all, or names with commas.")] = _ALL,
    batch: Annotated[int, typer.Option("--batch", min=1, max=65536, help="Sequences a GPU and step.")] = 1,
    seq: Annotated[int, typer.Option("--seq", min=1, max=1 << 24, help="Tokens of a sequence (cutoff_len).")] = 2048,
    no_checkpointing: Annotated[bool, typer.Option("--no-checkpointing", help="Keep all activations.")] = False,
    pure_bf16: Annotated[bool, typer.Option("--pure-bf16", help="Train the weights in 16 bit.")] = False,
    liger: Annotated[bool, typer.Option("--liger", help="With Liger's kernels: no logits.")] = False,
    gpus: Annotated[int, typer.Option("--gpus", min=1, max=4096, help="How many GPUs share the run.")] = 1,
    strategy: Annotated[Strategy, typer.Option("--strategy", help="How they share it.")] = Strategy.DDP,
    offload: Annotated[
        bool, typer.Option("--offload", help="DeepSpeed keeps optimizer (and weights) on the host.")
    ] = False,
    gpu: Annotated[
        list[str] | None, typer.Option("--gpu", metavar="NAME", help="Against this GPU instead of the machine's.")
    ] = None,
    machine: MachineOption = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Estimate what a training run needs, and say whether it fits. Exit 1 if it fits none of the GPUs."""
    from envdoc.training.memory.possible import possible
    from envdoc.workflow.context import local_host
    from envdoc.workflow.memory import memory as work
    from envdoc.workflow.wishes import MachineWish

    targets = None if target == _ALL else frozenset(part.strip() for part in target.split(","))
    run = Run(
        method=method,
        batch=batch,
        length=seq,
        rank=rank,
        targets=targets,
        checkpointing=not no_checkpointing,
        liger=liger,
        pure_bf16=pure_bf16,
        gpus=gpus,
        strategy=strategy,
        offload=offload,
    )
    possible(run)
    answer = work(local_host(), model, run, wish=MachineWish(file=machine or ""), gpus=tuple(gpu or ()))
    code = int(bool(answer.fits) and not any(each.fits for each in answer.fits))
    _print(answer, code, form)
    raise typer.Exit(code)


def _print(answer: Any, code: int, form: Format) -> None:
    if form is Format.JSON:
        from envdoc.render.memory_document import memory_document

        output.document(memory_document(answer, code))
    else:
        from envdoc.render.text_memory import memory_lines

        output.lines(memory_lines(answer))
