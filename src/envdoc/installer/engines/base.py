"""The shape of an engine: pure functions from what is wanted to calls; the step modules make the calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from envdoc.installer.options import Options
from envdoc.model.plan import InstallPackages
from envdoc.model.value import dataclass, field
from envdoc.rules.requirements import normal


@dataclass(frozen=True, slots=True)
class Call:
    """One process. `files` are written before it starts; `secret` variables are never shown or stored. Where there is
    a `result`, that file (`{"ok": true}`) says whether it went well, not the exit code. Where there is an `answer`,
    the call is a question, and that file holds what it found out."""

    argv: tuple[str, ...]
    files: Mapping[Path, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)
    result: Path | None = None
    answer: Path | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Packages for one environment. `python`: its interpreter; `folder`: where the step's files are kept;
    `present` and `needs`: what is installed already and its Requires-Dist lines, by normalised name. `answers`: what
    the engine's questions found out, in order. `into`: a folder that takes them instead, out of Python's sight."""

    python: str
    step: InstallPackages
    folder: Path
    options: Options
    present: Mapping[str, str]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    into: Path | None = None

    @property
    def aside(self) -> tuple[str, ...]:
        """The words that tell pip, and uv in the same way, of the folder."""
        return () if self.into is None else ("--target", str(self.into))

    @property
    def trees(self) -> tuple[str, ...]:
        """Packages that come out of a folder of sources: engines take what they built of it before, and a package of
        the same version that is installed, for the folder as it is now."""
        told = (each.partition(" @ file:") for each in self.step.requirements)
        return tuple(name.strip() for name, _, path in told if path and not path.endswith(".whl"))


class Engine(Protocol):
    """What an engine module offers."""

    NAME: str

    def environment(self, tool: str, python: str, path: str) -> Call:
        """Make a virtual environment at `path` (which may hold `.envdoc`) with the interpreter `python`."""
        ...

    def question(self, tool: str, request: Request) -> Call | None:
        """What must be found out before `install` can be told, given the answers so far; None for nothing more."""
        ...

    def install(self, tool: str, request: Request) -> tuple[Call, ...]:
        """Install the step's exact requirements under its constraints, each package from its own place."""
        ...

    def remove(self, tool: str, python: str, name: str) -> Call:
        """Take one distribution out of the environment of the interpreter `python`."""
        ...

    def from_cache(self, call: Call) -> Call | None:
        """The same call answered by the engine's cache alone; None where the engine has no such way."""
        ...


def with_hashes(pins: Iterable[str], hashes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Pins, each with the hashes of the lock's line for it."""
    known = {_spelled(pin): told for pin, told in hashes.items()}
    return tuple(" ".join((pin, *(f"--hash={each}" for each in known.get(_spelled(pin), ())))) for pin in pins)


def _spelled(pin: str) -> str:
    """Name and version alike, whatever the spelling of the name and the blanks, the extras and the marker."""
    name, equals, rest = pin.partition("==")
    return f"{normal(name.partition('[')[0].strip())}{equals}{rest.partition(';')[0].strip()}"


def lines(texts: tuple[str, ...]) -> str:
    """A requirements file."""
    return "".join(f"{text}\n" for text in texts)
