"""A table's YAML file into rows.

A file is a tree of groups. A mapping with `rows` hands its other keys down to each of them, and a row may say
it differently: so `source` and `checked` stand once where they hold for many. A list may be written as words
(`sm: 7.5 8.0 8.6`), a run of minors as `3.9-3.13`. Rows of the tables are checked by the tests, not at each start.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from envdoc.errors import DataError
from envdoc.knowledge import files, yamlfile
from envdoc.knowledge.rows import Row
from envdoc.model.patterns import pattern
from envdoc.model.value import kinds

R = TypeVar("R", bound=Row)

_RUN = pattern(r"(\d+)\.(\d+)-\1\.(\d+)$")  # 3.9-3.13


def read(name: str) -> Any:
    """The data of `data/NAME.yaml`.

    Raises:
        DataError: the file is missing or no YAML: the installation of envdoc is damaged.
    """
    path = files.join(files.TABLES, f"{name}.yaml")
    try:
        return yamlfile.shipped(path)
    except OSError as error:
        hint = "install envdoc again: `uv tool install --reinstall envdoc-gpu`"
        raise DataError(f"{path}: {error.strerror}", hint=hint) from error


def rows(kind: type[R], data: Any) -> tuple[R, ...]:
    """The groups of one file as rows of `kind`, in the file's order."""
    return tuple(make(kind, fields) for fields in flatten(data))


def flatten(data: dict[str, Any], inherited: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """Every row with what its groups hand down to it."""
    here = {**(inherited or {}), **data}
    inner = here.pop("rows", None)
    if inner is None:
        yield here
        return
    for each in inner:
        yield from flatten(each, here)


def make(kind: type[R], fields: dict[str, Any]) -> R:
    """One row of its fields, as they are written.

    Raises:
        DataError: a field that the row does not know, or one that is missing.
    """
    try:
        return kind(**worded(kind, fields))
    except TypeError as error:
        raise DataError(f"{kind.__name__}: {error}") from error


def worded(kind: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with tuples in place of words, where the row holds tuples."""
    lists, tables = _shapes(kind)
    values = dict(fields)
    for name in lists & values.keys():
        values[name] = words(values[name])
    for name in tables & values.keys():
        values[name] = {key: words(value) for key, value in values[name].items()}
    return values


def words(value: str | int | list[Any]) -> tuple[str, ...]:
    """`7.5 8.0` as ("7.5", "8.0"); `3.9-3.11` as ("3.9", "3.10", "3.11"); a list as it is."""
    if not isinstance(value, list):
        return _written(str(value))
    return tuple(minor for part in value for minor in _minors(str(part)))


@cache
def _written(text: str) -> tuple[str, ...]:
    """Words of a text; a hundred rows share a dozen such texts."""
    return tuple(minor for part in text.split() for minor in _minors(part))


def _minors(part: str) -> list[str]:
    run = _RUN.match(part) if "-" in part else None
    return [f"{run[1]}.{minor}" for minor in range(int(run[2]), int(run[3]) + 1)] if run else [part]


@cache
def _shapes(kind: Any) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that hold tuples, and those that hold tuples by name."""
    types = kinds(kind)
    lists = frozenset(name for name, text in types.items() if text.startswith("tuple["))
    tables = frozenset(name for name, text in types.items() if text.startswith("dict[str, tuple["))
    return lists, tables
