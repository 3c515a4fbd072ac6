"""Messages of Python sources: raise, warnings.warn, a logger's warning or error, assert."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Found = tuple[str, str, str]  # kind, shape, sample
_LOGS = {"warning", "warning_once", "error", "critical", "exception", "warn", "warn_once", "warning_rank0",
         "warning_rank0_once", "fatal"}  # fmt: skip
_BOUND, _LEAST = re.compile(r"(?<!\w)[A-Za-z][A-Za-z0-9-]* ?(?:>=|~=) ?\Z"), "9.8.7"
# What could stand in a placeholder, by its expression
_SAMPLES = (
    (r"compiler|\bcxx\b", "g++"),
    (r"min\w*ver|ver\w*min|required", _LEAST),
    (r"capab", "(7, 0)"), (r"cuda.*ver|ver.*cuda", "12.4"), (r"torch.*ver|ver.*torch", "2.6.0+cu124"),
    (r"ver", "1.2.3"), (r"path|file|dir|folder", "/srv/x/file"), (r"device|gpu", "cuda:0"),
    (r"count|num|size|len|bytes", "8"), (r"package|module|name|lib", "somepackage"), (r"err|exc|\be\b", "some error"),
)  # fmt: skip


def messages(text: str) -> Iterator[Found]:
    """Every message whose words stand in the source."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        for kind, expression in _spoken(node):
            shape, sample = _text(expression)
            if len(shape) >= 15:
                yield kind, shape, sample


def _spoken(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
        yield "raise", node.exc.args[0]
    elif isinstance(node, ast.Assert) and node.msg is not None:
        yield "assert", node.msg
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr == "warn" and isinstance(node.func.value, ast.Name) and node.func.value.id == "warnings":
            yield "warn", node.args[0]
        elif node.func.attr in _LOGS:
            yield "log", node.args[0]


def _text(node: ast.expr) -> tuple[str, str]:
    """Shape and sample of an expression that makes a text."""
    if isinstance(node, ast.Constant):
        return (node.value, node.value) if isinstance(node.value, str) else ("", "")
    if isinstance(node, ast.JoinedStr):
        return _joined([_text(each) for each in node.values])
    if isinstance(node, ast.FormattedValue):
        return "{}", _sample(ast.unparse(node.value))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_text(node.left), _text(node.right)])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _filled(_text(node.left)[0], r"%[-#0-9.]*[sdifrgx]")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _filled(_text(node.func.value)[0], r"\{\w*[^{}]{0,20}\}")
    return "{}", _sample(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute) else "value"


def _joined(parts: list[tuple[str, str]]) -> tuple[str, str]:
    before = ["", *(shape for shape, _ in parts)]  # `requires triton>={wanted}`
    filled = [
        _LEAST if sample == "value" and _BOUND.search(left) else sample
        for left, (_, sample) in zip(before, parts, strict=False)
    ]
    return "".join(shape for shape, _ in parts), "".join(filled)


def _filled(shape: str, placeholder: str) -> tuple[str, str]:
    return re.sub(placeholder, "{}", shape), re.sub(placeholder, lambda found: _sample(found[0]), shape)


def _sample(expression: str) -> str:
    return next((value for pattern, value in _SAMPLES if re.search(pattern, expression.lower())), "value")
