"""NVML, the driver's management library, as a table of calls that can neither raise nor hang.

Every call runs in one worker thread with a time limit: a sick driver blocks inside the kernel, and a doctor
must still report.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from envdoc.host.bounded import Worker
from envdoc.host.nvml_calls import DEVICE, SYSTEM, NvmlError, check, invoke
from envdoc.model.facts import Fact, Why, known, missing

SOURCE = "nvml"
INIT_TIMEOUT = 30.0  # without persistence mode the driver starts every GPU first: seconds for eight of them
CALL_TIMEOUT = 5.0
IMPORT_TIMEOUT = 10.0  # nvidia-ml-py is read from the disk first
NOT_LOADABLE = "not-loadable"

_WHYS = {  # by NVML's code; all others are FAILED
    3: Why.UNSUPPORTED,  # NOT_SUPPORTED: this card
    4: Why.DENIED,  # NO_PERMISSION
    10: Why.TIMED_OUT,
    12: Why.ABSENT,  # LIBRARY_NOT_FOUND
    13: Why.UNSUPPORTED,  # FUNCTION_NOT_FOUND: this driver
    25: Why.UNSUPPORTED,  # ARGUMENT_VERSION_MISMATCH: this driver
}


def library_candidates(platform: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where NVML may be, the likeliest first. `platform` is a `sys.platform`."""
    if platform == "win32":
        windows = environ.get("SYSTEMROOT", r"C:\Windows")
        programs = environ.get("PROGRAMFILES", r"C:\Program Files")
        return (rf"{windows}\System32\nvml.dll", rf"{programs}\NVIDIA Corporation\NVSMI\nvml.dll")
    if platform == "darwin":
        return ()
    # Inside WSL the loader often does not know the second; NixOS keeps drivers in the third.
    name = "libnvidia-ml.so.1"
    return (name, f"/usr/lib/wsl/lib/{name}", f"/run/opengl-driver/lib/{name}")


def load_library(candidates: tuple[str, ...], load: Callable[[str], Any] = ctypes.CDLL) -> Any:
    """The first candidate that loads.

    Raises:
        NvmlError: LIBRARY_NOT_FOUND, where no candidate exists.
        OSError: a candidate exists, but does not load (another architecture, a missing dependency).
    """
    broken: OSError | None = None
    for path in candidates:
        try:
            return load(path)
        except OSError as error:
            if not _not_there(error, path):
                broken = broken or error
    raise broken or NvmlError(12)


def _not_there(error: OSError, path: str) -> bool:
    # glibc: "libnvidia-ml.so.1: cannot open shared object file: No such file or directory"
    # musl: "Error loading shared library libnvidia-ml.so.1: No such file or directory"
    if any(f"{path}: {words}" in str(error) for words in ("cannot open shared object file", "No such file")):
        return True
    return os.path.isabs(path) and not os.path.exists(path)  # noqa: PTH110, PTH117


class LocalNvml:
    """This machine's NVML; see `base.Nvml`. `library` is a function that gives the loaded library."""

    def __init__(self, library: Callable[[], Any] | None = None) -> None:
        self._find = library or (lambda: load_library(library_candidates(sys.platform, os.environ)))
        self._library: Any = None
        self._worker = Worker()
        self._init: Fact[str] | None = None
        self._starting = threading.Lock()
        self._handles: dict[int, ctypes.c_void_p] = {}

    def init(self) -> Fact[str]:
        """NVML's own version, or why there is none. Initialises once; never shuts down, the process's end does."""
        with self._starting:
            if self._init is None:
                self._init = self._ask(self._start, INIT_TIMEOUT)
            return self._init

    def system(self, name: str) -> Fact[Any]:
        """`nvmlSystemGet<name>`. Some of these answer even where `init` failed (the library's own version)."""
        started = self.init()
        if self._library is None:
            return missing(started.why or Why.FAILED, SOURCE, started.detail, started.code)
        call = SYSTEM.get(name)
        if call is None:
            return self._ask(lambda: _pynvml(f"nvmlSystemGet{name}", (), ()))
        answer = self._ask(lambda: invoke(self._library, call, ()))
        return started_badly(started, answer)

    def count(self) -> Fact[int]:
        """How many GPUs NVML can see."""
        started = self.init()
        if not started.known:
            return missing(started.why or Why.FAILED, SOURCE, started.detail, started.code)
        return self._ask(self._count)

    def device(self, index: int, name: str, *args: int) -> Fact[Any]:
        """`nvmlDeviceGet<name>(handle of index, *args)`."""
        started = self.init()
        if not started.known:
            return missing(started.why or Why.FAILED, SOURCE, started.detail, started.code)
        call = DEVICE.get(name)
        if call is None:
            return self._ask(lambda: _pynvml(f"nvmlDeviceGet{name}", (index,), args), IMPORT_TIMEOUT)
        return self._ask(lambda: invoke(self._library, call, (self._handle(index),), args))

    def pair(self, index: int, other: int, name: str, *args: int) -> Fact[Any]:
        """`nvmlDeviceGet<name>(handle of index, handle of other, *args)`; never in the fast table."""
        started = self.init()
        if not started.known:
            return missing(started.why or Why.FAILED, SOURCE, started.detail, started.code)
        return self._ask(lambda: _pynvml(f"nvmlDeviceGet{name}", (index, other), args), IMPORT_TIMEOUT)

    def _ask(self, function: Callable[[], Any], timeout: float = 0.0) -> Fact[Any]:
        try:
            return known(self._worker.call(function, timeout or CALL_TIMEOUT), SOURCE)
        except NvmlError as error:
            return missing(_WHYS.get(error.code, Why.FAILED), SOURCE, str(error), str(error))
        except TimeoutError as error:
            return missing(Why.TIMED_OUT, SOURCE, str(error))
        except OSError as error:  # the library is there, and the loader refuses it
            return missing(Why.FAILED, SOURCE, str(error), NOT_LOADABLE)
        except Exception as error:
            return missing(Why.FAILED, SOURCE, f"{type(error).__name__}: {error}")

    def _start(self) -> str:
        self._library = self._find()
        check(_versions(self._library, "nvmlInit_v2", "nvmlInit")())
        return str(invoke(self._library, SYSTEM["NVMLVersion"], ()))

    def _count(self) -> int:
        number = ctypes.c_uint()
        check(_versions(self._library, "nvmlDeviceGetCount_v2", "nvmlDeviceGetCount")(ctypes.byref(number)))
        return number.value

    def _handle(self, index: int) -> ctypes.c_void_p:
        if index not in self._handles:
            handle = ctypes.c_void_p()
            get = _versions(self._library, "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex")
            check(get(ctypes.c_uint(index), ctypes.byref(handle)))
            self._handles[index] = handle
        return self._handles[index]


def started_badly(started: Fact[str], answer: Fact[Any]) -> Fact[Any]:
    """`answer`, but with the reason of the failed start in place of "uninitialised"."""
    if started.known or answer.known:
        return answer
    return missing(started.why or Why.FAILED, SOURCE, started.detail, started.code)


def _versions(library: Any, *symbols: str) -> Any:
    """The first of `symbols` that the library has."""
    for symbol in symbols:
        function = getattr(library, symbol, None)
        if function is not None:
            return function
    raise NvmlError(13)


def _pynvml(function: str, indices: tuple[int, ...], args: tuple[int, ...]) -> Any:
    from envdoc.host.nvml_pynvml import call

    return call(function, indices, args)
