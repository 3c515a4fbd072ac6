"""Which source gives which package: an ordered list of sources as the roles that an engine can be told.

The PyTorch index and its mirrors also carry old copies of numpy, pillow and others. So only torch's own
packages may come from there (`home`); everything else comes from the registry, its mirror, or what the user named.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from envdoc.model.resolution import Source, SourceKind, SourceLayout
from envdoc.model.value import dataclass
from envdoc.rules.requirements import normal, pins

REGISTRY_URL = "https://pypi.org/simple"
# Packages that each CUDA variant has its own builds of, on the PyTorch index and its mirrors.
FAMILY = frozenset({"torch", "torchvision", "torchaudio", "torchtext", "torchao", "torchcodec"})
# Where everything must have its hash: no lock has hashes for the many builds of these. They are installed and held
# by then, and what leads to them is left out of account.
OUT_OF_SIGHT = FAMILY | {"triton", "triton-windows"}
_HOMES = {SourceKind.PYTORCH, SourceKind.MIRROR}
_NAMED = {SourceKind.LOCAL, SourceKind.URL}


@dataclass(frozen=True, slots=True)
class Places:
    """`home`: torch's own packages, and only them. `first`: looked into before the registry, in order.
    `registry`: the rest; None where nothing but the others may be used."""

    home: Source | None
    first: tuple[Source, ...]
    registry: Source | None


def places(sources: Sequence[Source]) -> Places:
    """The roles of an ordered list of sources: the first that has a package gives it.

    A PyTorch index alone (no registry beside it) gives everything. A source that the user named gives
    everything it has; as the first of the list it is torch's home as well.
    """
    sources = [_whole(each) for each in sources]
    registry = next((each for each in sources if each.kind is SourceKind.PYPI), None)
    home = sources[0] if sources and sources[0].kind is not SourceKind.PYPI else None
    first = tuple(each for each in sources if each.kind in _NAMED)
    if registry is None and not first and home is not None:
        first = (home,)
    return Places(home, first, registry)


def _whole(source: Source) -> Source:
    """A listing's URL with the slash that its relative links need."""
    plain = source.layout is SourceLayout.INDEX or "://" not in source.url
    if plain or source.url.endswith(("/", ".html", ".htm")):
        return source
    return dataclasses.replace(source, url=source.url + "/")


def at_home(requirement: str) -> bool:
    """Whether the requirement is one of torch's own packages, or names a build by its local tag."""
    (name, version), *_ = pins((requirement,)).items() or [(normal(requirement), "")]
    return name in FAMILY or "+" in version
