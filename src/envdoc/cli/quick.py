"""The plain command lines of `check`, `resolve` and `install`, understood without typer.

Importing typer takes as long as looking at the whole machine. A command line in which every option is known,
complete and written out is taken here; anything else (help, mistakes, abbreviations) returns None, and typer answers
it. A test holds this against typer's own reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from envdoc.cli.forms import Format, ReportFormat
from envdoc.model.value import dataclass

Arguments = dict[str, "str | bool | list[str]"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The options of one command: parameter names of its `run` function by how they are written."""

    module: str
    flags: Mapping[str, str]
    values: Mapping[str, str]
    lists: Mapping[str, str]
    forms: tuple[str, ...]


_TALK = {"--quiet": "quiet", "-q": "quiet", "--verbose": "verbose", "-v": "verbose"}
_CHOICE = {"--mirror": "mirror", "--with": "with_", "--without": "without", "--source": "source"}

SHAPES = {
    "check": Shape(
        "envdoc.cli.run_check",
        {**_TALK, "--online": "online", "--fresh": "fresh", "--strict": "strict"},
        {
            "--profile": "profile",
            "--env": "env",
            "--python": "python",
            "--machine": "machine",
            "--listing": "listing",
            "--train": "train",
        },
        {"--only": "only", "--skip": "skip", "--require": "require"},
        tuple(ReportFormat),
    ),
    "resolve": Shape(
        "envdoc.cli.run_resolve",
        {**_TALK, "--online": "online", "--no-gpu": "no_gpu"},
        {
            "--profile": "profile",
            "--torch": "torch",
            "--driver": "driver",
            "--os": "system",
            "--arch": "arch",
            "--python": "python",
            "--machine": "machine",
            "--for-model": "for_model",
            "--listing": "listing",
        },
        {"--gpu": "gpu", **_CHOICE},
        tuple(Format),
    ),
    "install": Shape(
        "envdoc.cli.run_install",
        {**_TALK, "--adopt": "adopt", "--dry-run": "dry_run", "--yes": "yes", "-y": "yes"},
        {
            "--profile": "profile",
            "--env": "env",
            "--torch": "torch",
            "--python": "python",
            "--offline": "offline",
        },
        {"--gpu": "gpu", "--accept": "accept", **_CHOICE},
        tuple(Format),
    ),
}


def parse(argv: Sequence[str]) -> Arguments | None:
    """The arguments of the command's `run`; None where this is no plain command line."""
    shape = SHAPES.get(argv[0]) if argv else None
    if shape is None:
        return None
    out: Arguments = {}
    rest = list(argv[1:])
    while rest:
        written = rest.pop(0)
        option, equals, value = written.partition("=")
        if written in shape.flags:
            out[shape.flags[written]] = True
            continue
        if not equals:
            value = rest.pop(0) if rest else ""
        if not value or value.startswith("-") or not _take(out, shape, option, value):
            return None
    return out


def _take(out: Arguments, shape: Shape, option: str, value: str) -> bool:
    """Put one option with its value into `out`; False where it is not known."""
    if option == "--format" and value in shape.forms:
        out["form"] = value
    elif option in shape.values:
        out[shape.values[option]] = value
    elif option in shape.lists:
        so_far = out.setdefault(shape.lists[option], [])
        assert isinstance(so_far, list)
        so_far.append(value)
    else:
        return False
    return True


def run(argv: Sequence[str]) -> int | None:
    """Run the command line if it is a plain one; returns its exit code, None where typer must read it."""
    arguments = parse(argv)
    if arguments is None:
        return None
    from importlib import import_module

    code: int = import_module(SHAPES[argv[0]].module).run(**arguments)
    return code
