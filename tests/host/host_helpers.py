"""Looking after processes in the host's tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from envdoc.host.base import Host

Ask = Callable[[Callable[[Host], Any]], Any]
Program = Callable[[str], list[str]]


def alive(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be collected does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def gone_soon(pids: list[int]) -> bool:
    """Whether none of the processes runs any more, half a second from now at the latest."""
    deadline = time.monotonic() + 0.5
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(alive(pid) for pid in pids)
