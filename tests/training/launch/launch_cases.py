"""Wishes by name, and what `make` says to them as one text."""

from __future__ import annotations

from envdoc.model.finding import Shell
from envdoc.model.launch import Cluster, Engine, HostSlots, LaunchPlan, LaunchWish, Sharing
from envdoc.training.launch import check, make

TRAIN = "model_name_or_path: models/a  # keep\nstage: sft\nbf16: true\n"
RANKS = {"ranks.py": "# the launcher without torchrun\n"}
HOSTS = (HostSlots("node-1", 8), HostSlots("10.0.0.2", 8))


def wish(
    engine: Engine = Engine.LLAMAFACTORY, sharing: Sharing = Sharing.DDP, gpus: int = 2, **more: object
) -> LaunchWish:
    return LaunchWish(**{"train": "train.yaml", "engine": engine, "sharing": sharing, "gpus": gpus, **more})  # type: ignore[arg-type]


def plan(asked: LaunchWish, train: str = TRAIN) -> LaunchPlan:
    check(asked)
    return make(asked, train, RANKS if asked.windows else {})


def shown(made: LaunchPlan) -> str:
    """Every file and every line, as one text."""
    files = "".join(f"=== {made.wish.path(file.name)}\n{file.text}" for file in made.files)
    return files + "=== start\n" + "".join(f"{line}\n" for line in made.commands)


CASES = {
    "one-gpu": wish(gpus=1),
    "several-gpus": wish(),
    "torchrun": wish(Engine.TORCHRUN),
    "ds-z2-offload-deepspeed": wish(Engine.DEEPSPEED, Sharing.ZERO2_OFFLOAD, prefix="run/"),
    "ds-z3-accelerate": wish(Engine.ACCELERATE, Sharing.ZERO3, prefix="run/"),
    "fsdp": wish(Engine.ACCELERATE, Sharing.FSDP),
    "hosts": wish(gpus=8, nodes=2, hosts=HOSTS),
    "hosts-torchrun": wish(Engine.TORCHRUN, gpus=8, nodes=2, hosts=HOSTS),
    "hosts-deepspeed": wish(Engine.DEEPSPEED, Sharing.ZERO3, gpus=8, nodes=2, hosts=HOSTS),
    "nodes-elastic": wish(gpus=8, nodes=4, min_nodes=2, max_restarts=3),
    "slurm-accelerate": wish(Engine.ACCELERATE, gpus=8, nodes=2, cluster=Cluster.SLURM, prefix="run/"),
    "slurm-elastic-torchrun": wish(Engine.TORCHRUN, gpus=8, nodes=4, cluster=Cluster.SLURM, min_nodes=2),
    "skypilot": wish(gpus=8, nodes=2, cluster=Cluster.SKYPILOT, gpu="H100"),
    "dstack-deepspeed": wish(Engine.DEEPSPEED, Sharing.ZERO3, gpus=8, nodes=2, cluster=Cluster.DSTACK),
    "cmd-one-gpu": wish(gpus=1, shell=Shell.CMD, train="a b\\训练.yaml"),
    "cmd-two-gpus": wish(shell=Shell.CMD, prefix="run/"),
    "powershell-one-gpu": wish(gpus=1, shell=Shell.POWERSHELL, train="o'brien\\训练.yaml"),
    "powershell-two-gpus": wish(shell=Shell.POWERSHELL, prefix="run/"),
}
