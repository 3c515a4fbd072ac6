"""The rules: YAML files into checked values. All mistakes of all files are told at once, with their place."""

from __future__ import annotations

from functools import cache
from typing import Any

from envdoc.diagnose.captures import KINDS
from envdoc.diagnose.gates import gate_of
from envdoc.diagnose.values import Advice, Capture, Rule, Sign
from envdoc.errors import DataError
from envdoc.knowledge import files
from envdoc.knowledge.yamlfile import parse, shipped
from envdoc.model.finding import Severity

FOLDER = files.beside(__file__, "rules")
_NEEDED = {"code"}
_ALLOWED = _NEEDED | {
    "case", "severity", "say", "signs", "captures", "do", "has", "lacks", "vendors", "systems", "follows", "logic",
    "look",
}  # fmt: skip
_SIGN_KEYS = {"say", "near", "unless"}
_SHELLS = {"any", "linux", "windows", "bash", "cmd", "powershell"}
_VENDORS, _SYSTEMS = {"nvidia", "amd", "apple"}, {"linux", "windows", "darwin"}


@cache
def load() -> tuple[Rule, ...]:
    """All rules, in the order of the files' names and of their place in them.

    Raises:
        DataError: mistakes in rule files; the message lists all.
    """
    return _build([(files.name(path), shipped(path)) for path in files.listed(FOLDER, (".yaml",))])


def build(files: list[tuple[str, str]]) -> tuple[Rule, ...]:
    """Rules of (name, text) pairs; see `load`."""
    return _build([(name, parse(text, name)) for name, text in files])


def _build(files: list[tuple[str, Any]]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    mistakes: list[str] = []
    for name, listed in files:
        for place, data in enumerate(listed or ()):
            where = f"{name}: rule {place + 1} ({data.get('code', '?') if isinstance(data, dict) else '?'})"
            found = mistakes_of(data)
            mistakes += [f"{where}: {each}" for each in found]
            if not found:
                rules.append(_rule(data, name, len(rules)))
    mistakes += _across(rules)
    if mistakes:
        raise DataError("rules with mistakes:\n  " + "\n  ".join(mistakes), hint="mend the rule files named above")
    return tuple(rules)


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
    signs = _sign_data(data)
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


def _across(rules: list[Rule]) -> list[str]:
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


def _sign_data(data: dict[str, Any]) -> list[dict[str, Any]]:
    short = [{"say": data["say"]}] if "say" in data else []
    return [*short, *data.get("signs", ())]


def _rule(data: dict[str, Any], file: str, order: int) -> Rule:
    return Rule(
        code=data["code"],
        signs=tuple(_sign(each) for each in _sign_data(data)),
        advice=_advice(data.get("do", {})),
        file=file,
        order=order,
        case=data.get("case", ""),
        severity=Severity(data["severity"]) if "severity" in data else None,
        captures=tuple(
            Capture(name, pattern, kind)
            for name, given in data.get("captures", {}).items()
            for kind, pattern in zip(given[::2], given[1::2], strict=True)
        ),
        has=tuple(data.get("has", ())),
        lacks=tuple(data.get("lacks", ())),
        vendors=tuple(data.get("vendors", ())),
        systems=tuple(data.get("systems", ())),
        follows=tuple(data.get("follows", ())),
        look=data.get("look", ""),
        logic=data.get("logic", ""),
    )


def _sign(data: dict[str, Any]) -> Sign:
    near = tuple(tuple(each) for each in data.get("near", ()))
    return Sign(tuple(data["say"]), near, tuple(data.get("unless", ())))


def _advice(data: dict[str, Any]) -> Advice:
    commands = {
        shell: (given,) if isinstance(given, str) else tuple(given)
        for shell, given in data.get("commands", {}).items()
    }
    return Advice(commands, data.get("choose", ""))
