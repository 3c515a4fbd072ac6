"""`--for-model`: what can be read of a model, from its folder, the hub's cache, or with `--online` the hub. Its
config.json is read as JSON; nothing of a model is executed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.knowledge import tunables
from envdoc.knowledge.profiles import lock_lines
from envdoc.model import jsontext
from envdoc.model.machine import Machine
from envdoc.model.tunable import ModelSeen, Need
from envdoc.model.value import replace
from envdoc.rules.requirements import pins
from envdoc.workflow.context import knowledge

if TYPE_CHECKING:
    from envdoc.workflow.resolve import Resolved

_LIMIT = 1 << 20  # bytes of a config.json; a real one has some KiB
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_SECONDS = 10.0


def look(host: Host, machine: Machine, name: str, *, online: bool) -> ModelSeen:
    """What is known of a folder or of a hub's name.

    Raises:
        UsageError: a path that is not there, or no name at all.
    """
    from envdoc.training.config.facts import Place
    from envdoc.training.config.models import model_at

    model = model_at(host, machine, "model_name_or_path", name)
    if model.place is Place.MISSING or not name:
        raise UsageError(f"--for-model {name}: nothing is there", hint="name a model's folder, or `owner/model`")
    if model.place is Place.REMOTE:
        return _remote(host, name, online=online)
    seen = _of_config(name, model.config, model.folder)
    if "config.json" not in model.names:
        why = text("model", "no-config", folder=model.folder)
        return ModelSeen(name, why=why)
    return replace(seen, in_cache=model.place is Place.HUB)


def needs_of(seen: ModelSeen) -> tuple[Need, ...]:
    """What the choice has to heed."""
    from envdoc.resolver import modelneeds

    return modelneeds.needs(seen, tunables.load())


def told(resolved: Resolved, seen: ModelSeen, needs: tuple[Need, ...]) -> Resolved:
    """With the answer about the model, and its findings among the others."""
    from envdoc.resolver import modelanswer

    answer = modelanswer.answer(seen, needs, _chosen(resolved), tunables.load(), knowledge().stacks)
    found = (*resolved.resolution.findings, *modelanswer.findings(answer, tunables.load()))
    return replace(resolved, model=answer, resolution=replace(resolved.resolution, findings=found))


def _chosen(resolved: Resolved) -> dict[str, str]:
    """Package -> version of the choice; what its lock pins comes along with LLaMA-Factory."""
    resolution, profile = resolved.resolution, resolved.profile
    own = {name: each.version.partition("+")[0] for name, each in resolution.packages.items()}
    if profile is None or not resolution.lock or "llamafactory" not in resolution.components:
        return own
    return {**pins(lock_lines(profile, resolution.lock)), **own}


def _remote(host: Host, name: str, *, online: bool) -> ModelSeen:
    from envdoc.probe import hub

    if not online:
        return ModelSeen(name, why=text("model", "offline"))
    if not _HUB_NAME.fullmatch(name):
        raise UsageError(f"--for-model {name}: no name of the hub", hint="write it as `owner/model`")
    endpoint = hub.endpoint(host).strip().rstrip("/")
    body = host.fetch(f"{endpoint}/{name}/resolve/main/config.json", timeout=_SECONDS, limit=_LIMIT)
    if body.value is None:
        return ModelSeen(name, why=text("model", "unreached", endpoint=body.source or endpoint, told=body.reason()))
    try:
        config = jsontext.loads(body.value, any_number=True)
    except ValueError:
        config = {}
    return _of_config(name, config if isinstance(config, dict) else {}, body.source)


def _of_config(name: str, config: dict[str, Any], source: str) -> ModelSeen:
    kind = config.get("model_type")
    if not config:
        return ModelSeen(name, why=text("model", "broken-config"))
    told = isinstance(kind, str)
    return ModelSeen(
        name,
        source,
        "" if told else text("model", "no-type"),
        str(kind) if told else "",
        str(config.get("_name_or_path") or ""),
        _method(config),
        _classes(config),
    )


def _method(config: dict[str, Any]) -> str:
    """`quant_method`, with the bits of bitsandbytes; also where it stands with the text part of several."""
    text_part = config.get("text_config")
    inner = text_part.get("quantization_config") if isinstance(text_part, dict) else None
    told = config.get("quantization_config") or inner
    if not isinstance(told, dict):
        return ""
    method = str(told.get("quant_method") or "unnamed")
    if method == "bitsandbytes":
        return f"{method}_4bit" if told.get("load_in_4bit") or told.get("_load_in_4bit") else f"{method}_8bit"
    return method


def _classes(config: dict[str, Any]) -> str:
    told = config.get("auto_map")
    return ", ".join(sorted(str(each) for each in told.values())) if isinstance(told, dict) else ""
