"""Main memory where no file tells it: Windows by its own call, macOS by sysctl."""

from __future__ import annotations

from envdoc.host.base import Completed, Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System

_TIMEOUT = 5.0


def memory(host: Host) -> tuple[Fact[int], Fact[int]]:
    """Total and available memory in MiB, on Windows and macOS."""
    if host.system is System.WINDOWS:
        return _windows(host)
    done = host.run(("sysctl", "-n", "hw.memsize"), timeout=_TIMEOUT)
    text = done.stdout.strip()
    total: Fact[int] = known(int(text) >> 20, "sysctl") if text.isdecimal() else _gone(done, "sysctl")
    return total, missing(Why.UNSUPPORTED, "sysctl")


def _windows(host: Host) -> tuple[Fact[int], Fact[int]]:
    told = host.memory()
    if told.value is None:
        gone: Fact[int] = missing(told.why or Why.FAILED, told.source, told.detail, told.code)
        return gone, gone
    return known(told.value.total_mib, told.source), known(told.value.free_mib, told.source)


def _gone(done: Completed, source: str) -> Fact[int]:
    return missing(done.why or Why.FAILED, source, done.detail or f"exit {done.returncode}")
