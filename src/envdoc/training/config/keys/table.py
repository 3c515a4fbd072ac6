"""The shipped table `llamafactory_args`: the keys of each release, as its wheel has them."""

from __future__ import annotations

from functools import cache
from typing import Any

from envdoc.knowledge import table
from envdoc.model.cuda import version_tuple
from envdoc.training.config.keys.values import Key, Keys, Template


@cache
def _read() -> dict[str, Any]:
    told: dict[str, Any] = table.read("llamafactory_args")
    return told


def stacks() -> dict[str, str]:
    """The releases of LLaMA-Factory in the table, oldest first, each with the transformers it was read with."""
    return {row["llamafactory"]: row["transformers"] for row in _read()["stacks"]}


def keys(llamafactory: str = "", transformers: str = "") -> Keys:
    """The table's keys for a stack; the nearest older release where the very one is not in it."""
    own = _nearest(llamafactory, list(stacks()))
    theirs = _nearest(transformers or stacks()[own], list(stacks().values()))
    wanted = {"llamafactory": own, "transformers": theirs}
    found = [
        _key(row, owner) for row in _read()["keys"] for owner in wanted if wanted[owner] in row.get(owner, "").split()
    ]
    by_name: dict[str, Key] = {}
    for key in sorted(found, key=lambda key: key.owner):  # LLaMA-Factory's class stands below transformers'
        by_name.setdefault(key.name, key)
    names = {row["name"]: _template(row) for row in _read()["templates"] if own in row["llamafactory"].split()}
    return Keys(llamafactory or own, transformers or theirs, "table", by_name, names, own)


def releases_with(name: str) -> tuple[tuple[str, str], ...]:
    """Where a key stands: ("llamafactory", "0.9.3"), ("transformers", "4.57.1"), ..., oldest first."""
    return tuple(
        (owner, version)
        for row in _read()["keys"]
        if row["key"] == name
        for owner in ("llamafactory", "transformers")
        for version in row.get(owner, "").split()
    )


def templates_once() -> dict[str, tuple[str, ...]]:
    """Template -> the releases that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _read()["templates"]:
        found[row["name"]] = (*found.get(row["name"], ()), *row["llamafactory"].split())
    return found


def _nearest(wanted: str, known: list[str]) -> str:
    """The newest that is not newer than wanted; the newest of all without a wish, the oldest for an older wish."""
    older = [each for each in known if not wanted or version_tuple(each) <= version_tuple(wanted)]
    return max(older, key=version_tuple) if older else min(known, key=version_tuple)


def _key(row: dict[str, Any], owner: str) -> Key:
    types, default = frozenset(row["types"].split()), row["default"]
    if "float" in types and isinstance(default, str):
        default = float(default)  # the tables' reader leaves floats as text
    return Key(row["key"], types, tuple(row.get("choices", ())), default, owner)


def _template(row: dict[str, Any]) -> Template:
    return Template(row["name"], *(flag in row["flags"] for flag in ("efficient_eos", "reasoning", "multimodal")))
