"""Environment variables with stray blanks or quotes in their values."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import on_windows
from envdoc.doctor.words import found, secret, set_variable, shown
from envdoc.findings import finding, text
from envdoc.model.finding import Finding


@check("variable-values", codes=("variable-stray-blank", "variable-quotes"), beyond_listings=True)
def variable_values(case: Case) -> Outcome:
    env = case.machine.env
    if not env:
        raise NotCheckedError(text("checks", "no-variable"))
    findings = [each for name, value in env.items() if name != "PATH" for each in _clean(case, name, value)]
    return found(*findings, seen=text("checks", "set-count", count=len(env)))


def _clean(case: Case, name: str, value: str) -> Iterator[Finding]:
    bare = value.strip()
    if bare != value and bare:
        yield finding(
            "variable-stray-blank",
            name=name,
            evidence=(shown(name, value), text("variable-stray-blank", "cmd")),
            commands=() if secret(name, value) else set_variable(name, bare, windows=on_windows(case)),
        )
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        yield finding(
            "variable-quotes",
            name=name,
            evidence=(shown(name, value), text("variable-quotes", "cmd")),
            commands=() if secret(name, value) else set_variable(name, bare[1:-1], windows=on_windows(case)),
        )
