"""The rules: from YAML files, or from what a wheel has in their place, into values."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from envdoc.diagnose.gates import behind
from envdoc.diagnose.match import anchors
from envdoc.diagnose.values import Advice, Capture, GateTable, Rule, Sign
from envdoc.errors import DataError
from envdoc.knowledge import files
from envdoc.knowledge.yamlfile import parse, shipped
from envdoc.model.finding import Severity

FOLDER = files.beside(__file__, "rules")
COMPILED = "compiled.json"  # in a wheel: all rules as they stand in the files, and the anchors behind each gate


@cache
def load() -> tuple[Rule, ...]:
    """All rules, in the order of the files' names and of their place in them.

    Raises:
        DataError: mistakes in rule files; the message lists all.
    """
    ready = _compiled()
    if ready is not None:
        return _values(ready["files"])
    return _checked([(files.name(path), shipped(path)) for path in files.listed(FOLDER, (".yaml",))])


@cache
def gates() -> GateTable:
    """The anchors of all rules by their gates."""
    ready = _compiled()
    if ready is not None:
        return {gate.encode("latin-1"): tuple(has) for gate, has in ready["gates"].items()}
    return behind(anchors(load()))


def compiled() -> str:
    """What `load` and `gates` read in a wheel: JSON, made of the files when the wheel is built."""
    texts = [(files.name(path), shipped(path)) for path in files.listed(FOLDER, (".yaml",))]
    table = behind(anchors(_checked(texts)))
    ready = {"files": texts, "gates": {gate.decode("latin-1"): has for gate, has in table.items()}}
    return json.dumps(ready, ensure_ascii=False, separators=(",", ":"))


def build(files: list[tuple[str, str]]) -> tuple[Rule, ...]:
    """Rules of (name, text) pairs; see `load`."""
    return _checked([(name, parse(text, name)) for name, text in files])


@cache
def _compiled() -> Any:
    """None in a source checkout."""
    try:
        return json.loads(files.read(files.join(FOLDER, COMPILED)))
    except FileNotFoundError:
        return None


def _checked(files: list[tuple[str, Any]]) -> tuple[Rule, ...]:
    from envdoc.diagnose.rulecheck import across, mistakes_of

    mistakes = []
    for name, listed in files:
        for place, data in enumerate(listed or ()):
            where = f"{name}: rule {place + 1} ({data.get('code', '?') if isinstance(data, dict) else '?'})"
            mistakes += [f"{where}: {each}" for each in mistakes_of(data)]
    rules = () if mistakes else _values(files)
    mistakes += across(rules)
    if mistakes:
        raise DataError("rules with mistakes:\n  " + "\n  ".join(mistakes), hint="mend the rule files named above")
    return rules


def _values(files: list[tuple[str, Any]]) -> tuple[Rule, ...]:
    """The rules of files without mistakes."""
    every = [(name, data) for name, listed in files for data in listed or ()]
    return tuple(_rule(data, name, order) for order, (name, data) in enumerate(every))


def sign_data(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The signs of a rule as it stands in a file; `say` alone is short for one."""
    short = [{"say": data["say"]}] if "say" in data else []
    return [*short, *data.get("signs", ())]


def _rule(data: dict[str, Any], file: str, order: int) -> Rule:
    return Rule(
        code=data["code"],
        signs=tuple(_sign(each) for each in sign_data(data)),
        advice=_advice(data.get("do", {})),
        file=file,
        order=order,
        case=data.get("case", ""),
        severity=Severity(data["severity"]) if "severity" in data else None,
        captures=tuple(
            Capture(name, pattern, kind)
            for name, given in data.get("captures", {}).items()
            for kind, pattern in zip(given[::2], given[1::2], strict=True)
        ),
        has=tuple(data.get("has", ())),
        lacks=tuple(data.get("lacks", ())),
        vendors=tuple(data.get("vendors", ())),
        systems=tuple(data.get("systems", ())),
        follows=tuple(data.get("follows", ())),
        look=data.get("look", ""),
        logic=data.get("logic", ""),
    )


def _sign(data: dict[str, Any]) -> Sign:
    near = tuple(tuple(each) for each in data.get("near", ()))
    return Sign(tuple(data["say"]), near, tuple(data.get("unless", ())))


def _advice(data: dict[str, Any]) -> Advice:
    commands = {
        shell: (given,) if isinstance(given, str) else tuple(given)
        for shell, given in data.get("commands", {}).items()
    }
    return Advice(commands, data.get("choose", ""))
