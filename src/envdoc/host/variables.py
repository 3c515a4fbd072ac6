"""Environment variables as each system sees them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from envdoc.model.machine import System


def clean(value: str) -> str:
    """A value that can be printed and saved: bytes that were not UTF-8 become U+FFFD."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Variables(Mapping[str, str]):
    """Variables; on Windows look-ups ignore case, and names keep the case that they were set with."""

    def __init__(self, values: Mapping[str, str], system: System) -> None:
        self._values = dict(values)
        self._system = system
        self._folded = {self._fold(name): value for name, value in self._values.items()}

    def _fold(self, name: str) -> str:
        return name.upper() if self._system is System.WINDOWS else name

    def __getitem__(self, name: str) -> str:
        return self._folded[self._fold(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def overlaid(base: Mapping[str, str], changes: Mapping[str, str], system: System) -> dict[str, str]:
    """`base` with `changes` laid over it; an empty value removes the variable."""
    windows = system is System.WINDOWS
    gone = {name.upper() if windows else name for name in changes}
    kept = {name: value for name, value in base.items() if (name.upper() if windows else name) not in gone}
    return kept | {name: value for name, value in changes.items() if value}
