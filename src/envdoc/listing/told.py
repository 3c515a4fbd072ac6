"""What the parts of one machine tell, by key: the look-ups that `build` and `software` are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Part, Told
from envdoc.model.facts import Fact, Why, known, missing

_LINUX = {"triton", "nvidia-nccl-cu12", "nvidia-nccl-cu13", "nvidia-cufile-cu12", "uvloop", "pexpect", "ptyprocess"}
_WINDOWS = {"triton-windows", "pywin32", "pywinpty", "win32-setctime", "pyreadline3", "windows-curses"}


class Facts:
    """The facts of one machine's parts; the first that tells a key counts, of torch the one with its CUDA."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self._told: dict[str, list[tuple[str, Told]]] = {}
        self.doubted: list[Told] = []
        for part in parts:
            for each in part.told:
                if each.meant:
                    self.doubted.append(each)
                else:
                    self._told.setdefault(each.key, []).append((part.program, each))

    def every(self, key: str) -> Iterator[Fact[str]]:
        """Each value once, the first first."""
        seen = set()
        for program, told in self._told.get(key, ()):
            if told.value not in seen:
                seen.add(told.value)
                yield known(told.value, f"{program}, line {told.line}")

    def text(self, key: str) -> Fact[str]:
        return next(self.every(key), missing(Why.NOT_ASKED))

    def longest(self, key: str) -> Fact[str]:
        """The most exact of several: `13.0.88` beside `13.0`."""
        return max(self.every(key), key=lambda fact: len(fact.value or ""), default=missing(Why.NOT_ASKED))

    def source(self, key: str) -> str:
        return self.text(key).source

    def number(self, key: str) -> Fact[int]:
        told = self.text(key)
        return told if told.value is None else known(int(told.value), told.source)  # type: ignore[return-value]

    def switch(self, key: str) -> Fact[bool]:
        told = self.text(key)
        return told if told.value is None else known(told.value == "true", told.source)  # type: ignore[return-value]

    def names(self, head: str) -> tuple[str, ...]:
        """The names behind `package.` or `tool.`, in the order of the text."""
        return tuple(key[len(head) + 1 :] for key in self._told if key.startswith(f"{head}."))

    def gpu_numbers(self) -> tuple[int, ...]:
        found = {int(match[1]) for key in self._told if (match := re.match(r"gpu\.(\d+)\.", key))}
        count = self.number("gpus.count").or_else(0)
        return tuple(sorted(found | set(range(min(count, 64)))))

    def hinted_system(self) -> str:
        """By what only one system has: packages, paths, driver models; "" where nothing tells, or both are there."""
        names = {name.lower().replace("_", "-") for name in self.names("package")}
        prefix = self.text("packages.prefix").or_else("")
        linux, windows = bool(names & _LINUX), bool(names & _WINDOWS) or prefix[1:2] == ":"
        windows = windows or any(key.endswith(".driver_model") for key in self._told)
        linux = linux or prefix.startswith(("/opt/", "/home/", "/root/"))
        return "" if linux == windows else "linux" if linux else "windows"
