"""`envdoc launch`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption, MachineOption, YesOption
from envdoc.errors import UsageError
from envdoc.model.finding import Shell
from envdoc.model.launch import Cluster, Engine, LaunchPlan, LaunchWish, Sharing

TrainArgument = Annotated[str, typer.Argument(metavar="TRAINFILE", help="LLaMA-Factory's training file (YAML).")]
EngineOption = Annotated[
    Engine | None, typer.Option("--engine", help="What starts the ranks; else what suits the strategy.")
]
StrategyOption = Annotated[
    Sharing, typer.Option("--strategy", help="How the GPUs share the work; `file`: as the training file says.")
]
GpusOption = Annotated[int, typer.Option("--gpus", min=0, max=4096, help="GPUs of each machine; 0: this one's.")]
NodesOption = Annotated[int | None, typer.Option("--nodes", min=1, max=4096, help="How many machines.")]
HostsOption = Annotated[
    str | None, typer.Option("--hosts", metavar="FILE", help="The machines: `NAME slots=N` lines.")
]
ShellOption = Annotated[Shell | None, typer.Option("--shell", help="The script's language; else the system's own.")]
ClusterOption = Annotated[Cluster, typer.Option("--cluster", help="Who gives the machines.")]
GpuOption = Annotated[str, typer.Option("--gpu", metavar="NAME", help="The GPU to rent, as the cloud calls it.")]
MinNodesOption = Annotated[
    int, typer.Option("--min-nodes", min=0, max=4096, help="An elastic run: at least so many machines.")
]
RestartsOption = Annotated[
    int, typer.Option("--max-restarts", min=0, max=1000, help="An elastic run starts so often again.")
]
OutOption = Annotated[
    str | None, typer.Option("-o", "--output", metavar="DIR", help="Write the files here; else print them.")
]


def register(app: typer.Typer) -> None:
    app.command("launch", epilog="Example: envdoc launch train.yaml --strategy ds-z3 --gpus 8 -o run")(launch)


def launch(
    train: TrainArgument,
    engine: EngineOption = None,
    strategy: StrategyOption = Sharing.FILE,
    gpus: GpusOption = 0,
    nodes: NodesOption = None,
    hosts: HostsOption = None,
    shell: ShellOption = None,
    cluster: ClusterOption = Cluster.PLAIN,
    gpu: GpuOption = "",
    min_nodes: MinNodesOption = 0,
    max_restarts: RestartsOption = 0,
    out: OutOption = None,
    yes: YesOption = False,
    machine: MachineOption = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Make the script and the files that start a training run, on one machine or several. Starts nothing."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.launch import Asked, write
    from envdoc.workflow.launch import launch as work
    from envdoc.workflow.wishes import MachineWish

    if nodes and hosts:
        raise UsageError("`--nodes` and `--hosts` both say which machines", hint="leave one of them out")
    wish = LaunchWish(
        train=train,
        engine=engine or Engine.LLAMAFACTORY,
        sharing=strategy,
        gpus=gpus,
        shell=_shell(shell),
        cluster=cluster,
        gpu=gpu,
        prefix=_prefix(out),
        min_nodes=min_nodes,
        max_restarts=max_restarts,
    )
    asked = Asked(engine, hosts or "", gpus, nodes or 1)
    plan = work(local_host(), asked, wish, machine=MachineWish(file=machine or ""))
    _print(write(plan, out, over=yes) if out is not None else plan, form)


def _shell(asked: Shell | None) -> Shell:
    if asked is Shell.ANY:
        raise UsageError("a script is for one shell", hint="say `--shell bash`, `cmd` or `powershell`")
    return asked or (Shell.CMD if sys.platform == "win32" else Shell.BASH)


def _prefix(out: str | None) -> str:
    """What stands before a file's name where the run is started."""
    if not out or out in (".", "./"):
        return ""
    named = f"./{out}" if out.startswith("-") else out  # no option of the program that is given the path
    return named if named.endswith(("/", "\\")) else f"{named}/"


def _print(plan: LaunchPlan, form: Format) -> None:
    if form is Format.JSON:
        from envdoc.render.launch_document import launch_document

        output.document(launch_document(plan))
    else:
        from envdoc.render.text_launch import launch_lines

        output.lines(launch_lines(plan))
