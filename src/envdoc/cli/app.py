"""The command table, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from envdoc import __version__
from envdoc.cli import language, output, quick, streams
from envdoc.errors import EnvdocError, ExitCode

if TYPE_CHECKING:
    import typer

# Modules by command name, in the order of `envdoc --help`. Only the command that is called is imported.
COMMANDS = {
    "check": "envdoc.cli.check",
    "resolve": "envdoc.cli.resolve",
    "install": "envdoc.cli.install",
    "bundle": "envdoc.cli.bundle",
    "smoke": "envdoc.cli.smoke",
    "diagnose": "envdoc.cli.diagnose",
    "explain": "envdoc.cli.explain",
    "facts": "envdoc.cli.facts",
    "data": "envdoc.cli.data",
    "profiles": "envdoc.cli.profiles",
    "snapshot": "envdoc.cli.snapshot",
    "diff": "envdoc.cli.diff",
    "rollback": "envdoc.cli.rollback",
    "history": "envdoc.cli.history",
    "env": "envdoc.cli.env",
    "download": "envdoc.cli.download",
    "tools": "envdoc.cli.tools",
    "report": "envdoc.cli.report",
    "memory": "envdoc.cli.memory",
    "methods": "envdoc.cli.methods",
    "launch": "envdoc.cli.launch",
    "hosts": "envdoc.cli.hosts",
}

_LANG = "Language of what is said, with any command; else ENVDOC_LANG, LC_ALL, LC_MESSAGES, LANG or Windows' own."

# Commands that change something: their exit code says what was done, wherever their words went.
CHANGING = ("install", "rollback", "bundle")

EPILOG = (
    "Exit codes: 0 fine, 1 findings of severity error or a failed step, 2 usage or bad data, "
    "3 a bug of envdoc, 75 the machine itself is broken, 130 interrupted."
)


def build(argv: Sequence[str]) -> typer.Typer:
    """The app with the command that `argv` names; with all of them for help and for unknown names."""
    import typer

    app = typer.Typer(
        name="envdoc",
        help="Environment doctor and setup installer for machines that train language models on NVIDIA GPUs.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit."),
        lang: str = typer.Option(
            "", language.OPTION, metavar="en|zh", help=_LANG
        ),  # taken off before: see `language`
    ) -> None:
        del lang  # taken off the command line before typer sees it
        if version:
            typer.echo(f"envdoc {__version__}")
            raise typer.Exit()

    named = argv[0] if argv and argv[0] in COMMANDS else None
    for name in [named] if named else COMMANDS:
        importlib.import_module(COMMANDS[name]).register(app)
    return app


def run(argv: Sequence[str]) -> int:
    """Run the command line; returns the exit code. The only place that catches."""
    with streams.guarded() as (out, _):
        try:
            code = _ran(argv)
        except KeyboardInterrupt:
            code = _interrupted()
        return _with_loss(int(code), out, argv)


def _ran(argv: Sequence[str]) -> int:
    try:
        argv = language.taken(argv)
        code = quick.run(argv)
        if code is not None:
            return code
        from envdoc.cli import usage

        return usage.read(build(argv), argv)
    except SystemExit as done:
        return _code(done, argv)
    except EnvdocError as error:
        return _say(error, argv)
    except Exception as error:
        from envdoc.cli.system_errors import of_the_system

        known = of_the_system(error)
        return _say(known, argv) if known else _bug(error)


def _interrupted() -> int:
    from envdoc.findings import text

    output.talk(text("render", "interrupted"))
    return ExitCode.INTERRUPTED


def _with_loss(code: int, out: streams.Stream, argv: Sequence[str]) -> int:
    """A result that could not be written is none; a command that changes something ends by what it did."""
    if not out.lost or (argv and argv[0] in CHANGING) or "--fix" in argv:
        return code
    output.talk(f"error: stdout cannot be written: {out.lost}")
    return code or ExitCode.FINDINGS


def _code(done: SystemExit, argv: Sequence[str]) -> int:
    code = done.code if isinstance(done.code, int) else int(bool(done.code))
    if code == ExitCode.USAGE and _wants_json(argv):
        _print_error(EnvdocError("The command line was not understood; see stderr", code="usage"), argv, code)
    return code


def _wants_json(argv: Sequence[str]) -> bool:
    return any(
        arg == "--format=json" or pair == ("--format", "json") for arg, pair in zip(argv, _pairs(argv), strict=True)
    )


def _pairs(argv: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(argv, [*argv, ""][1:], strict=True))


def _say(error: EnvdocError, argv: Sequence[str]) -> int:
    _talk("error", error.message)
    if error.hint:
        _talk("hint", error.hint)
    if _wants_json(argv):
        _print_error(error, argv, error.exit_code)
    return error.exit_code


def _talk(label: str, told: str) -> None:
    from envdoc.findings import text

    output.talk(text("render", label, told=_short(output.said(told, sys.stderr))))


def _short(text: str) -> str:
    """A message whose words are no longer than a path can be: 5,000 digits are told by their ends."""
    return re.sub(r"\S{600,}", lambda word: f"{word[0][:100]}…({len(word[0])} letters)…{word[0][-40:]}", text)


def _print_error(error: EnvdocError, argv: Sequence[str], code: int) -> None:
    from envdoc.render.document import error_document

    output.document(error_document(error, command=argv[0] if argv else "", exit_code=code))


def _bug(error: Exception) -> int:
    from envdoc.workflow.crash import write_crash_file

    path = write_crash_file(error)
    output.talk(f"error: envdoc itself failed: {type(error).__name__}: {error}")
    output.talk(
        f"hint: this is a bug; please report it with the file {path}"
        if path
        else "hint: this is a bug; please report it"
    )
    return ExitCode.BUG
