"""The house's measure: a module has one subject and fits on a few screens, a function fits on one."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import envdoc

SOURCE = Path(envdoc.__file__).parent
MODULE, FUNCTION = 250, 50  # lines at most
MEDIAN_MODULE, MEDIAN_FUNCTION = 90, 10


def modules() -> dict[str, str]:
    return {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}


def functions(text: str) -> Iterator[tuple[int, int]]:
    """Each function's line and its length without its parameters, which for a command are a table of its options."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, (node.end_lineno or 0) - node.body[0].lineno + 2


def test_modules() -> None:
    sizes = {name: text.count("\n") for name, text in modules().items()}
    assert {name: lines for name, lines in sizes.items() if lines > MODULE} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_MODULE


def test_functions() -> None:
    sizes = {f"{path}:{line}": lines for path, text in modules().items() for line, lines in functions(text)}
    assert {place: lines for place, lines in sizes.items() if lines > FUNCTION} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_FUNCTION


def test_the_measure_counts() -> None:
    text = "def f(\n    a,\n    b,\n):\n    a\n    b\n    return a\n\n\ndef g(): pass\n"
    assert dict(functions(text)) == {1: 4, 10: 2}
