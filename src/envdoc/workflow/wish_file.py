"""What was wished and planned for an environment, kept in it (`.envdoc/wish.json`) once it is proved.

The same wish again can then be answered from files, without probing the machine or asking the network.
"""

from __future__ import annotations

from typing import Any

from envdoc import __version__
from envdoc.errors import DataError
from envdoc.host.base import Host
from envdoc.installer.folder import folder_of, write_json
from envdoc.model.codec import decode, encode
from envdoc.model.digest import digest
from envdoc.model.jsontext import loads
from envdoc.model.plan import KINDS, Plan
from envdoc.model.profile import Profile


def key(wish: object, profile: Profile, lock: tuple[str, ...]) -> dict[str, Any]:
    """All that decides what is installed, beside the machine: the wish, the profile, its lock, envdoc itself."""
    pins = digest("\n".join(lock))
    return {"envdoc": __version__, "wish": encode(wish), "profile": encode(profile), "lock": pins}


def write(host: Host, plan: Plan, wished: dict[str, Any]) -> None:
    """Keep the wish and its plan beside the journal.

    Raises:
        OSError: no space, no permission.
    """
    steps = [{"kind": type(step).__name__, "step": encode(step)} for step in plan.steps]
    data = {"wished": wished, "plan": {**_encoded(plan), "steps": steps}}
    write_json(folder_of(plan.environment, host.system).own / "wish.json", data)


def read(host: Host, environment: str, wished: dict[str, Any]) -> Plan | None:
    """The plan of the same wish; None where the wish was another or the file cannot be used."""
    path = folder_of(environment, host.system).own / "wish.json"
    text = host.read(str(path), limit=1 << 23)
    try:
        data = loads(text.value or "null")
        if not isinstance(data, dict) or data["wished"] != wished:
            return None
        return _plan(data["plan"])
    except (ValueError, KeyError, TypeError, DataError):
        return None


def _plan(data: dict[str, Any]) -> Plan:
    steps = tuple(decode(KINDS[each["kind"]], each["step"]) for each in data["steps"])
    return Plan(
        environment=str(data["environment"]),
        profile=str(data["profile"]),
        steps=steps,
        download_mib=int(data.get("download_mib", 0)),
        disk_mib=int(data.get("disk_mib", 0)),
        notes=tuple(map(str, data.get("notes", ()))),
    )


def _encoded(plan: Plan) -> dict[str, Any]:
    data = encode(plan)
    return data if isinstance(data, dict) else {}
