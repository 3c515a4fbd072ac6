"""Write docs/reference/checks.md: every check of `envdoc check`, its findings, and when it counts."""

from __future__ import annotations

from pathlib import Path

from envdoc.doctor import Case, checks
from envdoc.doctor.base import Check
from envdoc.knowledge.tables import load
from envdoc.model.machine import Machine, OperatingSystem, System
from envdoc.training.config.checks import CHECKS, TrainCheck

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "checks.md"

_HEAD = """# The checks

What `envdoc check` looks at, in the order of its report. `--only` and `--skip` take the names of both columns;
`envdoc explain CODE` prints a finding's page.

When a check counts is simple:

- **always**: on every machine, under every profile.
- **GPU**: not under a profile that needs no GPU; the report then says "not checked: profile `cpu` needs no GPU".
- **Linux**, **Windows**: on that system only; elsewhere it is not in the report.

Without `--profile` the machine is taken for one that shall train on its GPU, and the environment is judged for
itself. With a profile four checks compare the environment with it. A check that cannot look says
"not checked" and why; it never passes, and neither does one that saw only a part.

Checks marked **decisive** say whether the GPUs can be used at all. Where one of them could not look, because a fact
is missing for another reason than absence (a driver that hangs, rights), that is an error of its own,
`could-not-look`: a verdict without them is none. A machine on which everything answered and that has no NVIDIA GPU is
`no-gpu`.

`--require ID` makes a check one that must have looked: exit code 1 where it did not, whatever the reason; repeat it
for more. `--only` and `--skip` that leave no check are a mistake of the command line (exit code 2). A check that
crashes is never exit code 0.

| Check | Looks at | Counts | Findings |
|---|---|---|---|
"""


_TRAINING = """
With `--train FILE` the training file is judged too; without it these are not in the report.

| Check | Looks at | Findings |
|---|---|---|
"""


def text() -> str:
    """The page."""
    return _HEAD + "".join(_row(each) for each in checks()) + _TRAINING + "".join(_train_row(each) for each in CHECKS)


def _train_row(each: TrainCheck) -> str:
    codes = ", ".join(f"`{code}`" for code in each.codes)
    return f"| `{each.id}` | {each.title} | {codes} |\n"


def _row(each: Check) -> str:
    codes = ", ".join(f"[{code}](../findings/{code}.md)" for code in each.codes)
    return f"| `{each.id}` | {each.title} | {_when(each)} | {codes} |\n"


def _when(each: Check) -> str:
    systems = [system for system in (System.LINUX, System.WINDOWS) if each.applies(_case(system))]
    words = ["GPU"] if each.gpu else []
    words += ["decisive"] if each.decisive else []
    if len(systems) == 1:
        words.append(systems[0].value.capitalize())
    return ", ".join(words) or "always"


def _case(system: System) -> Case:
    return Case(Machine(OperatingSystem(system, "x86_64")), load())


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
