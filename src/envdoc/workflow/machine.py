"""Which Machine is looked at: this one, a snapshot, or one that does not exist (yet)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from envdoc.errors import DataError
from envdoc.host.base import Host
from envdoc.knowledge.tables import Knowledge
from envdoc.model.machine import SCHEMA, Machine, Origin


@dataclass(frozen=True, slots=True)
class MachineWish:
    """What the command line says of the machine. Empty fields: this machine, as it is."""

    file: str = ""
    env: str = ""
    python: str = ""
    online: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Facts replaced on the command line. Empty: nothing is replaced."""

    gpus: tuple[str, ...] = ()
    no_gpu: bool = False
    driver: str = ""
    system: str = ""
    arch: str = ""
    python: str = ""

    @property
    def asked(self) -> bool:
        return self != WhatIf()


def obtain(host: Host, wish: MachineWish) -> Machine:
    """The snapshot that the wish names, else this machine, probed now."""
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
        cache_dir=cache_dir(host),
    )
    return collect(host, ask)


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

    text = host.read(path, limit=1 << 25)
    if text.value is None:
        raise DataError(
            f"{path}: cannot be read: {text.reason()}", hint="write one with `envdoc snapshot -o machine.json`"
        )
    try:
        data = json.loads(text.value)
    except ValueError as error:
        raise DataError(f"{path}: not JSON: {error}", hint="write it anew with `envdoc snapshot`") from error
    data = data.get("machine", data) if isinstance(data, dict) else data
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
