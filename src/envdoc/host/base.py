"""The door to the OS, as a Protocol. Nothing else in envdoc starts a process, reads a file of the machine,
the registry or NVML. Real (`local`), recording and recorded hosts behave alike and pass the same tests.

Nothing here raises for what a sick machine does: every answer is a Fact or a Completed that says why not.
Every call is bounded in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

from envdoc.model.facts import Fact, Why
from envdoc.model.machine import System
from envdoc.model.value import dataclass


class Input(Enum):
    """What a program reads where it gets no text of ours. None of both: the end of input at once."""

    OURS = "ours"  # what envdoc itself would read: a terminal, a pipe


@dataclass(frozen=True, slots=True)
class Completed:
    """How a process ended. `why` is set when it did not run to its own end; then `returncode` is None.

    `stdout` and `stderr` are decoded by the tool's own encoding (UTF-8 first, then the code page; UTF-16 for
    `wsl.exe`), undecodable bytes become U+FFFD.
    """

    argv: tuple[str, ...]
    returncode: int | None
    stdout: str = ""
    stderr: str = ""
    why: Why | None = None  # ABSENT: no such program; DENIED; TIMED_OUT: killed with its children; FAILED
    detail: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.returncode == 0


@dataclass(frozen=True, slots=True)
class Stat:
    size: int
    is_dir: bool
    is_link: bool
    mtime: float
    inode: int = 0  # 0 where the file system has none


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """How a web server answered: also with an error. `url`: where redirects ended, without credentials; `text`: the
    beginning of the body."""

    status: int
    url: str
    kind: str = ""  # "text/html"
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    free_mib: int
    total_mib: int


MEMORY = "GlobalMemoryStatusEx"  # who tells Windows' memory


class Nvml(Protocol):
    """NVML as a table of calls. Values are JSON data: structs become dicts of their fields, bytes become str."""

    def init(self) -> Fact[str]:
        """NVML's own version; missing with NVML's error name in `code` (`NVML_ERROR_LIB_RM_VERSION_MISMATCH`).
        ABSENT for a missing library, FAILED otherwise. The first call initialises; later ones are free."""
        ...

    def system(self, name: str) -> Fact[Any]:
        """`nvmlSystemGet<name>`: `DriverVersion`, `CudaDriverVersion` (an int, 13000)."""
        ...

    def count(self) -> Fact[int]: ...

    def device(self, index: int, name: str, *args: int) -> Fact[Any]:
        """`nvmlDeviceGet<name>(handle, *args)`: `Name`, `CudaComputeCapability` ([12, 0]), `MemoryInfo`
        ({"total", ..}), ... UNSUPPORTED for NVML_ERROR_NOT_SUPPORTED and functions this driver lacks, DENIED for
        NO_PERMISSION, FAILED with the error name in `code` otherwise (`NVML_ERROR_GPU_IS_LOST`)."""
        ...

    def pair(self, index: int, other: int, name: str, *args: int) -> Fact[Any]:
        """`nvmlDeviceGet<name>(handle, other's handle, *args)`: `P2PStatus` (0 where the two reach each other)."""
        ...


class Host(Protocol):
    """One computer, seen from one process on it."""

    @property
    def system(self) -> System: ...

    @property
    def arch(self) -> str:
        """`x86_64` or `aarch64`, of the OS (not of a 32-bit Python on it)."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """The process's variables, raw. On Windows look-ups ignore case."""
        ...

    @property
    def nvml(self) -> Nvml: ...

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,  # added to the environment; "" removes a variable
        cwd: str | None = None,
        stdin: str | Input | None = None,
        on_line: Callable[[str], None] | None = None,  # called with each line of stdout and stderr as it comes
    ) -> Completed:
        """Run a program to its end, or kill it and its children after `timeout` seconds. Never a shell."""
        ...

    def which(self, name: str) -> str | None:
        """The file that PATH (and PATHEXT) gives for `name`, as the user's shell would find it."""
        ...

    def read(self, path: str, *, limit: int = 1 << 20) -> Fact[str]:
        """A text file's content, at most `limit` bytes, as UTF-8 with U+FFFD for what is not."""
        ...

    def listdir(self, path: str) -> Fact[tuple[str, ...]]:
        """Names in a folder, sorted."""
        ...

    def stat(self, path: str) -> Fact[Stat]: ...

    def realpath(self, path: str) -> str:
        """The path with all links resolved; `path` itself where it does not exist."""
        ...

    def search(self, path: str, pattern: bytes, *, first: bool = True) -> Fact[tuple[str, ...]]:
        """Matches of a bytes regex in a (large, binary) file, decoded as ASCII; ABSENT where none."""
        ...

    def disk(self, path: str) -> Fact[Usage]:
        """Space of the file system that holds `path`, or would hold it (its nearest existing parent)."""
        ...

    def memory(self) -> Fact[Usage]:
        """Main memory on Windows, where no file tells it; UNSUPPORTED elsewhere."""
        ...

    def registry(self, key: str, value: str = "") -> Fact[str | int]:
        r"""A value of the Windows registry: `HKLM\SYSTEM\...`; UNSUPPORTED elsewhere."""
        ...

    def registry_keys(self, key: str) -> Fact[tuple[str, ...]]:
        """The names of the sub-keys of a registry key."""
        ...

    def download(self, url: str, path: str, *, timeout: float, limit: int, resume: bool = False) -> Fact[str]:
        """The file at `url` (http, https, file) to `path`, at most `limit` bytes; its sha256. Of half a file nothing
        is left; with `resume` its beginning is, as `PATH.part`, and the next call asks for the rest."""
        ...

    def fetch(self, url: str, *, timeout: float, limit: int = 1 << 23) -> Fact[str]:
        """The body of a GET request. Only called with --online, a mirror or an install. Honours proxies.
        FAILED with "HTTP 404" in `detail`, TIMED_OUT; credentials in the URL never reach `source` or `detail`."""
        ...

    def answer(self, url: str, *, timeout: float, limit: int = 1 << 16) -> Fact[WebAnswer]:
        """How `url` answers a GET request, redirects followed: missing only where nobody answered. Of the body at
        most `limit` bytes are read; 0 asks for the first byte alone. Same rules as `fetch`."""
        ...

    def cpu_count(self) -> int: ...
