"""Windows' job objects: a program and all that it starts, ended together, also where envdoc itself is killed.

`taskkill /T` walks the tree by parents, so it loses what a program that has ended had started, and it is a
program of its own that a sick machine may not start. A job holds all descendants. Jobs nest since Windows 8.
Source: learn.microsoft.com/windows/win32/procthread/job-objects, read 2026-11-26.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
_ENDED_BY_US = 1  # the exit code of what is ended


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("per_process_time", ctypes.c_longlong),
        ("per_job_time", ctypes.c_longlong),
        ("flags", ctypes.c_uint),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint),
        ("scheduling", ctypes.c_uint),
        ("io_counters", ctypes.c_ulonglong * 6),
        ("memory", ctypes.c_size_t * 4),
    )


@cache
def _kernel() -> Any:
    if sys.platform != "win32":
        raise NotImplementedError("only Windows has job objects")
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    return kernel


class Job:
    """One program's job. Ends its processes when envdoc's process ends, unless it was released."""

    def __init__(self, handle: int) -> None:
        self._handle = ctypes.c_void_p(handle)

    def end(self) -> None:
        """End every process of the job at once."""
        _kernel().TerminateJobObject(self._handle, _ENDED_BY_US)

    def release(self) -> None:
        """Let what still runs in it live on."""
        _limit(_kernel(), self._handle, 0)
        _kernel().CloseHandle(self._handle)


def around(process: int) -> Job | None:
    """A job around the process with this handle and all that it will start; None where Windows refuses."""
    kernel = _kernel()
    job = kernel.CreateJobObjectW(None, None)
    if not job:
        return None
    handle = ctypes.c_void_p(job)
    if _limit(kernel, handle, _KILL_ON_CLOSE) and kernel.AssignProcessToJobObject(handle, ctypes.c_void_p(process)):
        return Job(job)
    kernel.CloseHandle(handle)
    return None


def _limit(kernel: Any, job: ctypes.c_void_p, flags: int) -> bool:
    limits = _Limits(flags=flags)
    return bool(kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)))
