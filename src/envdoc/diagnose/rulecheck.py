"""Mistakes in rule files, all told at once with their place. Compiled rules were checked when they were compiled."""

from __future__ import annotations

from typing import Any

from envdoc.diagnose.captures import KINDS
from envdoc.diagnose.gates import gate_of
from envdoc.diagnose.rules import sign_data
from envdoc.diagnose.values import Rule
from envdoc.model.finding import Severity

_NEEDED = {"code"}
_ALLOWED = _NEEDED | {
    "case", "severity", "say", "signs", "captures", "do", "has", "lacks", "vendors", "systems", "follows", "logic",
    "look",
}  # fmt: skip
_SIGN_KEYS = {"say", "near", "unless"}
_SHELLS = {"any", "linux", "windows", "bash", "cmd", "powershell"}
_VENDORS, _SYSTEMS = {"nvidia", "amd", "apple"}, {"linux", "windows", "darwin"}


def mistakes_of(data: Any) -> list[str]:
    """What is wrong with one rule as it stands in a file."""
    if not isinstance(data, dict):
        return ["not a mapping"]
    found = [f"`{key}` is missing" for key in sorted(_NEEDED - data.keys())]
    found += [f"`{key}` is no key of a rule" for key in sorted(data.keys() - _ALLOWED)]
    if data.get("severity", "error") not in {each.value for each in Severity}:
        found.append(f"severity `{data.get('severity')}` is none of error, warning, info")
    found += _sign_mistakes(data) + _capture_mistakes(data) + _advice_mistakes(data)
    found += [f"vendor `{each}`" for each in data.get("vendors", ()) if each not in _VENDORS]
    return found + [f"system `{each}`" for each in data.get("systems", ()) if each not in _SYSTEMS]


def _sign_mistakes(data: dict[str, Any]) -> list[str]:
    signs = sign_data(data)
    if not signs and "look" not in data:
        return ["`say`, `signs` or `look` is missing"]
    found = [f"`{key}` is no key of a sign" for sign in signs for key in sorted(sign.keys() - _SIGN_KEYS)]
    found += [
        f"no gate stands in the anchor `{anchor}` (see gates.py)"
        for sign in signs
        for anchor in sign.get("say", ())
        if not isinstance(anchor, str) or gate_of(anchor.encode()) is None
    ]
    found += ["`near` is a list of lists" for sign in signs if any(isinstance(n, str) for n in sign.get("near", ()))]
    return found


def _capture_mistakes(data: dict[str, Any]) -> list[str]:
    found = []
    for name, given in data.get("captures", {}).items():
        if not isinstance(given, list) or len(given) < 2 or len(given) % 2:
            found.append(f"capture `{name}` is not [kind, pattern]")
        else:
            found += [f"capture `{name}` has the unknown kind `{kind}`" for kind in given[::2] if kind not in KINDS]
    return found


def _advice_mistakes(data: dict[str, Any]) -> list[str]:
    advice = data.get("do", {})
    found = [f"`{key}` is no key of `do`" for key in sorted(advice.keys() - {"commands", "choose"})]
    commands = advice.get("commands", {})
    return found + [f"`{shell}` is no shell" for shell in commands if shell not in _SHELLS]


def across(rules: tuple[Rule, ...]) -> list[str]:
    """Mistakes that only show between rules: a code used twice for one case, a follow-up of an unknown code."""
    codes = {rule.code for rule in rules}
    cases = [(rule.code, rule.case) for rule in rules]
    found = [
        f"{rule.file}: the code `{rule.code}` stands twice" + (f" with the case `{rule.case}`" if rule.case else "")
        for rule in rules
        if cases.count((rule.code, rule.case)) > 1
    ]
    for rule in rules:
        found += [
            f"{rule.file}: `{rule.code}` follows the unknown `{each}`"
            for each in rule.follows
            if each not in codes and each != "*"
        ]
    return found
