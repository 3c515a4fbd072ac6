"""typer's reading of a command line, its mistakes in envdoc's own words: `error:`, `hint:`, exit code 2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from envdoc.errors import ExitCode, Interrupted, UsageError

if TYPE_CHECKING:
    import typer

# Groups of commands: bare, they print their help as `envdoc` itself does.
GROUPS = ("profiles",)


def read(app: typer.Typer, argv: Sequence[str]) -> int:
    """Run the command that `argv` names; returns its exit code.

    Raises:
        UsageError: the command line was not understood.
        Interrupted: a question was answered by Ctrl-C or by the end of stdin.
    """
    import typer

    mistake: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
    try:
        code = typer.main.get_command(app).main(_asked(argv), prog_name="envdoc", standalone_mode=False)
    except mistake as error:
        raise UsageError(_sentence(error), hint=_hint(error, argv)) from error
    except typer.Abort as error:
        raise Interrupted("stopped: no answer was given") from error
    return code if isinstance(code, int) else ExitCode.OK


def _asked(argv: Sequence[str]) -> list[str]:
    """Nothing, or a group alone, asks for help."""
    bare = not argv or (len(argv) == 1 and argv[0] in GROUPS)
    return [*argv, "--help"] if bare else list(argv)


def _sentence(error: Any) -> str:
    """`Missing option '--os'. Choose from:\n\tlinux,\n\twindows` in our form: one line, lower case where the sentence
    begins, no full stop, what the user writes in backticks."""
    told = " ".join(str(getattr(error, "message", "") if _near(error) else error.format_message()).split())
    told = re.sub(r"(?<!\w)'([^']*)'(?!\w)", r"`\1`", told.rstrip(".").replace(". Choose from: ", ": one of "))
    told = re.sub(r"^Got unexpected extra arguments? ?(?:\(s\) )?\((.*)\)$", r"not understood: `\1`", told)
    return told[:1].lower() + told[1:]


def _near(error: Any) -> list[str]:
    """Names like the one that is unknown."""
    return sorted(getattr(error, "possibilities", None) or ())


def _hint(error: Any, argv: Sequence[str]) -> str:
    context = getattr(error, "ctx", None)
    named = argv[0] if argv and not argv[0].startswith("-") else ""
    command = context.command_path if context is not None else f"envdoc {named}".strip()
    near = f"near names: {', '.join(_near(error))}; " if _near(error) else ""
    return f"{near}`{command} --help` says what there is"
