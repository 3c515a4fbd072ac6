"""What each engine is told, one word after the other. A word is a value, or a variable of the script above it."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.launch import Engine, LaunchWish
from envdoc.model.value import dataclass

MODULE = "llamafactory.launcher"  # its `__main__` trains; the same that llamafactory-cli starts under torchrun


@dataclass(frozen=True, slots=True)
class Var:
    """A variable of the script as one word."""

    name: str


Word = str | Var
NNODES, RANK, ADDR, PORT = Var("NNODES"), Var("NODE_RANK"), Var("MASTER_ADDR"), Var("MASTER_PORT")


def variables(wish: LaunchWish) -> dict[str, str]:
    """What the script sets with a value of its own, whatever the cluster: LLaMA-Factory's switches."""
    if wish.engine is not Engine.LLAMAFACTORY or wish.windows:
        return {}
    told = {"NPROC_PER_NODE": str(wish.gpus)}
    if wish.nodes * wish.gpus > 1 or wish.zero:
        told = {"FORCE_TORCHRUN": "1", **told}
    if wish.elastic:
        told |= {"MIN_NNODES": str(wish.min_nodes), "MAX_NNODES": str(wish.nodes)}
        told["MAX_RESTARTS"] = str(wish.max_restarts)
    return told


def words(wish: LaunchWish, train: str, accelerate: str) -> Iterator[Word]:
    """The line that starts the ranks of one machine. `train` and `accelerate` are paths."""
    if wish.engine is Engine.LLAMAFACTORY:
        yield from ("llamafactory-cli", "train", train)
        return
    yield from _LAUNCHERS[wish.engine](wish, accelerate)
    yield train


def _torchrun(wish: LaunchWish, _: str) -> Iterator[Word]:
    processes = ("--nproc_per_node", str(wish.gpus))
    if wish.nodes == 1:
        yield from ("torchrun", "--standalone", *processes)
    elif wish.elastic:
        yield from ("torchrun", "--nnodes", f"{wish.min_nodes}:{wish.nodes}", *processes)
        yield from ("--max-restarts", str(wish.max_restarts), "--rdzv-backend", "c10d", "--rdzv-id", Var("RDZV_ID"))
        yield from ("--rdzv-endpoint", Var("RDZV_ENDPOINT"))
    else:
        yield from ("torchrun", "--nnodes", NNODES, "--node_rank", RANK, *processes)
        yield from ("--master_addr", ADDR, "--master_port", PORT)
    yield from ("-m", MODULE)


def _accelerate(wish: LaunchWish, config: str) -> Iterator[Word]:
    yield from ("accelerate", "launch", "--config_file", config)
    if wish.nodes > 1:
        yield from ("--machine_rank", RANK, "--main_process_ip", ADDR, "--main_process_port", PORT)
    yield from ("-m", MODULE)


def _deepspeed(wish: LaunchWish, _: str) -> Iterator[Word]:
    """LLaMA-Factory takes its first argument for the training file; DeepSpeed would put `--local_rank` before it."""
    yield from ("deepspeed", "--num_gpus", str(wish.gpus))
    if wish.nodes > 1:
        yield from ("--hostfile", Var("HOSTFILE"), "--no_ssh", "--node_rank", RANK)
        yield from ("--master_addr", ADDR, "--master_port", PORT)
    yield from ("--module", "--no_local_rank", MODULE)


_LAUNCHERS = {Engine.TORCHRUN: _torchrun, Engine.ACCELERATE: _accelerate, Engine.DEEPSPEED: _deepspeed}
