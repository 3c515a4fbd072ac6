"""A host that answers from a recording, on any system. What is not listed does not exist.

Files are made by `recording.RecordingHost.save`, or by hand::

    {"schema": 1, "origin": "minted", "system": "windows", "arch": "x86_64",
     "environ": {"CUDA_PATH": "C:\\\\CUDA\\\\v12.8"},
     "which": {"nvcc": "C:\\\\CUDA\\\\v12.8\\\\bin\\\\nvcc.exe"},
     "files": {"C:\\\\CUDA\\\\v12.8\\\\version.json": "{}", "C:\\\\secret": {"why": "denied"}},
     "runs": [{"argv": ["nvcc", "--version"], "returncode": 0, "stdout": "..."}],
     "nvml": {"init": "13.581.29", "count": 1, "devices": [{"Name": "NVIDIA GeForce RTX 5090"}]}}
"""

from __future__ import annotations

import ntpath
import posixpath
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from envdoc.errors import DataError
from envdoc.host.base import MEMORY, Completed, Input, Nvml, Stat, Usage, WebAnswer
from envdoc.host.recorded_nvml import RecordedNvml
from envdoc.host.recording import search_name
from envdoc.host.records import fact_in, input_out, path_key, registry_key, same_run, short_argv
from envdoc.host.recordshape import PATHS, TABLES, validate
from envdoc.host.variables import Variables
from envdoc.model import jsontext
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System


