"""`envdoc launch`: the training file and the hostfile are read, the GPUs counted, and the plan's files written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from envdoc.errors import DataError, EnvdocError, UsageError
from envdoc.host.base import Host
from envdoc.model.launch import Engine, HostSlots, LaunchPlan, LaunchWish, Sharing
from envdoc.model.machine import Machine, Origin
from envdoc.model.value import dataclass, replace
from envdoc.rules import visible
from envdoc.training import launch as room
from envdoc.training import launcher
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish

_LIMIT = 1 << 20  # bytes of a training file or a hostfile; a real one has some 2 KiB


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line leaves open: 0 GPUs are the machine's, no engine is the one that the strategy wants."""

    engine: Engine | None = None
    hosts: str = ""
    gpus: int = 0
    nodes: int = 1


def launch(host: Host, asked: Asked, wish: LaunchWish, *, machine: MachineWish) -> LaunchPlan:
    """The plan for a training file; `wish` holds what the command line says as it is.

    Raises:
        DataError: the training file or the hostfile cannot be read.
        UsageError: what does not go together.
    """
    train = text_of(host, wish.train)
    own = room.own_deepspeed(room.read(wish.train, train))
    hosts = room.read_hosts(asked.hosts, text_of(host, asked.hosts)) if asked.hosts else ()
    told = asked.gpus or _slots(hosts)
    there = None if told else obtain(host, machine)
    whole = replace(
        _settled(wish, asked.engine, own),
        hosts=hosts,
        nodes=len(hosts) or asked.nodes,
        gpus=told if there is None else _counted(there),
    )
    room.check(whole)
    plan = room.make(whole, train, launcher.files() if whole.windows else {})
    if there is None or whole.sharing not in (Sharing.DDP, Sharing.FILE):
        return plan
    return replace(plan, notes=(*plan.notes, _memory(host, wish.train, there)))


def _memory(host: Host, train: str, machine: Machine) -> str:
    """Whether the run fits this machine's GPUs, by the estimate; or why nobody can say."""
    from envdoc.findings import text
    from envdoc.training.config.load import load
    from envdoc.training.config.rules import memory

    run = load(host, train, machine, elsewhere=machine.origin is not Origin.PROBED)
    why = memory.unknown(run)
    if why:
        return text("launch", "memory-unknown", why=why)
    found = next(memory.memory(run), None)
    return text("launch", "memory", told=found.summary if found else memory.seen(run))


def write(plan: LaunchPlan, folder: str, *, over: bool) -> LaunchPlan:
    """Write the plan's files into a folder, which is made; all or none where a file is there already.

    Raises:
        UsageError: a file is there already, and `over` does not allow to replace it.
        EnvdocError: it cannot be written.
    """
    targets = {Path(folder) / file.name: file.written for file in plan.files}
    _free(targets, plan.wish.train, over)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for path, content in targets.items():
            path.write_bytes(content)
    except OSError as error:
        raise EnvdocError(f"{folder}: cannot be written: {error.strerror}", hint="name another folder") from error
    return replace(plan, written=True)


def _free(targets: Mapping[Path, bytes], train: str, over: bool) -> None:
    """The training file itself is never replaced, whatever `over` says."""
    there = [path for path in targets if path.exists() or path.is_symlink()]
    own = [path for path in there if path.exists() and Path(train).exists() and path.samefile(train)]
    if own:
        raise UsageError(f"{own[0]}: is your training file itself", hint="name another folder with -o")
    if there and not over:
        names = ", ".join(str(path) for path in there)
        raise UsageError(f"already there: {names}", hint="name another folder with -o, or replace them with --yes")


def _settled(wish: LaunchWish, engine: Engine | None, own: str) -> LaunchWish:
    """The strategy and the engine that were left open."""
    sharing = Sharing.DDP if wish.sharing is Sharing.FILE and not own else wish.sharing
    chosen = engine or (Engine.ACCELERATE if sharing is Sharing.FSDP else Engine.LLAMAFACTORY)
    return replace(wish, engine=chosen, sharing=sharing, own_deepspeed=own if sharing is Sharing.FILE else "")


def text_of(host: Host, path: str) -> str:
    """The text of a training file or a hostfile.

    Raises:
        DataError: it cannot be read.
    """
    stat = host.stat(path)
    if stat.value is None:
        raise DataError(f"{path}: cannot be read: {stat.reason()}", hint="check the path")
    if stat.value.is_dir or stat.value.size > _LIMIT:
        raise DataError(f"{path}: a folder, or longer than {_LIMIT} bytes", hint="name the file itself")
    text = host.read(path, limit=_LIMIT)
    if text.value is None:
        raise DataError(f"{path}: cannot be read: {text.reason()}", hint="check the path")
    if "\ufffd" in text.value:
        raise DataError(f"{path}: is not UTF-8", hint="write it again as UTF-8")
    return text.value


def _slots(hosts: tuple[HostSlots, ...]) -> int:
    return max((host.slots for host in hosts), default=0)


def _counted(there: Machine) -> int:
    """The GPUs that a run on this machine would see."""
    seen = len(visible.of_machine(there).indices)
    if not seen:
        why = f": {there.gpus.reason()}" if not there.gpus.known else ""
        raise UsageError(f"no GPU is seen on this machine{why}", hint="say how many each machine has: `--gpus N`")
    return seen
