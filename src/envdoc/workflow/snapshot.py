"""`envdoc snapshot`: the Machine as a file, redacted, to be judged anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def contents(host: Host, wish: MachineWish, paths: tuple[str, ...] = (), *, raw: bool = False) -> Any:
    """What a snapshot holds, as JSON data: the Machine, or with `raw` what the machine answered."""
    if not raw:
        return encode(redacted(host, wish, paths))
    from envdoc.workflow.raw import record

    return record(host, wish)[0]


def snapshot(host: Host, wish: MachineWish, output: str, paths: tuple[str, ...] = (), *, raw: bool = False) -> None:
    """Write the snapshot to `output`.

    Raises:
        EnvdocError: the file cannot be written.
    """
    text = json.dumps(contents(host, wish, paths, raw=raw), ensure_ascii=False, indent=1) + "\n"
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvdocError(
            f"{output}: cannot be written: {error.strerror}", hint="name another file with -o"
        ) from error