class RecordedHost:
    """A machine from a file. `unmatched` lists what was asked and is not in it: `("run", "nvidia-smi -q")`."""

    def __init__(self, data: Mapping[str, Any], where: str = "recording") -> None:
        """
        Raises:
            DataError: `data` is not a recording; the message names `where` and the field.
        """
        validate(data, where)
        self._data = data
        self._system = System(data["system"])
        self._tables = {name: self._keyed(name) for name in TABLES if name != "nvml"}
        self._left = [dict(run) for run in data.get("runs", [])]
        self._nvml = RecordedNvml(data.get("nvml", {}), self._miss)
        self.unmatched: list[tuple[str, str]] = []

    @classmethod
    def load(cls, path: str | Path) -> RecordedHost:
        """The host that a file describes.

        Raises:
            DataError: the file cannot be read, is no JSON, or no recording.
        """
        try:
            data = jsontext.loads(Path(path).read_text(encoding="utf-8"), any_number=True)
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        return cls(data, str(path))

    def _keyed(self, name: str) -> dict[str, Any]:
        table: Mapping[str, Any] = self._data.get(name, {})
        if name in PATHS:
            return {self._key(path): value for path, value in table.items()}
        if name.startswith("registry"):
            return {registry_key(key): value for key, value in table.items()}
        return dict(table)

    def _key(self, path: str) -> str:
        return path_key(path, self._system)

    def _miss(self, kind: str, what: str) -> None:
        self.unmatched.append((kind, what))

    def _fact(self, table: str, path: str, kind: str) -> Fact[Any]:
        found = self._tables[table]
        key = self._key(path) if table in PATHS else path
        if key not in found:
            self._miss(kind, path)
            return missing(Why.ABSENT, path)
        return fact_in(found[key], path)

    @property
    def system(self) -> System:
        return self._system

    @property
    def arch(self) -> str:
        return str(self._data.get("arch", "x86_64"))

    @cached_property
    def environ(self) -> Mapping[str, str]:
        return Variables(self._tables["environ"], self._system)

    @property
    def nvml(self) -> Nvml:
        return self._nvml

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,  # noqa: ARG002
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: str | Input | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        asked = {
            "argv": short_argv(argv, sys.executable),
            "env": dict(env or {}),
            "cwd": cwd,
            "stdin": input_out(stdin),
        }
        record = self._next_run(asked)
        if record is None:
            self._miss("run", " ".join(asked["argv"]))  # type: ignore[arg-type]
            return Completed(tuple(argv), None, why=Why.ABSENT, detail="not found on PATH")
        why = record.get("why")
        texts = (record.get("stdout", ""), record.get("stderr", ""))
        for line in "\n".join(text.rstrip("\n") for text in texts if text).splitlines() if on_line else ():
            on_line(line)  # type: ignore[misc]
        code = record.get("returncode", None if why else 0)
        seconds = float(record.get("seconds", 0.0))
        return Completed(tuple(argv), code, *texts, Why(why) if why else None, record.get("detail", ""), seconds)

    def _next_run(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answers to one command in their order; the last one again and again."""
        fits = [record for record in self._left if same_run(record, asked)]
        if len(fits) > 1:
            self._left.remove(fits[0])
        return fits[0] if fits else None

    def which(self, name: str) -> str | None:
        if name not in self._tables["which"]:
            self._miss("which", name)
        return self._tables["which"].get(name)

    def read(self, path: str, *, limit: int = 1 << 20) -> Fact[str]:
        fact = self._fact("files", path, "read")
        if fact.value is None or len(fact.value) * 4 <= limit:
            return fact
        return known(fact.value.encode()[:limit].decode("utf-8", "replace"), fact.source)

    def listdir(self, path: str) -> Fact[tuple[str, ...]]:
        if self._key(path) not in self._tables["folders"] and (names := self._below(path)):
            return known(names, path)
        return _tuple(self._fact("folders", path, "listdir"))

    def stat(self, path: str) -> Fact[Stat]:
        if self._key(path) not in self._tables["stats"] and (seen := self._seen(path)):
            return known(seen, path)
        fact = self._fact("stats", path, "stat")
        return fact if fact.value is None else known(Stat(**fact.value), fact.source)

    def _seen(self, path: str) -> Stat | None:
        """What the listed files and folders tell of `path`, for recordings made by hand."""
        content = self._tables["files"].get(self._key(path))
        if isinstance(content, str):
            return Stat(len(content.encode()), is_dir=False, is_link=False, mtime=0.0)
        listed = isinstance(self._tables["folders"].get(self._key(path)), list)
        return Stat(0, is_dir=True, is_link=False, mtime=0.0) if listed or self._below(path) else None

    def _below(self, path: str) -> tuple[str, ...]:
        """The names in folder `path`, as far as files are listed below it."""
        flavour = ntpath if self._system is System.WINDOWS else posixpath
        start = self._key(path).rstrip("/") + "/"
        there = [each for each, content in self._data.get("files", {}).items() if isinstance(content, str)]
        inside = (each for each in there if self._key(each).startswith(start))
        return tuple(sorted({each.replace(flavour.sep, "/")[len(start) :].partition("/")[0] for each in inside}))

    def realpath(self, path: str) -> str:
        return str(self._tables["links"].get(self._key(path), path))

    def search(self, path: str, pattern: bytes, *, first: bool = True) -> Fact[tuple[str, ...]]:
        table = self._tables["searches"].get(self._key(path), {})
        name = search_name(pattern, first)
        if name not in table:
            self._miss("search", f"{path}: {name}")
            return missing(Why.ABSENT, path)
        return _tuple(fact_in(table[name], path))

    def disk(self, path: str) -> Fact[Usage]:
        fact = self._fact("disks", path, "disk")
        return fact if fact.value is None else known(Usage(**fact.value), fact.source)

    def memory(self) -> Fact[Usage]:
        if self._system is not System.WINDOWS:
            return missing(Why.UNSUPPORTED, MEMORY, "only Windows has this call")
        fact = self._fact("memory", MEMORY, "memory")
        return fact if fact.value is None else known(Usage(**fact.value), fact.source)

    def registry(self, key: str, value: str = "") -> Fact[str | int]:
        table = self._tables["registry"].get(registry_key(key), {})
        if value not in table:
            return self._no_registry("registry", key, f"{key}: {value}")
        return fact_in(table[value], key)

    def registry_keys(self, key: str) -> Fact[tuple[str, ...]]:
        found = self._tables["registry_keys"].get(registry_key(key))
        return self._no_registry("registry_keys", key, key) if found is None else _tuple(fact_in(found, key))

    def _no_registry(self, kind: str, key: str, what: str) -> Fact[Any]:
        if self._system is not System.WINDOWS:
            return missing(Why.UNSUPPORTED, key, "only Windows has a registry")
        self._miss(kind, what)
        return missing(Why.ABSENT, key)

    def download(self, url: str, path: str, *, timeout: float, limit: int, resume: bool = False) -> Fact[str]:  # noqa: ARG002
        return missing(Why.UNSUPPORTED, url, "a recorded machine downloads nothing")

    def fetch(self, url: str, *, timeout: float, limit: int = 1 << 23) -> Fact[str]:  # noqa: ARG002
        return self._fact("fetches", url, "fetch")

    def answer(self, url: str, *, timeout: float, limit: int = 1 << 16) -> Fact[WebAnswer]:  # noqa: ARG002
        return missing(Why.UNSUPPORTED, url, "a recorded machine asks no network")

    def cpu_count(self) -> int:
        return int(self._data.get("cpus", 1))


def _tuple(fact: Fact[Any]) -> Fact[tuple[str, ...]]:
    return fact if fact.value is None else known(tuple(fact.value), fact.source)
