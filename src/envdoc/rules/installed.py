"""Of several copies of a distribution, the one that Python takes: the first on sys.path.

`Target.packages` stands in the order of sys.path. A copy in a folder further back is shadowed, which is what
`--system-site-packages` and `dist-packages` are for; only two in one folder are a damage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from envdoc.model.machine import Package

_EGG = (".egg-info", ".egg-link")


def by_name(packages: Iterable[Package]) -> dict[str, Package]:
    """The distributions that count, by normalised name."""
    found: dict[str, Package] = {}
    for package in packages:
        found.setdefault(package.name, package)
    return found


def copies(packages: Iterable[Package]) -> dict[str, tuple[Package, ...]]:
    """Distributions that stand twice or more in one folder of the path, by name. Metadata in the old form beside
    that in the new one (`cryptography.egg-info` on Debian) tells of the same files, if the version is the same."""
    groups: dict[tuple[str, str], list[Package]] = {}
    for package in packages:
        groups.setdefault((package.name, parent(package.folder)), []).append(package)
    out: dict[str, tuple[Package, ...]] = {}
    for (name, _), group in groups.items():
        whole = {each.version for each in group if not each.folder.endswith(_EGG)}
        real = [each for each in group if not each.folder.endswith(_EGG) or each.version not in whole]
        if len(real) > 1:
            out.setdefault(name, tuple(real))
    return out


def parent(folder: str) -> str:
    """The folder of the path that a metadata folder stands in, on its own machine's terms."""
    return re.split(r"[\\/][^\\/]*$", folder.rstrip("\\/"))[0]
