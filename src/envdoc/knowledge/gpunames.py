"""A GPU's marketing name to its row: "NVIDIA GeForce RTX 5060 Ti", "5060ti", "NVIDIA RTX 4000 SFF Ada Generation"."""

from __future__ import annotations

import re
from functools import cache

from envdoc.knowledge.rows import GpuRow
from envdoc.model.patterns import pattern

_SERIES = {"rtx", "gtx", "quadro", "titan", "tesla", "mx", "gt"}
_SUFFIXED = pattern(r"(\d{3,4})(ti|super|d|m|mx)$")  # 5060ti, 4090d, 960m
_PREFIXED = pattern(r"(rtx|gtx|gt)(a?\d{3,4}.*)$")  # rtx5090, gtx1080ti
# A word that makes another card of a name: a row of figures without it does not mean that card.
OTHERS = frozenset({"ti", "super", "d", "laptop", "max", "nvl", "mobile", "ada"})


def find(rows: tuple[GpuRow, ...], name: str) -> GpuRow | None:
    """The row one of whose names says most of what `name` says; None where no name fits, or two kinds fit alike.

    "RTX 4000" alone is None: Quadro (Turing), Ada and PRO (Blackwell) cards bear that number.
    """
    best = _best(rows, name)
    return best[0] if len(best) == 1 else None


def ambiguous(rows: tuple[GpuRow, ...], name: str) -> bool:
    """Whether the name stands for cards of different chips, so that only their PCI device id tells them apart."""
    return len(_best(rows, name)) > 1


def _best(rows: tuple[GpuRow, ...], name: str) -> list[GpuRow]:
    """The rows one of whose names says most of what `name` says, each once."""
    said = words(name)
    if not said & _SERIES:
        said |= {"rtx", "gtx"}  # people write "5060 ti" and "a6000"
    fits = [(len(own), row) for row in rows for own in map(words, row.names) if own <= said]
    most = max((size for size, _ in fits), default=0)
    best: list[GpuRow] = []
    for size, row in fits:
        if size == most and row not in best:
            best.append(row)
    return best


@cache
def words(name: str) -> frozenset[str]:
    """`NVIDIA GeForce RTX 5060Ti` as {"nvidia", "geforce", "rtx", "5060", "ti"}."""
    out: set[str] = set()
    for word in re.findall(r"[a-z0-9]+", name.lower()):
        if word.isalpha() or word.isdigit():  # most are
            out.add(word)
            continue
        prefixed = _PREFIXED.match(word)
        if prefixed:
            out.add(prefixed[1])
            word = prefixed[2]
        suffixed = _SUFFIXED.match(word)
        out.update(suffixed.groups() if suffixed else (word,))
    return frozenset(out)
