"""A YAML node tree against a JSON Schema: every mistake, with its line and what to write instead.

Only the keywords that `profileschema` uses are known. jsonschema itself has no line numbers and is slow to
import; a test proves that both agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a file. `line` counts from 1."""

    file: str
    line: int
    text: str  # what is wrong
    instead: str = ""  # what to write

    def __str__(self) -> str:
        told = f"{self.file}:{self.line}: {self.text}"
        return f"{told}; {self.instead}" if self.instead else told


_KINDS = {"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "null": "null"}
_TAGS = {"str": "string", "int": "integer", "bool": "boolean", "null": "null", "map": "object", "seq": "array"}


def check(node: Any, schema: dict[str, Any], file: str, place: str = "") -> Iterator[Mistake]:
    """Every mistake in `node`, in the order of the file."""
    kind = kind_of(node)
    allowed = schema.get("type", kind)
    if kind not in ([allowed] if isinstance(allowed, str) else allowed):
        yield _mistake(file, node, f"{place or 'the file'} must be {_named(allowed)}", schema)
    elif kind == "object":
        yield from _check_object(node, schema, file, place)
    elif kind == "array":
        yield from _check_array(node, schema, file, place)
    else:
        yield from _check_scalar(node, schema, file, place)


def kind_of(node: Any) -> str:
    """The JSON type of a node: "object", "array", "string", "integer", "boolean" or "null"."""
    return _TAGS.get(str(node.tag).rpartition(":")[2], str(node.tag))


def _check_object(node: Any, schema: dict[str, Any], file: str, place: str) -> Iterator[Mistake]:
    known = schema.get("properties", {})
    other = schema.get("additionalProperties")
    names = schema.get("propertyNames")
    seen: set[str] = set()
    for key, value in node.value:
        name, here = str(key.value), f"{place}.{key.value}" if place else str(key.value)
        if name in seen:
            yield Mistake(file, _line(key), f"{here} stands here twice", "keep one of them")
        seen.add(name)
        if names is not None and not re.search(names["pattern"], name):
            yield _mistake(file, key, f"{place}: `{name}` is no name of a platform", names)
        if name in known:
            yield from check(value, known[name], file, here)
        elif isinstance(other, dict):
            yield from check(value, other, file, here)
        else:
            yield Mistake(file, _line(key), f"unknown field `{here}`", near(name, known))
    for name in schema.get("required", ()):
        if name not in seen:
            here = f"{place}.{name}" if place else name
            yield Mistake(file, _line(node), f"`{here}` is missing", _example(name, known[name]))


def _check_array(node: Any, schema: dict[str, Any], file: str, place: str) -> Iterator[Mistake]:
    if len(node.value) < schema.get("minItems", 0):
        yield _mistake(file, node, f"{place} must not be empty", schema)
    seen: set[str] = set()
    for item in node.value:
        yield from check(item, schema["items"], file, place)
        if kind_of(item) == "string":
            if item.value in seen:
                yield Mistake(file, _line(item), f"{place}: `{item.value}` stands here twice", "keep one of them")
            seen.add(item.value)


def _check_scalar(node: Any, schema: dict[str, Any], file: str, place: str) -> Iterator[Mistake]:
    value = node.value
    if "enum" in schema and value not in schema["enum"]:
        yield Mistake(file, _line(node), f"{place}: unknown `{value}`", near(value, schema["enum"]))
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        told = schema.get("description", "fit")
        yield _mistake(file, node, f"{place}: `{value}` is not {told}", schema)
    elif "minimum" in schema and int(value) < schema["minimum"]:
        yield _mistake(file, node, f"{place} must be {schema['minimum']} or more", schema)


def near(name: str, known: Any) -> str:
    """`write `torch`` where a known name is near; else all of them."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"write `{close[0]}`" if close else f"known: {', '.join(known)}"


def _mistake(file: str, node: Any, text: str, schema: dict[str, Any]) -> Mistake:
    examples = schema.get("examples") or schema.get("items", {}).get("examples")
    choice = schema.get("items", {}).get("enum")
    instead = f"write for example `{examples[0]}`" if examples else f"known: {', '.join(choice)}" if choice else ""
    return Mistake(file, _line(node), text, instead)


def _example(name: str, schema: dict[str, Any]) -> str:
    examples = (
        schema.get("examples") or schema.get("items", {}).get("examples") or schema.get("items", {}).get("enum")
    )
    if "array" in schema["type"] and examples:
        return f"write for example `{name}: [{examples[0]}]`"
    if examples:
        return f"write for example `{name}: {examples[0]}`"
    return f"add it: {schema.get('description', name)}"


def _named(allowed: str | list[str]) -> str:
    return " or ".join(_KINDS[each] for each in ([allowed] if isinstance(allowed, str) else allowed))


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
