"""The fields of dataclasses, their types, choices and defaults, out of Python source: parsed, never imported.

Only the fields' own lines are parsed (a class's text up to its first method): transformers' training_args.py has
thousands of lines and the rest of them says nothing about keys.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from envdoc.training.config.keys.values import Key, Template

_CLASS = re.compile(r"^class (\w+)(?:\(([^:]*?)\))?:\n((?:(?:[ \t].*)?\n)*)", re.MULTILINE)
_DECORATED = re.compile(r"^@dataclass.*\n(?:@.*\n)*\Z", re.MULTILINE)
_METHOD = re.compile(r"^    (?:def |@)", re.MULTILINE)
_DOC = re.compile(r'^    r?"""[\s\S]*?"""', re.MULTILINE)
_TEMPLATE = re.compile(r"^register_template\(\n([\s\S]*?)^\)", re.MULTILINE)
_NAMES = {"bool": "bool", "int": "int", "float": "float", "str": "str", "list": "list", "List": "list"}
_MORE = {"dict": "dict", "Dict": "dict", "None": "none", "Any": "any", "tuple": "list"}


def enums(text: str) -> dict[str, tuple[str, ...]]:
    """Name -> values of every enumeration of texts in the source."""
    found = {}
    for name, bases, body in _CLASS.findall(text):
        if "Enum" in bases:
            values = re.findall(r'^    [A-Z]\w* = "([^"]*)"', body, re.MULTILINE)
            found[name] = tuple(values)
    return found


def fields(text: str, choices: dict[str, tuple[str, ...]], owner: str, skip: tuple[str, ...] = ()) -> dict[str, Key]:
    """The keys of every class of fields in the source; `choices` are the enumerations it may name."""
    found: dict[str, Key] = {}
    for match in _CLASS.finditer(text):
        if (
            match[1] in skip
            or "Enum" in (match[2] or "")
            or not _DECORATED.search(text[max(0, match.start() - 200) : match.start()])
        ):
            continue
        for key in _keys_of(match[3], choices, owner):
            found.setdefault(key.name, key)
    return found


def _keys_of(body: str, choices: dict[str, tuple[str, ...]], owner: str) -> Iterator[Key]:
    declared = _DOC.sub("    pass", _METHOD.split(body, maxsplit=1)[0], count=1)
    try:
        tree = ast.parse("class _:\n" + declared)
    except SyntaxError:
        return
    for node in tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _is_init(node.value):
            types, told = _types(node.annotation, choices)
            yield Key(node.target.id, frozenset(types), told or _listed(node.value), _default(node.value), owner)


def _is_init(value: ast.expr | None) -> bool:
    keywords = value.keywords if isinstance(value, ast.Call) else []
    return not any(each.arg == "init" and ast.unparse(each.value) == "False" for each in keywords)


def _types(node: ast.expr, choices: dict[str, tuple[str, ...]]) -> tuple[set[str], tuple[str, ...]]:
    """`Optional[Literal["a"]]` as ({"str", "none"}, ("a",))."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):  # a type written as text
            return _types(ast.parse(node.value, mode="eval").body, choices)
        return {"none"}, ()
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name in choices:
            return {"str"}, choices[name]
        return {_NAMES.get(name) or _MORE.get(name, "any")}, ()
    if isinstance(node, ast.BinOp):
        return _together(choices, node.left, node.right)
    if isinstance(node, ast.Subscript):
        return _subscript(node, choices)
    return {"any"}, ()


def _subscript(node: ast.Subscript, choices: dict[str, tuple[str, ...]]) -> tuple[set[str], tuple[str, ...]]:
    name = ast.unparse(node.value).rpartition(".")[2]
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        told = [each.value for each in inner if isinstance(each, ast.Constant)]
        kinds = {"none" if each is None else type(each).__name__ for each in told}
        return kinds, tuple(str(each) for each in told if each is not None)
    if name in ("Optional", "Union"):
        types, told_choices = _together(choices, *inner)
        return types | ({"none"} if name == "Optional" else set()), told_choices
    return {_NAMES.get(name) or _MORE.get(name, "any")}, ()


def _together(choices: dict[str, tuple[str, ...]], *nodes: ast.expr) -> tuple[set[str], tuple[str, ...]]:
    parts = [_types(node, choices) for node in nodes]
    return {kind for types, _ in parts for kind in types}, next((told for _, told in parts if told), ())


def _listed(value: ast.expr | None) -> tuple[str, ...]:
    """`metadata={"choices": [...]}`."""
    for keyword in value.keywords if isinstance(value, ast.Call) else []:
        if keyword.arg == "metadata" and isinstance(keyword.value, ast.Dict):
            for key, told in zip(keyword.value.keys, keyword.value.values, strict=True):
                if (
                    isinstance(key, ast.Constant)
                    and key.value == "choices"
                    and isinstance(told, (ast.List, ast.Tuple))
                ):
                    return tuple(str(each.value) for each in told.elts if isinstance(each, ast.Constant))
    return ()


def _default(value: ast.expr | None) -> object:
    """A default that is written as a plain value; None for what is computed."""
    if isinstance(value, ast.Call):
        value = next((each.value for each in value.keywords if each.arg == "default"), None)
    if isinstance(value, ast.Attribute):  # AttentionFunction.AUTO
        return value.attr.lower()
    try:
        return ast.literal_eval(value) if value is not None else None
    except ValueError:
        return None


def templates(text: str) -> dict[str, Template]:
    """Every chat template that the source registers."""
    found = {}
    for body in _TEMPLATE.findall(text):
        named = re.search(r'^    name="([^"]+)"', body, re.MULTILINE)
        if named:
            found[named[1]] = Template(
                named[1],
                efficient_eos="efficient_eos=True" in body,
                reasoning="ReasoningTemplate" in body,
                multimodal="mm_plugin=" in body,
            )
    return found
