"""The rules as data: checked when loaded, linear, with everything they name in its place."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest

from envdoc.diagnose import rules
from envdoc.diagnose.gates import GATES, behind, gate_of
from envdoc.diagnose.logic import functions
from envdoc.diagnose.match import anchors
from envdoc.diagnose.remedies import choosers
from envdoc.diagnose.rules import build, load
from envdoc.diagnose.say import names_of
from envdoc.errors import DataError
from envdoc.findings import entry

GOOD = """
- code: a-b
  severity: error
  say: ["CUDA out of memory"]
"""


def test_the_families_of_the_field_are_all_there() -> None:
    assert len(load()) >= 82


def test_every_rule_has_its_words() -> None:
    """The last sentence must do without values that a log may not have."""
    for rule in load():
        for name in names_of(rule):
            for template in entry(rule.code).texts.get(name, {}).values():
                last = template if isinstance(template, str) else template[-1]
                assert "{" not in last or name == "fix", (rule.code, name, last)
        assert names_of(rule)[0] in entry(rule.code).texts
        assert not rule.case or names_of(rule)[0] == f"log-{rule.case}", rule.code
        assert "diagnose" in entry(rule.code).found_by


def test_what_a_wheel_has_gives_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = rules.compiled().encode()
    monkeypatch.setattr(rules.files, "read", lambda _path: ready)
    rules._compiled.cache_clear()
    try:
        assert rules.load.__wrapped__() == load()
        assert rules.gates.__wrapped__() == behind(anchors(load()))
    finally:
        rules._compiled.cache_clear()


def test_one_code_may_have_several_cases() -> None:
    assert len(build([("x.yaml", GOOD + GOOD.rstrip() + "\n  case: c\n")])) == 2


def test_all_mistakes_are_told_at_once() -> None:
    bad = GOOD.replace("severity: error", "severity: bad").replace("say:", "sayy:") + GOOD.replace(
        '["CUDA out of memory"]', "[xyz]"
    )
    with pytest.raises(DataError) as caught:
        build([("x.yaml", bad)])
    assert caught.value.message.splitlines()[1:] == [
        "  x.yaml: rule 1 (a-b): `sayy` is no key of a rule",
        "  x.yaml: rule 1 (a-b): severity `bad` is none of error, warning, info",
        "  x.yaml: rule 1 (a-b): `say`, `signs` or `look` is missing",
        "  x.yaml: rule 2 (a-b): no gate stands in the anchor `xyz` (see gates.py)",
    ]


def test_a_code_stands_once_and_follows_known_ones() -> None:
    with pytest.raises(DataError) as caught:
        build([("x.yaml", GOOD + GOOD.rstrip() + "\n  follows: [nobody]\n")])
    assert caught.value.message.splitlines()[1:] == [
        "  x.yaml: the code `a-b` stands twice",
        "  x.yaml: the code `a-b` stands twice",
        "  x.yaml: `a-b` follows the unknown `nobody`",
    ]


def test_every_name_is_registered() -> None:
    assert {rule.logic for rule in load() if rule.logic} <= functions().keys()
    assert {rule.advice.choose for rule in load() if rule.advice.choose} <= choosers().keys()


def test_gates_have_no_digits_and_none_is_idle() -> None:
    assert [gate for gate in GATES if re.search(rb"\d", gate)] == []
    assert {gate_of(anchor.encode()) for anchor in anchors(load())} == set(GATES)


def patterns() -> list[tuple[str, str]]:
    found = [(rule.code, capture.pattern) for rule in load() for capture in rule.captures]
    return found + [(rule.code, rule.look) for rule in load() if rule.look]


def _faults(parsed: Any, inside: bool = False) -> list[str]:
    """Quantifiers without a bound, and variable ones within variable ones that may match the same text."""
    found = []
    for op, argument in parsed:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, body = argument
            if str(most) == "MAXREPEAT" or int(most) > 200:
                found.append("no bound")
            wide = most != least and int(most) > 6
            if inside and wide:
                found.append("nested")
            found += _faults(body, inside or wide)
        elif name == "BRANCH":
            found += [fault for branch in argument[1] for fault in _faults(branch, inside)]
        elif name == "SUBPATTERN":
            found += _faults(argument[3], inside)
        elif name in ("ASSERT", "ASSERT_NOT"):
            found += _faults(argument[1], inside)
    return found


@pytest.mark.parametrize(("code", "pattern"), patterns())
def test_patterns_are_bounded(code: str, pattern: str) -> None:
    parser = importlib.import_module("re._parser")
    faults = _faults(parser.parse(pattern))
    assert "no bound" not in faults
    assert faults.count("nested") <= _KNOWN_NESTED.get(code, 0)
    assert re.compile(pattern).groups == (1 if pattern != rule_look(code) else re.compile(pattern).groups)


# short bodies that begin with a fixed text, proved harmless by test_linear
_KNOWN_NESTED = {"gpu-not-in-torch-build": 1}


def rule_look(code: str) -> str:
    return next(rule.look for rule in load() if rule.code == code)


BAD_ADVICE = re.compile(
    r"dll-files|--trusted-host|verify=False|sslVerify|CURL_CA_BUNDLE=|break-system-packages|sudo pip|"
    r"pip install bitsandbytes-windows|KMP_DUPLICATE_LIB_OK=TRUE|ln -s|allow-unsupported-compiler"
)


def test_no_command_is_bad_advice() -> None:
    bad = [
        (rule.code, command)
        for rule in load()
        for commands in rule.advice.commands.values()
        for command in commands
        if BAD_ADVICE.search(command) or re.search(r"pip install [^\"|]*[\w\]]>=?\d", command)
    ]
    assert bad == []


def test_no_apt_for_windows_shells() -> None:
    bad = [
        (rule.code, command)
        for rule in load()
        for shell in ("windows", "cmd", "powershell", "any")
        for command in rule.advice.commands.get(shell, ())
        if re.search(r"\b(?:apt-get|apt|sudo|export)\b", command)
    ]
    assert bad == []
