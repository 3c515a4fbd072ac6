"""NVML from a recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from envdoc.host.records import call_name, fact_in
from envdoc.model.facts import Fact, Why, known, missing

_SOURCE = "nvml"


class RecordedNvml:
    """A table of calls; see `base.Nvml`. Without `init` there is no library, without a call no such function."""

    def __init__(self, data: Mapping[str, Any], miss: Callable[[str, str], None]) -> None:
        self._data = data
        self._miss = miss

    def init(self) -> Fact[str]:
        if "init" not in self._data:
            self._miss("nvml", "init")
            return missing(Why.ABSENT, _SOURCE, "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND")
        return _told(self._data["init"])

    def system(self, name: str) -> Fact[Any]:
        return self._call(self._data.get("system", {}), name, name)

    def count(self) -> Fact[int]:
        if "count" in self._data:
            return _told(self._data["count"])
        started = self.init()
        if not started.known:
            return missing(started.why or Why.FAILED, _SOURCE, started.detail, started.code)
        return known(len(self._data.get("devices", [])), _SOURCE)

    def device(self, index: int, name: str, *args: int) -> Fact[Any]:
        devices = self._data.get("devices", [])
        table = devices[index] if index < len(devices) else {}
        return self._call(table, call_name(name, args), f"device {index}: {call_name(name, args)}")

    def pair(self, index: int, other: int, name: str, *args: int) -> Fact[Any]:
        return self.device(index, name, other, *args)

    def _call(self, table: Mapping[str, Any], name: str, what: str) -> Fact[Any]:
        if name in table:
            return _told(table[name])
        started = self.init()
        if not started.known:
            return missing(started.why or Why.FAILED, _SOURCE, started.detail, started.code)
        self._miss("nvml", what)
        return missing(Why.UNSUPPORTED, _SOURCE, "NVML_ERROR_FUNCTION_NOT_FOUND", "NVML_ERROR_FUNCTION_NOT_FOUND")


def _told(data: Any) -> Fact[Any]:
    """The fact; a recording from before facts had codes has NVML's error name as the detail alone."""
    fact = fact_in(data, _SOURCE)
    if fact.why is None or fact.code or not fact.detail.startswith("NVML_ERROR_"):
        return fact
    return missing(fact.why, fact.source, fact.detail, fact.detail)
