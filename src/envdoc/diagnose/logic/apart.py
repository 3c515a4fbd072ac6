"""Logic of what does not belong together: names of another release, Pythons below a package's bound, DLLs."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.needs import asker, in_stack
from envdoc.diagnose.rules import load
from envdoc.diagnose.values import Match, Rule
from envdoc.knowledge import windowserrors
from envdoc.model.cuda import version_tuple
from envdoc.model.value import replace

# ImportError: cannot import name 'GRPOConfig' from 'trl' (/v/lib/python3.11/site-packages/trl/__init__.py)
_NAME = re.compile(r"cannot import name '\w{1,60}' from '([A-Za-z_]\w{1,40})[\w.]{0,80}'(?: \(([^()]{1,300})\))?")
_INSTALLED = re.compile(r"(?:site|dist)-packages[\\/]")
# ERROR: Package 'trl' requires a different Python: 3.8.17 not in '>=3.9'
_PYTHON = re.compile(r"requires a different Python: (\d\.\d{1,2})[\d.]{0,4} not in '[^']{0,30}?>=? ?(\d\.\d{1,2})")
_NUMBER = re.compile(r"\[WinError (\d{1,5})\]")
# what Windows says with another code of ours: the file for memory, and who may run what
_SAID_ELSEWHERE = {"memory": "windows-page-file-small", "policy": "windows-policy-blocks-library"}


def names_apart(match: Match, _case: Case) -> list[Match]:
    """A name that one installed package wants of another; in a user's own modules it is a slip of theirs."""
    found = _NAME.search(match.sighting.line.text)
    if found is None or "partially initialized" in match.sighting.line.text or "unknown location" in (found[2] or ""):
        return []
    if not _INSTALLED.search(found[2] or "") and not in_stack(found[1]):
        return []
    who = asker(match.sighting)
    captured = {**match.captured, "module": found[1]}
    if who is not None and who.module != found[1]:
        captured["package"] = who.package
    return [replace(match, captured=captured)]


def python_below(text: str) -> bool:
    """Whether pip refuses a package because this Python is older than its lower bound."""
    found = _PYTHON.search(text)
    return found is not None and version_tuple(found[1]) < version_tuple(found[2])


def python_too_old(match: Match, _case: Case) -> list[Match]:
    return [match] if python_below(match.sighting.line.text) else []


def loader_error(match: Match, _case: Case) -> list[Match]:
    """What Windows' loader means, by its number or by its words in the language of that Windows."""
    text = " ".join(line.text for line in match.sighting.lines[match.sighting.at : match.sighting.at + 3])
    number = _NUMBER.search(text)
    row = windowserrors.by_number().get(int(number[1])) if number else windowserrors.said(text)
    if row is None:
        return [match]
    named = replace(match, captured={**match.captured, "number": str(row.number), "name": row.name})
    if row.kind in _SAID_ELSEWHERE:
        return [replace(named, rule=rule_of(_SAID_ELSEWHERE[row.kind]))]
    return [replace(named, words=f"log-{row.kind}")]


def rule_of(code: str) -> Rule:
    """The first rule of a code."""
    return next(rule for rule in load() if rule.code == code)


FUNCTIONS: dict[str, Judge] = {
    "names-apart": names_apart,
    "python-too-old": python_too_old,
    "loader-error": loader_error,
}
