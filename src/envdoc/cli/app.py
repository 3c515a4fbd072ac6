"""The command table, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from envdoc import __version__
from envdoc.cli import language, quick, usage
from envdoc.errors import EnvdocError, ExitCode

if TYPE_CHECKING:
    import typer

# Modules by command name, in the order of `envdoc --help`. Only the command that is called is imported.
COMMANDS = {
    "check": "envdoc.cli.check",
    "resolve": "envdoc.cli.resolve",
    "install": "envdoc.cli.install",
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
    "report": "envdoc.cli.report",
    "memory": "envdoc.cli.memory",
}

_LANG = "Language of what is said, with any command; else ENVDOC_LANG, LC_ALL, LC_MESSAGES, LANG or Windows' own."

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
    _stop_like_ctrl_c()
    try:
        argv = language.taken(argv)
        code = quick.run(argv)
        if code is not None:
            return code
        return usage.read(build(argv), argv)
    except SystemExit as done:
        return _code(done, argv)
    except EnvdocError as error:
        return _say(error, argv)
    except BrokenPipeError:
        return _pipe_closed()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _bug(error)


def _stop_like_ctrl_c() -> None:
    """A polite kill or a closed terminal ends as Ctrl-C does: children are stopped, the journal says where."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            with contextlib.suppress(ValueError):  # not in the main thread: whoever called us keeps their own
                signal.signal(getattr(signal, name), stop)


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
    sys.stderr.write(_printable(f"error: {error.message}\n"))
    if error.hint:
        sys.stderr.write(_printable(f"hint: {error.hint}\n"))
    if _wants_json(argv):
        _print_error(error, argv, error.exit_code)
    return error.exit_code


def _print_error(error: EnvdocError, argv: Sequence[str], code: int) -> None:
    from envdoc.render.document import error_document, to_json

    sys.stdout.write(to_json(error_document(error, command=argv[0] if argv else "", exit_code=code)) + "\n")


def _printable(text: str) -> str:
    encoding = sys.stderr.encoding or "ascii"
    return text.encode(encoding, "replace").decode(encoding)


def _pipe_closed() -> int:
    """`envdoc check | head`: the reader has gone; stay silent, also when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK


def _bug(error: Exception) -> int:
    from envdoc.workflow.crash import write_crash_file

    path = write_crash_file(error)
    sys.stderr.write(_printable(f"error: envdoc itself failed: {type(error).__name__}: {error}\n"))
    sys.stderr.write(_printable(f"hint: this is a bug; please report it with the file {path}\n"))
    return ExitCode.BUG
