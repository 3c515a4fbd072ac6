"""Everything that one decision looks at, and the torch table by key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from envdoc.knowledge.rows import TorchRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.profile import Locks, Profile
from envdoc.model.resolution import SourceState, Wish
from envdoc.model.specifiers import wished
from envdoc.model.value import dataclass
from envdoc.rules import requirements
from envdoc.rules.choice.asked import Components
from envdoc.rules.choice.situation import Situation


class Builds:
    """The torch table for one system and architecture, by release line and CUDA variant."""

    def __init__(self, rows: tuple[TorchRow, ...], system: str, arch: str) -> None:
        mine = [row for row in rows if (row.os, row.arch) == (system, arch)]
        self.rows = tuple(mine)
        self._by_key = {(row.version, row.cuda): row for row in mine}
        self._on_pypi = {row.version: row for row in mine if row.pypi_default}

    def find(self, line: str, cuda: str) -> TorchRow | None:
        return self._by_key.get((line, cuda))

    def on_pypi(self, line: str) -> TorchRow | None:
        """The one build of a line that the Python package index serves."""
        return self._on_pypi.get(line)

    def variants(self, line: str) -> tuple[str, ...]:
        return tuple(cuda for version, cuda in self._by_key if version == line)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(version for version, _ in self._by_key))


@dataclass(frozen=True, slots=True)
class Case:
    situation: Situation
    wish: Wish
    sources: tuple[SourceState, ...]
    knowledge: Knowledge
    builds: Builds
    locks: Locks
    components: Components
    into: str = ""  # the minor of an environment that is there and that torch is to go into; "" for a new one

    @property
    def torch_wish(self) -> tuple[str, str]:
        """Specifier and CUDA variant that the user asked for."""
        return wished(self.wish.torch)


def lock_name(situation: Situation, python: str) -> str:
    """The key of a lock: `linux-x86_64-cp312`."""
    return f"{situation.system.value}-{situation.arch}-cp{python.replace('.', '')}"


def remembered(locks: Locks) -> Locks:
    """Each lock read once in a decision."""
    read: dict[tuple[str, str], tuple[str, ...]] = {}

    def lines(profile: Profile, name: str) -> tuple[str, ...]:
        key = (profile.id, name)
        if key not in read:
            read[key] = locks(profile, name)
        return read[key]

    return lines


@lru_cache(maxsize=64)
def pins(lines: tuple[str, ...]) -> Mapping[str, str]:
    """A lock's lines as name -> version, each lock read once."""
    return requirements.pins(lines)
