"""Which codes can carry lines to paste: by the calls that make findings, and by the rules for logs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import envdoc
from envdoc.diagnose.rules import load
from envdoc.findings import codes

SOURCE = Path(envdoc.__file__).parent
_MAKERS = ("finding", "Finding", "of_code")
_REMEDIATION = 4  # its place among Finding's values


def carriers() -> frozenset[str]:
    """Every such code. A call whose code is a variable stands for all codes that its module names."""
    return frozenset(_of_calls()) | frozenset(rule.code for rule in load() if any(rule.advice.commands.values()))


def _of_calls() -> Iterator[str]:
    known = frozenset(codes())
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        texts = {value for value in constants if isinstance(value, str)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and _carries(call):
                code = call.args[0] if call.args else None
                yield from {code.value} & known if isinstance(code, ast.Constant) else texts & known


def _carries(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    named = any(each.arg in ("commands", "remediation") for each in call.keywords)
    return name in _MAKERS and (named or len(call.args) > _REMEDIATION)
