"""Which hashes an installation asks for: the lock's, from the package index that they were taken from.

torch's own packages come from an index with builds of its own, one for each CUDA variant; no lock has hashes for
them, nor for the CUDA libraries that they bring. So their step checks what the lock knows, and every later step takes
nothing that the lock does not know.
"""

from __future__ import annotations

from envdoc.knowledge.locks import hashes_of
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Resolution, SourceKind
from envdoc.model.value import replace

_OWN = (SourceKind.LOCAL, SourceKind.URL)


def hashed(
    installs: tuple[InstallPackages, ...], resolution: Resolution, lock: tuple[str, ...]
) -> tuple[InstallPackages, ...]:
    """The steps with the hashes that they ask for."""
    hashes = {} if _named(resolution) else hashes_of(lock)
    whole = bool(hashes) and len(hashes) == len(lock)
    return tuple(replace(step, hashes=hashes, hashed_only=whole and step.id != "torch") for step in installs)


def hash_notes(resolution: Resolution, lock: tuple[str, ...]) -> tuple[str, ...]:
    """What a user must know of hashes that are not asked for."""
    named = _named(resolution)
    if named and hashes_of(lock):
        return (f"The lock's hashes are not asked for: {named} may have builds of its own",)
    return ()


def _named(resolution: Resolution) -> str:
    """The first source that the user named for everything: its files may be other builds than those of the lock."""
    return next((source.name for source in resolution.sources if source.kind in _OWN), "")
