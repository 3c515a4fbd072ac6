"""Which bitsandbytes has a library for torch's CUDA, and which library a release loads.

Its wheel carries one library a CUDA version and takes torch's: exactly before 0.50, any of the same major from 0.50
on (exact, else the highest below torch's, else the lowest above it). Source: bitsandbytes/cextension.py.
A release that the table does not know is not judged: what is newer may do as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.knowledge.rows import BitsandbytesRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.rules.requirements import satisfies


def row_of(version: str, knowledge: Knowledge) -> BitsandbytesRow | None:
    """The row that a release belongs to; None where the table does not know it."""
    return next((row for row in knowledge.bitsandbytes if satisfies(version, row.versions)), None)


def loaded(libraries: Iterable[str], cuda: str, *, same_major: bool) -> str:
    """The library (its CUDA version) that is loaded for torch's CUDA `12.8`; "" for none."""
    every = tuple(libraries)
    if cuda in every:
        return cuda
    if not same_major:
        return ""
    wanted = version_tuple(cuda)
    same = sorted((each for each in every if version_tuple(each)[:1] == wanted[:1]), key=version_tuple)
    below = [each for each in same if version_tuple(each) < wanted]
    return below[-1] if below else next(iter(same), "")


def fits(row: BitsandbytesRow, cuda: str, *, python: str = "", torch: str = "") -> bool:
    """Whether a range of releases has a library for torch's CUDA and goes with Python and torch ("": any)."""
    if cuda and not loaded(row.cuda, cuda, same_major=row.same_major_fallback):
        return False
    old = (python, row.python_min), (torch, row.torch_min)
    return all(not have or not least or version_tuple(have) >= version_tuple(least) for have, least in old)


def best(cuda: str, knowledge: Knowledge, *, python: str = "", torch: str = "") -> str:
    """The newest range of releases for torch's CUDA, bad ones left out: `>=0.50,<0.51,!=0.50.1`; "" for none."""
    rows = [row for row in knowledge.bitsandbytes if fits(row, cuda, python=python, torch=torch)]
    if not rows:
        return ""
    newest = max(rows, key=lambda row: version_tuple(row.versions.lstrip("=<>!~ ")))
    return ",".join([newest.versions, *(f"!={each}" for each in newest.avoid)])
