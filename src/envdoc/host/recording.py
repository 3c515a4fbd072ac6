"""A host that writes down every question and answer of another one, to be replayed anywhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from envdoc import __version__
from envdoc.host.base import MEMORY, Completed, Host, Input, Nvml, Stat, Usage, WebAnswer
from envdoc.host.records import SCHEMA, call_name, fact_out, input_out, short_argv
from envdoc.model.facts import Fact
from envdoc.model.machine import System


class RecordingHost:
    """Answers as `host` does, and remembers."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._tables: dict[str, dict[str, Any]] = {}
        self._runs: list[dict[str, Any]] = []
        self._nvml = RecordingNvml(host)

    def data(self) -> dict[str, Any]:
        """The recording so far, as JSON data, not redacted."""
        tables = {name: dict(sorted(table.items())) for name, table in self._tables.items()}
        nvml = self._nvml.data()
        told = {
            "schema": SCHEMA,
            "origin": "recorded",
            "tool": __version__,
            "system": self._host.system.value,
            "arch": self._host.arch,
            "cpus": self._host.cpu_count(),
            **tables,
            **({"runs": self._runs} if self._runs else {}),
            **({"nvml": nvml} if nvml else {}),
        }
        return cast(dict[str, Any], json.loads(json.dumps(told)))  # a copy, with lists for tuples

    def save(self, path: str | Path) -> None:
        """Write the recording to a file, without secrets, names and addresses."""
        from envdoc.host.identity import identity_of
        from envdoc.rules.masks import anonymous_data

        told = anonymous_data(self.data(), identity_of(self._host))
        Path(path).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def _note(self, table: str, key: str, value: Any) -> None:
        self._tables.setdefault(table, {})[key] = value

    def _fact(self, table: str, key: str, fact: Fact[Any]) -> None:
        self._note(table, key, fact_out(fact, key))

    @property
    def system(self) -> System:
        return self._host.system

    @property
    def arch(self) -> str:
        return self._host.arch

    @cached_property
    def environ(self) -> Mapping[str, str]:
        return _Watched(self._host.environ, lambda name, value: self._note("environ", name, value))

    @property
    def nvml(self) -> Nvml:
        return self._nvml

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
        done = self._host.run(argv, timeout=timeout, env=env, cwd=cwd, stdin=stdin, on_line=on_line)
        asked = {
            "argv": short_argv(argv, sys.executable),
            "env": dict(env or {}),
            "cwd": cwd,
            "stdin": input_out(stdin),
        }
        told = {
            "returncode": done.returncode,
            "stdout": done.stdout,
            "stderr": done.stderr,
            "why": done.why and done.why.value,
            "detail": done.detail,
            "seconds": round(done.seconds, 3),
        }
        kept = {key: value for key, value in (asked | told).items() if value not in (None, "", {})}
        self._runs.append(kept)
        return done

    def which(self, name: str) -> str | None:
        found = self._host.which(name)
        self._note("which", name, found)
        return found

    def read(self, path: str, *, limit: int = 1 << 20) -> Fact[str]:
        fact = self._host.read(path, limit=limit)
        self._fact("files", path, fact)
        return fact

    def listdir(self, path: str) -> Fact[tuple[str, ...]]:
        fact = self._host.listdir(path)
        self._fact("folders", path, fact)
        return fact

    def stat(self, path: str) -> Fact[Stat]:
        fact = self._host.stat(path)
        self._fact("stats", path, _fields(fact, "size", "is_dir", "is_link", "mtime", "inode"))
        return fact

    def realpath(self, path: str) -> str:
        real = self._host.realpath(path)
        if real != path:
            self._note("links", path, real)
        return real

    def search(self, path: str, pattern: bytes, *, first: bool = True) -> Fact[tuple[str, ...]]:
        fact = self._host.search(path, pattern, first=first)
        table = self._tables.setdefault("searches", {}).setdefault(path, {})
        table[search_name(pattern, first)] = fact_out(fact, path)
        return fact

    def disk(self, path: str) -> Fact[Usage]:
        fact = self._host.disk(path)
        self._fact("disks", path, _fields(fact, "free_mib", "total_mib"))
        return fact

    def memory(self) -> Fact[Usage]:
        fact = self._host.memory()
        self._fact("memory", MEMORY, _fields(fact, "free_mib", "total_mib"))
        return fact

    def registry(self, key: str, value: str = "") -> Fact[str | int]:
        fact = self._host.registry(key, value)
        self._tables.setdefault("registry", {}).setdefault(key, {})[value] = fact_out(fact, key)
        return fact

    def registry_keys(self, key: str) -> Fact[tuple[str, ...]]:
        fact = self._host.registry_keys(key)
        self._fact("registry_keys", key, fact)
        return fact

    def download(self, url: str, path: str, *, timeout: float, limit: int, resume: bool = False) -> Fact[str]:
        return self._host.download(url, path, timeout=timeout, limit=limit, resume=resume)

    def fetch(self, url: str, *, timeout: float, limit: int = 1 << 23) -> Fact[str]:
        fact = self._host.fetch(url, timeout=timeout, limit=limit)
        self._fact("fetches", url, fact)
        return fact

    def answer(self, url: str, *, timeout: float, limit: int = 1 << 16) -> Fact[WebAnswer]:
        return self._host.answer(url, timeout=timeout, limit=limit)

    def cpu_count(self) -> int:
        return self._host.cpu_count()


class RecordingNvml:
    """NVML's side of the recording: a table of calls, errors by their names."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._told: dict[str, Any] = {}

    def data(self) -> dict[str, Any]:
        devices = self._told.get("devices")
        return self._told | ({"devices": [devices.get(n, {}) for n in range(max(devices) + 1)]} if devices else {})

    def init(self) -> Fact[str]:
        fact = self._host.nvml.init()
        self._told["init"] = fact_out(fact, "nvml")
        return fact

    def system(self, name: str) -> Fact[Any]:
        fact = self._host.nvml.system(name)
        self._told.setdefault("system", {})[name] = fact_out(fact, "nvml")
        return fact

    def count(self) -> Fact[int]:
        fact = self._host.nvml.count()
        self._told["count"] = fact_out(fact, "nvml")
        return fact

    def device(self, index: int, name: str, *args: int) -> Fact[Any]:
        fact = self._host.nvml.device(index, name, *args)
        self._told.setdefault("devices", {}).setdefault(index, {})[call_name(name, args)] = fact_out(fact, "nvml")
        return fact

    def pair(self, index: int, other: int, name: str, *args: int) -> Fact[Any]:
        fact = self._host.nvml.pair(index, other, name, *args)
        table = self._told.setdefault("devices", {}).setdefault(index, {})
        table[call_name(name, (other, *args))] = fact_out(fact, "nvml")
        return fact


class _Watched(Mapping[str, str]):
    """Variables of which only those that somebody looked at are written down."""

    def __init__(self, values: Mapping[str, str], note: Callable[[str, str], None]) -> None:
        self._values = values
        self._note = note

    def __getitem__(self, name: str) -> str:
        value = self._values[name]
        self._note(name, value)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def search_name(pattern: bytes, first: bool) -> str:
    """What a search is found by: its pattern, with `all: ` before it where every match was asked for."""
    return ("" if first else "all: ") + pattern.decode("latin-1")


def _fields(fact: Fact[Any], *names: str) -> Fact[Any]:
    if not fact.known:
        return fact
    return Fact({name: getattr(fact.value, name) for name in names}, fact.source)
