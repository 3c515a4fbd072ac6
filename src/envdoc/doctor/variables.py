"""Environment variables with stray blanks or quotes in their values."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import on_windows
from envdoc.doctor.words import finding, found, secret, set_variable, shown
from envdoc.model.finding import Finding, Severity


@check("variable-values", "Variables have clean values", codes=("variable-stray-blank", "variable-quotes"))
def variable_values(case: Case) -> Outcome:
    env = case.machine.env
    if not env:
        raise NotCheckedError("no variable that matters is set")
    findings = [each for name, value in env.items() if name != "PATH" for each in _clean(case, name, value)]
    return found(*findings, seen=f"{len(env)} set")


def _clean(case: Case, name: str, value: str) -> Iterator[Finding]:
    bare = value.strip()
    if bare != value and bare:
        yield finding(
            Severity.WARNING,
            "variable-stray-blank",
            f"{name} has a stray blank: programs compare its value exactly",
            evidence=(shown(name, value), "in cmd, `set X=1 && ...` stores the blank before `&&`"),
            fix="Set it again without the blank",
            commands=() if secret(name, value) else set_variable(name, bare, windows=on_windows(case)),
        )
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        yield finding(
            Severity.WARNING,
            "variable-quotes",
            f"{name} has quotes in its value",
            evidence=(shown(name, value), 'in cmd, the quotes of `set X="1"` become part of the value'),
            fix="Set it again without them",
            commands=() if secret(name, value) else set_variable(name, bare[1:-1], windows=on_windows(case)),
        )
