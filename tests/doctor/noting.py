"""A machine that notes which of its facts a check reads, and the same machine without one of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from doctor_cases import case_of, read_machine

from envdoc.doctor import Case, checks
from envdoc.doctor.runner import examine
from envdoc.model.facts import Fact, Readings, Why, missing, readings
from envdoc.model.finding import CheckResult

GONE: Fact[object] = missing(Why.TIMED_OUT, "probe", "no answer in 5 s")
_ASKED = ("value", "why", "known", "or_else", "reason", "detail", "code", "source", "facts", "best", "agree")


def facts(value: object, path: str = "", *, every: bool = False) -> Iterator[tuple[str, object]]:
    """Every fact of a machine that was told, absence too ("no GPU" is an answer), with its path; those within others
    too. Sources of one quantity (`Readings`) count as one fact. `every`: those that were not told as well."""
    if isinstance(value, Readings):
        if every or _told(value.best):
            yield path, value
    elif isinstance(value, Fact):
        if every or _told(value):
            yield path, value
            yield from facts(value.value, f"{path}.value", every=every)
    elif isinstance(value, dict):
        for key, item in value.items():
            if "." not in key:
                yield from facts(item, f"{path}.{key}", every=every)
    elif isinstance(value, tuple):
        for number, item in enumerate(value[:10]):
            yield from facts(item, f"{path}.{number}", every=every)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            inner = f"{path}.{field.name}" if path else field.name
            yield from facts(getattr(value, field.name), inner, every=every)


def _told(fact: Fact[object]) -> bool:
    return fact.known or fact.why in (Why.ABSENT, Why.UNSUPPORTED)


def gone(fact: object) -> object:
    return readings(GONE) if isinstance(fact, Readings) else GONE


class Noted:
    """Mixed into a fact: whatever is asked of it is noted under its path."""

    def __getattribute__(self, name: str) -> object:
        if name in _ASKED:
            data = object.__getattribute__(self, "__dict__")
            data["noted"].add(data["path"])
        return object.__getattribute__(self, name)


class NotedFact(Noted, Fact[object]):
    pass


class NotedReadings(Noted, Readings[object]):
    pass


def noting(value: object, noted: set[str], path: str = "") -> object:
    """The value with every fact in it replaced by one that notes its path into `noted`."""
    if isinstance(value, (Fact, Readings)):
        return _noting(value, noted, path)
    if isinstance(value, dict):
        return {key: noting(item, noted, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(noting(item, noted, f"{path}.{number}") for number, item in enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        made = {name: noting(getattr(value, name), noted, f"{path}.{name}" if path else name) for name in names}
        return type(value)(**made)
    return value


def _noting(value: Fact[object] | Readings[object], noted: set[str], path: str) -> object:
    made = object.__new__(NotedFact if isinstance(value, Fact) else NotedReadings)
    inner = dict(value.__dict__)
    if isinstance(value, Fact):
        inner["value"] = noting(value.value, noted, f"{path}.value")
    made.__dict__.update(inner, noted=noted, path=path)
    return made


def reads(name: str, profile: str, check: str) -> tuple[CheckResult, set[str]]:
    """How a check ends on a machine file, and the paths of the facts that it asked."""
    noted: set[str] = set()
    case = case_of(name, None, profile)
    machine = noting(read_machine(name), noted)
    noted.clear()
    result = one(Case(machine, case.knowledge, case.profile, case.profiles), check)  # type: ignore[arg-type]
    return result, noted


def one(case: Case, check: str) -> CheckResult:
    """One check's own result."""
    from envdoc.doctor import runner

    (each,) = [each for each in checks() if each.id == check]
    return runner._run(each, case)


__all__ = ["GONE", "examine", "facts", "gone", "noting", "one", "reads"]
