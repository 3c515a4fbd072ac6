"""Which Machine is looked at: this one, a snapshot, or one that does not exist (yet)."""

from __future__ import annotations

from collections.abc import Callable

from envdoc.errors import DataError, UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.knowledge.tables import Knowledge
from envdoc.model.facts import known
from envdoc.model.jsontext import loads
from envdoc.model.machine import SCHEMA, Gpu, Machine, Origin
from envdoc.model.value import replace
from envdoc.workflow.wishes import MachineWish, WhatIf

_LARGEST = 1 << 25  # characters of a snapshot; a machine with 5,000 packages has one million


def obtain(host: Host, wish: MachineWish, meanwhile: Callable[[], object] | None = None) -> Machine:
    """The snapshot that the wish names, else this machine, probed now. Its programs and drivers take their time to
    answer; `meanwhile` is done in it.

    Raises:
        UsageError: wishes that contradict each other; one that is silently ignored would read as obeyed.
    """
    refuse_contradictions(wish)
    if wish.listing:
        from envdoc.workflow.listing import one

        return one(wish.listing)
    if wish.file:
        return load_snapshot(host, wish.file)
    from envdoc.probe import Ask, collect
    from envdoc.workflow.context import cache_dir, own_prefix

    ask = Ask(
        env=wish.env,
        python=wish.python,
        own_prefix=own_prefix(),
        online=wish.online,
        fresh=wish.fresh,
        thorough=wish.thorough,
        cache_dir=cache_dir(host),
    )
    return with_capabilities(collect(host, ask, meanwhile))


def refuse_contradictions(wish: MachineWish) -> None:
    """Wishes of which one would be ignored.

    Raises:
        UsageError: see `obtain`.
    """
    here = {"--env": wish.env, "--python": wish.python, "--online": wish.online, "--fresh": wish.fresh}  # type: dict[str, object]
    if wish.file or wish.listing:
        here["--machine"] = bool(wish.file and wish.listing)
        for option in (name for name, value in here.items() if value):
            hint = "listing-hint" if wish.listing else "machine-hint"
            raise UsageError(text("errors", "not-here", option=option), hint=text("errors", hint))
    if wish.env and wish.python:
        raise UsageError(text("errors", "python-not-here"), hint=text("errors", "python-not-here-hint"))


def with_capabilities(machine: Machine) -> Machine:
    """GPUs that only told their name (an old nvidia-smi, /proc, an override) get their capability from the table.

    Raises:
        UsageError: an override names a GPU that the table does not know.
    """
    if machine.gpus.value is None or all(gpu.compute_capability.known for gpu in machine.gpus.value):
        return machine
    gpus = tuple(_with_capability(gpu, machine) for gpu in machine.gpus.value)
    return replace(machine, gpus=known(gpus, machine.gpus.source))


def _with_capability(gpu: Gpu, machine: Machine) -> Gpu:
    if gpu.compute_capability.known or gpu.name.value is None:
        return gpu
    from envdoc.workflow.context import knowledge

    row = knowledge().gpu_named(gpu.name.value)
    if row is not None:
        return replace(gpu, compute_capability=known(row.capability, "table gpus, by name"))
    by = next((each.by for each in machine.overrides if each.fact == "gpu"), "")
    if by:
        raise UsageError(f"{by}: no GPU named {gpu.name.value!r} in the table", hint="`envdoc facts gpus` lists them")
    return gpu


def imagine(machine: Machine | None, what_if: WhatIf, knowledge: Knowledge) -> Machine:
    """The machine with the what-if facts in place; None starts from an empty one."""
    from envdoc.resolver import whatif

    return whatif.apply(
        machine,
        knowledge,
        gpus=what_if.gpus,
        no_gpu=what_if.no_gpu,
        driver=what_if.driver,
        system=what_if.system,
        arch=what_if.arch,
        python=what_if.python,
    )


def load_snapshot(host: Host, path: str) -> Machine:
    """A Machine from a snapshot file.

    Raises:
        DataError: the file cannot be read, is no JSON, or is no Machine of a schema that this envdoc knows.
    """
    from envdoc.model.codec import decode

    file = host.read(path, limit=_LARGEST + 1)
    if file.value is None:
        told = text("errors", "cannot-read", path=path, why=file.reason())
        raise DataError(told, hint=text("errors", "snapshot-hint"))
    if len(file.value) > _LARGEST:
        raise DataError(f"{path}: longer than {_LARGEST >> 20} MiB", hint="check that this is a snapshot")
    try:
        data = loads(file.value)
    except ValueError as error:
        raise DataError(f"{path}: not JSON: {error}", hint="write it anew with `envdoc snapshot`") from error
    if isinstance(data, dict) and "system" in data:  # a raw snapshot; a Machine has its system under `os`
        from envdoc.workflow import raw

        return replace(with_capabilities(raw.replayed(data, path)), origin=Origin.RECORDED)
    data = data.get("machine", data) if isinstance(data, dict) else data
    _name_errors(data)
    schema = data.get("schema", SCHEMA) if isinstance(data, dict) else SCHEMA
    if schema != SCHEMA:
        raise DataError(
            f"{path}: schema {schema} is not {SCHEMA}", hint="read it with the envdoc that wrote it, or write it anew"
        )
    try:
        machine = decode(Machine, data)
    except DataError as error:
        raise DataError(
            f"{path}: {error.message}", hint=error.hint or "write it anew with `envdoc snapshot`"
        ) from error
    origin = Origin.RECORDED if machine.origin is Origin.PROBED else machine.origin
    return replace(machine, origin=origin)


def _name_errors(data: object) -> None:
    """Give the facts of a snapshot from before they had codes the code that their detail stands for."""
    from envdoc.rules.error_codes import code_of

    if isinstance(data, list):
        for item in data:
            _name_errors(item)
    elif isinstance(data, dict):
        if "why" in data and "code" not in data and isinstance(data.get("detail"), str):
            code = code_of(data["detail"])
            data.update({"code": code} if code else {})
        for item in data.values():
            _name_errors(item)
