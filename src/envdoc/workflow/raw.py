"""Raw snapshots: what the machine itself answered while it was probed, and the probes run over it again.

A snapshot holds facts as the probes understood them; where a probe understood wrongly, only the answers show it:
files, folders, programs' outputs, registry values, NVML's calls. They are masked as a snapshot is, and are nothing
but data: no answer is ever run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from envdoc.errors import DataError, EnvdocError, UsageError
from envdoc.host.base import Host
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.workflow.context import own_prefix
from envdoc.workflow.wishes import MachineWish

if TYPE_CHECKING:
    from envdoc.probe import Ask

LARGEST = 1 << 25  # characters; a machine with 300 packages has two million
_ASKED = ("env", "python", "own_prefix")


def record(host: Host, wish: MachineWish) -> tuple[dict[str, Any], Machine]:
    """The answers of this machine as JSON data, masked, and the Machine that the probes made of them, not masked.

    Raises:
        EnvdocError: they are longer than what can be read again.
    """
    from envdoc.host.identity import identity_of
    from envdoc.host.recording import RecordingHost
    from envdoc.probe import collect
    from envdoc.rules.masks import anonymous_data

    asked = {"env": wish.env, "python": wish.python, "own_prefix": own_prefix()}
    recording = RecordingHost(host)
    machine = collect(recording, _ask(asked, online=wish.online))
    data = {**recording.data(), "taken": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "ask": asked}
    told: dict[str, Any] = anonymous_data(data, identity_of(host))
    if len(json.dumps(told)) > LARGEST:
        raise EnvdocError(
            f"the answers of this machine are longer than {LARGEST >> 20} MiB",
            hint="name an environment with fewer packages with --env, or leave --raw out",
        )
    return told, machine


def _ask(asked: Mapping[str, str], *, online: bool) -> Ask:
    from envdoc.probe import Ask

    env, python, own = (asked.get(name, "") for name in _ASKED)
    return Ask(env=env, python=python, own_prefix=own, online=online, fresh=True, thorough=True)


def replayed(data: dict[str, Any], path: str) -> Machine:
    """The Machine that this envdoc's probes make of a recording.

    Raises:
        DataError: it is no recording; the message names the file and the field.
    """
    from envdoc.host.recorded import RecordedHost
    from envdoc.probe import collect

    asked, taken = data.get("ask", {}), data.get("taken", "")
    if (
        not isinstance(asked, dict)
        or not {*asked} <= {*_ASKED}
        or not all(isinstance(x, str) for x in asked.values())
    ):
        raise DataError(f"{path}: ask: expected an object of texts", hint=f"known fields: {', '.join(_ASKED)}")
    if not isinstance(taken, str):
        raise DataError(f"{path}: taken: expected a text", hint="record it anew with `envdoc snapshot --raw`")
    wanted = _ask(asked, online="fetches" in data)
    try:
        machine = collect(RecordedHost(data, path), wanted)
    except DataError:  # names the file already
        raise
    except UsageError as error:  # it was asked for an environment that the recording does not hold
        raise DataError(f"{path}: {error.message}", hint="record it anew with `envdoc snapshot --raw`") from error
    return replace(machine, taken=taken or machine.taken)
