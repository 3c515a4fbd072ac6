"""The types of columns, by the rules of the table that a data set is loaded into.

A column has one type: texts beside numbers, or lists beside texts, end the loading of the whole file. Null goes with
everything. What the first piece of a file has no value for has no type from then on: a column, or a key within a
list of objects, that first has a value behind it ends the loading too (all measured with datasets 4.0.0).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.model.jsontext import DEEPEST
from envdoc.training.data.values import kind_of

_SCALARS = frozenset({str, bool, int, float, type(None)})
_MOST = 20_000  # different sets of keys, and keys; a data set beyond that is no table

Place = tuple[int, int]  # record, line


class Problem:
    """Two kinds in one column, or a column whose first value comes too late."""

    __slots__ = ("first", "kinds", "late", "path", "place")

    def __init__(self, path: str, kinds: tuple[str, str], first: Place, place: Place, late: bool) -> None:
        self.path, self.kinds, self.first, self.place, self.late = path, kinds, first, place, late


class Node:
    """One place in the records: the column `conversations`, its items, their key `value`."""

    __slots__ = ("books", "depth", "fields", "first", "item", "path", "seen")

    def __init__(self, path: str, books: Books, depth: int = 0) -> None:
        self.path = path
        self.books = books
        self.depth = depth
        self.first: dict[str, Place] = {}  # kind -> where it was first seen
        self.item: Node | None = None
        self.fields: dict[str, Node] = {}
        self.seen: dict[Any, tuple[str, ...]] = {}  # keys and types of an object -> its keys that go deeper

    def note(self, value: Any, place: Place) -> None:
        """Take a value into account."""
        if value is None or self.depth > DEEPEST:
            return
        kind = kind_of(value)
        if kind not in self.first:
            self._new(kind, place)
        if kind == "object":
            self.note_object(value, place)
        elif kind == "list":
            self._note_items(value, place)

    def _note_items(self, items: list[Any], place: Place) -> None:
        if self.item is None:
            self.item = Node(f"{self.path}[]", self.books, self.depth + 1)
        item = self.item
        seen = item.seen
        for each in items:
            # the usual message, with keys and types like the ones before and nothing deeper, is done here
            if type(each) is dict and seen.get((*each, *map(type, each.values()))) == ():
                continue
            item.note(each, place)

    def note_object(self, value: dict[str, Any], place: Place) -> None:
        """Take an object's keys into account; quick for keys and types that were seen before."""
        sign = (*value, *map(type, value.values()))
        deeper = self.seen.get(sign)
        if deeper is None:
            deeper = tuple(key for key, each in value.items() if type(each) not in _SCALARS)
            if len(self.seen) < _MOST and len(self.fields) < _MOST:
                self.seen[sign] = deeper
                for key, each in value.items():
                    self._field(key, place).note(each, place)
                return
        for key in deeper:
            if key in self.fields:
                self.fields[key].note(value[key], place)

    def _field(self, key: str, place: Place) -> Node:
        node = self.fields.get(key)
        if node is None:
            node = self.fields[key] = Node(f"{self.path}.{key}" if self.path else key, self.books, self.depth + 1)
            if self.books.frozen and not self.path:
                self.books.late(node, "", place)  # a new column, even one of nulls
        return node

    def _new(self, kind: str, place: Place) -> None:
        if self.first:
            other, first = next(iter(self.first.items()))
            self.books.add(Problem(self.path, (other, kind), first, place, late=False))
        elif self.books.frozen and self.path:
            self.books.late(self, kind, place)
        self.first[kind] = place


class Books:
    """What was seen of all records of a data set."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.frozen = False
        self.root = Node("", self)
        self._late: set[str] = set()

    def add(self, problem: Problem) -> None:
        if len(self.problems) < 100:
            self.problems.append(problem)

    def late(self, node: Node, kind: str, place: Place) -> None:
        """A place that first has a value behind the first piece; what lies within it needs no second word."""
        if any(node.path.startswith(f"{path}{mark}") for path in self._late for mark in ("", ".", "[")):
            return
        self._late.add(node.path)
        self.add(Problem(node.path, ("", kind), (0, 0), place, late=True))

    def columns(self) -> tuple[str, ...]:
        return tuple(self.root.fields)

    def differing(self, path: str) -> Iterator[str]:
        """Paths at or below `path` whose objects have different keys from record to record."""
        for node in _below(self.root):
            if node.path.startswith(path) and len({_keys(sign) for sign in node.seen}) > 1:
                yield node.path


def _keys(sign: tuple[Any, ...]) -> frozenset[Any]:
    return frozenset(sign[: len(sign) // 2])


def _below(node: Node) -> Iterator[Node]:
    yield node
    for each in (*node.fields.values(), *((node.item,) if node.item else ())):
        yield from _below(each)
