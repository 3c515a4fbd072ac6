"""`envdoc diagnose`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import EnvOption, FormatOption, MachineOption, PythonOption, QuietOption, StrictOption
from envdoc.errors import ExitCode, UsageError
from envdoc.model.finding import findings_code
from envdoc.model.machine import System

if TYPE_CHECKING:
    from envdoc.workflow.diagnose import Diagnosed

HereOption = Annotated[
    bool, typer.Option("--here", help="The log is of this machine: confirm or rule out by what is here now.")
]
SystemOption = Annotated[str | None, typer.Option("--os", metavar="OS", help="Remedies for linux or windows.")]


def register(app: typer.Typer) -> None:
    app.command(
        "diagnose",
        epilog="Example: envdoc diagnose train.log; envdoc diagnose -- llamafactory-cli train lora.yaml",
    )(diagnose)


def diagnose(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE|- | -- COMMAND...", help="A log file, `-` for standard input, or a command."),
    ] = None,
    env: EnvOption = None,
    python: PythonOption = None,
    machine: MachineOption = None,
    here: HereOption = False,
    system: SystemOption = None,
    strict: StrictOption = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
) -> None:
    """Explain a failing log: the root cause first, and the commands that mend it.

    A COMMAND reads the same input as envdoc; what it prints is shown as it comes, without colours, secrets masked.
    All of a long output is looked at, its beginning and end are kept: memory stays bounded.
    """
    from envdoc.workflow.context import local_host
    from envdoc.workflow.diagnose import diagnose_command, diagnose_file
    from envdoc.workflow.wishes import MachineWish

    words = list(what or ())
    wish = (
        MachineWish(file=machine or "", env=env or "", python=python or "")
        if env or python or machine or here
        else None
    )
    if _is_command(words):
        done = diagnose_command(local_host(), words, wish or MachineWish(), on_line=_live(form))
    elif len(words) == 1:
        done = diagnose_file(local_host(), words[0], wish, system=_system(system))
    else:
        raise UsageError(
            "a FILE is missing", hint="`envdoc diagnose FILE`, `… | envdoc diagnose -`, `envdoc diagnose -- COMMAND`"
        )
    _print(done, form, quiet, strict)
    raise typer.Exit(_code(done, strict))


def _is_command(words: list[str]) -> bool:
    """What follows `--` is a command; so are several words, because one log is explained at a time."""
    return bool(words) and (len(words) > 1 or "--" in sys.argv[1:])


def _system(name: str | None) -> System | None:
    if name is None:
        return None
    if name not in ("linux", "windows"):
        raise UsageError(f"--os {name}: not known", hint="write `linux` or `windows`")
    return System(name)


def _live(form: Format) -> Callable[[str], None]:
    """The command's own output, as it comes: to stdout, or to stderr where stdout is for the document."""
    return output.talk if form is Format.JSON else output.live


def _code(done: Diagnosed, strict: bool) -> int:
    """By the findings; a command that succeeded is fine whatever its log mentions, one that failed never is."""
    if done.returncode == 0:
        return ExitCode.OK
    code = findings_code(done.diagnosis.findings, strict=strict)
    return code or (ExitCode.FINDINGS if done.returncode is not None else ExitCode.OK)


def _print(done: Diagnosed, form: Format, quiet: bool, strict: bool) -> None:
    if form is Format.JSON:
        from envdoc.render.diagnosis import diagnosis_document

        output.document(diagnosis_document(done.source, done.diagnosis.findings, done.told, _code(done, strict)))
        return
    from envdoc.render.text_diagnosis import diagnosis_lines

    lines = diagnosis_lines(
        done.source, done.looked_at, done.diagnosis.findings, done.system, quiet=quiet, ended=done.ended
    )
    if done.returncode != 0:
        output.lines(lines)
