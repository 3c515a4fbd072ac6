"""`envdoc snapshot`: the Machine as a file, redacted, to be judged anywhere."""

from __future__ import annotations

import json
from pathlib import Path

from envdoc.errors import EnvdocError
from envdoc.host.base import Host
from envdoc.model.codec import encode
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish


def redacted(host: Host, wish: MachineWish, paths: tuple[str, ...] = ()) -> Machine:
    """This machine's facts without user name, home, host name, UUIDs, serials, tokens and credentials; and whether
    the `paths` are there, which are not repeated."""
    from envdoc.host.identity import identity_of
    from envdoc.rules.masks import anonymous_data

    machine = obtain(host, wish)
    if paths:
        from envdoc.probe.have import have

        machine = replace(machine, have=tuple(have(host, path) for path in paths))
    return anonymous_data(machine, identity_of(host))


def snapshot(host: Host, wish: MachineWish, output: str, paths: tuple[str, ...] = ()) -> Machine:
    """Write the snapshot to `output`.

    Raises:
        EnvdocError: the file cannot be written.
    """
    machine = redacted(host, wish, paths)
    text = json.dumps(encode(machine), ensure_ascii=False, indent=1) + "\n"
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvdocError(
            f"{output}: cannot be written: {error.strerror}", hint="name another file with -o"
        ) from error
    return machine
