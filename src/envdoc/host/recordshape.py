"""What a recording may hold. A file comes from anybody: whatever is not the answer that a call can give is refused,
so that nothing which asks a recorded host meets a type that the real one never gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from envdoc.errors import DataError
from envdoc.host.records import SCHEMA, fact_in
from envdoc.model.machine import System

PATHS = ("files", "folders", "stats", "links", "searches", "disks")  # tables whose keys are paths
TABLES = (*PATHS, "environ", "which", "memory", "registry", "registry_keys", "fetches", "nvml")
_HEAD = ("schema", "origin", "tool", "note", "system", "arch", "cpus", "runs", "taken", "ask")
_STAT = {"size": int, "is_dir": bool, "is_link": bool, "mtime": (int, float), "inode": int}
_DISK = {"free_mib": int, "total_mib": int}
_RUN = {"argv": list, "env": dict, "cwd": str, "stdin": str, "returncode": int, "stdout": str, "stderr": str}
_WORDS = ("source", "detail", "code")
_NO_ANSWER = "this is no answer that a machine gives"
_TOLD = {"why": str, "detail": str, "seconds": (int, float)}


def validate(data: Any, where: str) -> None:
    """
    Raises:
        DataError: `data` is no recording; the message names `where` and the field.
    """
    if not isinstance(data, dict):
        raise DataError(f"{where}: expected an object, found {type(data).__name__}")
    if data.get("schema") != SCHEMA:
        told = f"schema {data.get('schema')!r} is not known"
        raise DataError(f"{where}: {told}", hint=f"this envdoc reads schema {SCHEMA}")
    if data.get("origin") not in ("recorded", "minted"):
        raise DataError(f"{where}: origin {data.get('origin')!r} is not one of recorded, minted")
    if data.get("system") not in [system.value for system in System]:
        raise DataError(f"{where}: system {data.get('system')!r} is not one of {', '.join(System)}")
    unknown = sorted(set(data) - {*TABLES, *_HEAD})
    if unknown:
        raise DataError(
            f"{where}: unknown field {unknown[0]!r}", hint=f"known fields: {', '.join((*_HEAD, *TABLES))}"
        )
    for place in _wrong(data):
        raise DataError(f"{where}: {place}", hint="record it anew")


def _wrong(data: dict[str, Any]) -> Iterator[str]:
    """What no call answers, in order: the place, and what should stand there."""
    if not isinstance(data.get("cpus", 1), int) or not isinstance(data.get("arch", ""), str):
        yield "cpus, arch: expected a number and a name"
    for name in TABLES:
        table = data.get(name, {})
        if not isinstance(table, dict):
            yield f"{name}: expected an object"
        elif name == "nvml":
            yield from () if _is_nvml(table) else (f"{name}: {_NO_ANSWER}",)
        else:
            wrong = (key for key, value in table.items() if not _ANSWERS[name](value))
            yield from (f"{name}: {key}: {_NO_ANSWER}" for key in wrong)
    runs = data.get("runs", [])
    if not isinstance(runs, list):
        yield "runs: expected a list"
        return
    yield from (
        f"runs[{number}]: expected an object with argv" for number, each in enumerate(runs) if not _is_run(each)
    )


def _fact_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether data is a missing fact, or a known one whose value `holds`."""

    def judge(data: Any) -> bool:
        if isinstance(data, dict) and not all(isinstance(data.get(key, ""), str) for key in _WORDS):
            return False
        try:
            fact = fact_in(data, "")
        except ValueError:  # neither a value nor a reason
            return False
        return not fact.known or holds(fact.value)

    return judge


def _shaped(fields: dict[str, Any]) -> Callable[[Any], bool]:
    def judge(data: Any) -> bool:
        return isinstance(data, dict) and all(
            name in fields and isinstance(value, fields[name]) for name, value in data.items()
        )

    return judge


def _is_nvml(table: dict[str, Any]) -> bool:
    """What NVML's calls answer is judged by the probes, which meet many drivers; here only the shape."""
    system, devices = table.get("system", {}), table.get("devices", [])
    tables: list[Any] = [system, *devices] if isinstance(devices, list) else [None]
    if not all(isinstance(each, dict) for each in tables):
        return False
    facts = [table.get("init", ""), *(fact for each in tables for fact in each.values())]
    return all(map(_fact_of(_anything), facts)) and _fact_of(_count)(table.get("count", 0))


def _anything(_: Any) -> bool:
    return True


def _count(data: Any) -> bool:
    return isinstance(data, int)


def _text(data: Any) -> bool:
    return isinstance(data, str)


def _names(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(each, str) for each in data)


def _table_of(answer: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, dict) and all(map(answer, data.values()))


def _is_run(data: Any) -> bool:
    return (
        _shaped({**_RUN, **_TOLD})(data)
        and _names(data.get("argv"))
        and bool(data["argv"])
        and _table_of(_text)(data.get("env", {}))
        and (not data.get("why") or not fact_in({"why": data["why"]}, "").known)
    )


def _whole(fields: dict[str, Any], needed: int) -> Callable[[Any], bool]:
    shaped = _shaped(fields)
    return lambda data: shaped(data) and set(list(fields)[:needed]) <= set(data)


_ANSWERS: dict[str, Callable[[Any], bool]] = {
    "files": _fact_of(_text),
    "folders": _fact_of(_names),
    "stats": _fact_of(_whole(_STAT, 4)),
    "links": _text,
    "searches": _table_of(_fact_of(_names)),
    "disks": _fact_of(_whole(_DISK, 2)),
    "memory": _fact_of(_whole(_DISK, 2)),
    "environ": _text,
    "which": lambda data: data is None or isinstance(data, str),
    "registry": _table_of(_fact_of(lambda value: isinstance(value, (str, int)))),
    "registry_keys": _fact_of(_names),
    "fetches": _fact_of(_text),
}
