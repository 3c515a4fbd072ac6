"""What does not go together, said before anything is made."""

from __future__ import annotations

import re

from envdoc.errors import UsageError
from envdoc.model.launch import Cluster, Engine, LaunchWish, Sharing

_GPU_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")
_MOST = 4096


def check(wish: LaunchWish) -> None:
    """Refuse a wish that could not run.

    Raises:
        UsageError: what does not go with what.
    """
    for refusal in (_sizes, _engine, _windows, _elastic, _cluster, _paths):
        told = refusal(wish)
        if told:
            raise UsageError(told[0], hint=told[1])


_Told = tuple[str, str] | None


def _sizes(wish: LaunchWish) -> _Told:
    if not (1 <= wish.gpus <= _MOST and 1 <= wish.nodes <= _MOST):
        return f"`--gpus` and `--nodes` count from 1 to {_MOST}", "say how many GPUs each machine has"
    told = sorted({host.slots for host in wish.hosts if host.slots} | {wish.gpus})
    if len(told) > 1:
        return (
            f"{' and '.join(map(str, told))} processes on the hosts: every machine must start as many",
            "write the same `slots=N` for each host, or leave them out and say `--gpus N`",
        )
    return None


def _engine(wish: LaunchWish) -> _Told:
    if wish.sharing is Sharing.FSDP and wish.engine is not Engine.ACCELERATE:
        return "FSDP's settings are accelerate's", "say `--engine accelerate`"
    if wish.sharing is Sharing.FSDP and wish.gpus * wish.nodes == 1:
        return "FSDP shares the work of several GPUs; here is one", "say `--strategy ddp`, or `--gpus N`"
    named = wish.hosts or wish.cluster is not Cluster.PLAIN
    if wish.engine is Engine.DEEPSPEED and wish.nodes > 1 and not named:
        return "DeepSpeed's launcher wants the names of all machines", "say `--hosts FILE` instead of `--nodes`"
    return None


def _windows(wish: LaunchWish) -> _Told:
    if not wish.windows:
        return None
    if wish.cluster is not Cluster.PLAIN or wish.nodes > 1:
        return "several machines and clusters are started by bash", "say `--shell bash`"
    if wish.sharing is not Sharing.DDP:
        return f"{wish.sharing.value} does not train on native Windows", "train in WSL2, with `--shell bash`"
    if wish.gpus > 1 and wish.engine is not Engine.LLAMAFACTORY:
        return (
            f"{wish.engine.value} starts several GPUs by torchrun's rendezvous, which fails on native Windows",
            "say `--engine llamafactory`, or train in WSL2 with `--shell bash`",
        )
    return None


def _elastic(wish: LaunchWish) -> _Told:
    if not wish.elastic:
        return (
            ("`--max-restarts` belongs to an elastic run", "say `--min-nodes N` too") if wish.max_restarts else None
        )
    if wish.engine not in (Engine.LLAMAFACTORY, Engine.TORCHRUN):
        return f"{wish.engine.value} starts no elastic run", "say `--engine llamafactory` or `--engine torchrun`"
    if wish.nodes < 2 or wish.min_nodes > wish.nodes:
        return "an elastic run has several machines, at least `--min-nodes` of them", "say `--nodes N`"
    if wish.hosts and ":" in wish.hosts[0].name:
        return "the rendezvous is `address:port`, which an IPv6 address is not told apart in", "name the master"
    return None


def _cluster(wish: LaunchWish) -> _Told:
    if wish.hosts and wish.cluster is not Cluster.PLAIN:
        return f"{wish.cluster.value} chooses the machines itself", "say `--nodes N` instead of `--hosts`"
    if wish.gpu and not _GPU_NAME.fullmatch(wish.gpu):
        return f"no name of a GPU: {wish.gpu!r}", "write it as the cloud does: `H100`, `A100-80GB`"
    if wish.cluster is Cluster.SKYPILOT and not wish.gpu:
        return "SkyPilot rents GPUs by name", "say which: `--gpu H100`"
    return None


def _paths(wish: LaunchWish) -> _Told:
    """LLaMA-Factory joins torchrun's command to one text and splits it at blanks."""
    several = wish.gpus * wish.nodes > 1 or wish.zero
    split = wish.engine is Engine.LLAMAFACTORY and several and not wish.windows
    if split and any(sign.isspace() for sign in wish.train + wish.prefix):
        return (
            "a path with a blank, at which LLaMA-Factory splits torchrun's command",
            "say `--engine torchrun`, or move the file and `-o DIR` to a path without blanks",
        )
    return None
