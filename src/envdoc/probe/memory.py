"""Main memory where no file tells it: Windows by its own call, in a child process; macOS by sysctl.

The call is made in a child so that a recording of the machine holds its answer like every other.
"""

from __future__ import annotations

import sys

from envdoc.host.base import Completed, Host
from envdoc.model import jsontext
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System

_TIMEOUT = 5.0
# MEMORYSTATUSEX of GlobalMemoryStatusEx; prints total and available bytes of memory.
SCRIPT = r"""
import ctypes, json
class Status(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
        (name, ctypes.c_ulonglong) for name in ("total", "available", "page", "page_left", "virtual", "left", "more")]
status = Status()
status.length = ctypes.sizeof(status)
ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
print(json.dumps({"total": status.total, "available": status.available}))
"""


def memory(host: Host) -> tuple[Fact[int], Fact[int]]:
    """Total and available memory in MiB, on Windows and macOS."""
    if host.system is System.WINDOWS:
        return _windows(host.run((sys.executable, "-I", "-S", "-c", SCRIPT), timeout=_TIMEOUT))
    done = host.run(("sysctl", "-n", "hw.memsize"), timeout=_TIMEOUT)
    text = done.stdout.strip()
    total: Fact[int] = known(int(text) >> 20, "sysctl") if text.isdecimal() else _gone(done, "sysctl")
    return total, missing(Why.UNSUPPORTED, "sysctl")


def _windows(done: Completed) -> tuple[Fact[int], Fact[int]]:
    source = "GlobalMemoryStatusEx"
    try:
        told = jsontext.loads(done.stdout)
        return known(int(told["total"]) >> 20, source), known(int(told["available"]) >> 20, source)
    except (ValueError, KeyError, TypeError):
        return _gone(done, source), _gone(done, source)


def _gone(done: Completed, source: str) -> Fact[int]:
    return missing(done.why or Why.FAILED, source, done.detail or f"exit {done.returncode}")
