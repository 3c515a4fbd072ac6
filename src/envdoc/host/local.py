"""The computer that envdoc runs on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from envdoc.host import files
from envdoc.host.base import Completed, Input, Nvml, Stat, Usage, WebAnswer
from envdoc.host.variables import Variables, clean, overlaid
from envdoc.host.where import candidates, in_windows_apps
from envdoc.model.facts import Fact, Why
from envdoc.model.machine import System

_SYSTEMS = {"win32": System.WINDOWS, "darwin": System.DARWIN}
_ARCHES = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "i386": "x86", "i686": "x86"}


def normal_arch(name: str) -> str:
    """`x86_64` of `AMD64`, `aarch64` of `arm64`; others in lower case."""
    return _ARCHES.get(name.lower(), name.lower())


class LocalHost:
    """The real door to the OS; see `base.Host` for what each call promises."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """`environ` replaces the process's own variables (for tests)."""
        self._raw = dict(os.environ if environ is None else environ)

    @property
    def system(self) -> System:
        return _SYSTEMS.get(sys.platform, System.LINUX)

    @cached_property
    def arch(self) -> str:
        if sys.platform == "win32":
            # a 32-bit Python on 64-bit Windows is told only in the first what the machine is
            told = (self.environ.get(name, "") for name in ("PROCESSOR_ARCHITEW6432", "PROCESSOR_ARCHITECTURE"))
            return normal_arch(next(filter(None, told), "x86_64"))
        return normal_arch(os.uname().machine)

    @cached_property
    def environ(self) -> Mapping[str, str]:
        return Variables({name: clean(value) for name, value in self._raw.items()}, self.system)

    @cached_property
    def nvml(self) -> Nvml:
        from envdoc.host.nvml import LocalNvml

        return LocalNvml()

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: str | Input | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        from envdoc.host import process

        variables = overlaid(self._raw, env or {}, self.system)
        program = self._program(argv[0], variables)
        if program is None:
            return Completed(tuple(argv), None, why=Why.ABSENT, detail="not found on PATH")
        if self._store_stub(program):
            return Completed(tuple(argv), None, why=Why.ABSENT, detail="only the Microsoft Store's stub")
        done = process.run(
            [program, *argv[1:]],
            timeout=timeout,
            env=variables,
            cwd=cwd,
            stdin=stdin,
            on_line=on_line,
            pages=self._pages,
        )
        return Completed(tuple(argv), done.returncode, done.stdout, done.stderr, done.why, done.detail, done.seconds)

    def _program(self, name: str, variables: Mapping[str, str]) -> str | None:
        """The file to start for `name`, found by the PATH of the program's own environment."""
        if os.path.dirname(name):  # noqa: PTH120
            return name
        return self._which(name, Variables(variables, self.system))

    def _store_stub(self, path: str) -> bool:
        if sys.platform != "win32":
            return False
        from envdoc.host.storestub import is_stub

        return in_windows_apps(path) and is_stub(path)

    @cached_property
    def _pages(self) -> tuple[str, ...]:
        from envdoc.host.decode import code_pages

        return code_pages()

    def which(self, name: str) -> str | None:
        return self._which(name, self.environ)

    def _which(self, name: str, variables: Mapping[str, str]) -> str | None:
        path, extensions = variables.get("PATH", os.defpath), variables.get("PATHEXT", "")
        for file in candidates(name, path, extensions, self.system):
            if os.path.isfile(file) and os.access(file, os.X_OK):  # noqa: PTH113
                return file
        return None

    def read(self, path: str, *, limit: int = 1 << 20) -> Fact[str]:
        return files.read(path, limit)

    def listdir(self, path: str) -> Fact[tuple[str, ...]]:
        return files.listdir(path)

    def stat(self, path: str) -> Fact[Stat]:
        return files.stat(path)

    def realpath(self, path: str) -> str:
        return files.realpath(path)

    def search(self, path: str, pattern: bytes, *, first: bool = True) -> Fact[tuple[str, ...]]:
        from envdoc.host import searching

        return searching.search(path, pattern, first=first)

    def disk(self, path: str) -> Fact[Usage]:
        return files.disk(path)

    def memory(self) -> Fact[Usage]:
        return files.memory()

    def registry(self, key: str, value: str = "") -> Fact[str | int]:
        from envdoc.host import winregistry

        return winregistry.value(key, value)

    def registry_keys(self, key: str) -> Fact[tuple[str, ...]]:
        from envdoc.host import winregistry

        return winregistry.keys(key)

    def download(self, url: str, path: str, *, timeout: float, limit: int, resume: bool = False) -> Fact[str]:
        from envdoc.host.download import download

        return download(url, path, timeout, limit, resume)

    def fetch(self, url: str, *, timeout: float, limit: int = 1 << 23) -> Fact[str]:
        from envdoc.host import web

        return web.fetch(url, timeout, limit)

    def answer(self, url: str, *, timeout: float, limit: int = 1 << 16) -> Fact[WebAnswer]:
        from envdoc.host import web

        return web.answer(url, timeout, limit)

    def cpu_count(self) -> int:
        if sys.platform == "linux":
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1
