"""The environment that is judged: which one, and everything in it."""

from __future__ import annotations

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.jsontext import loads
from envdoc.model.machine import Python, PythonKind, Target, TargetKind
from envdoc.model.patterns import pattern
from envdoc.model.value import dataclass
from envdoc.probe import paths
from envdoc.probe.ask import Ask
from envdoc.probe.extensions import extensions
from envdoc.probe.leftovers import leftovers
from envdoc.probe.packages import packages
from envdoc.probe.python_info import describe, is_store_alias, prefix_of
from envdoc.probe.pythons import on_path, python_of
from envdoc.probe.remember import NOTHING, Memory
from envdoc.probe.shield import without
from envdoc.probe.shims import behind
from envdoc.probe.site import pyvenv, site_folders
from envdoc.probe.torch_build import torch_build


@dataclass(frozen=True, slots=True)
class Choice:
    """Which environment, and by what. `python` is "" where there is none."""

    prefix: str
    python: str
    chosen_by: str
    detail: str = ""


def choose(host: Host, ask: Ask) -> Choice:
    """--env or --python; else the active environment; else the first python on PATH that is not envdoc's own.

    Raises:
        UsageError: an option that names nothing. (A folder without a Python may be a broken environment: a fact.)
    """
    if ask.env:
        return _folder(host, paths.absolute(host, ask.env))
    if ask.python:
        return _interpreter(host, ask.python)
    for variable, by in (
        ("VIRTUAL_ENV", "active virtual environment"),
        ("CONDA_PREFIX", "active conda environment"),
    ):
        prefix = host.environ.get(variable, "").strip()
        if prefix and not _only_envdocs(host, prefix, ask.own_prefix):
            return _prefix(host, prefix, by)
    return _first_on_path(host, ask.own_prefix)


def _folder(host: Host, folder: str) -> Choice:
    if host.stat(folder).why is Why.ABSENT:
        hint = text("errors", "no-such-folder-hint")
        raise UsageError(text("errors", "no-such-folder", folder=folder), hint=hint)
    return _prefix(host, folder, "--env")


# Environments that pipx, `uv tool` and uvx make for a program: nobody trains in them.
_TOOL_PLACES = pattern(r"[/\\](pipx[/\\]venvs|uv[/\\]tools|(archive|builds|environments)-v\d+)[/\\]")


def _only_envdocs(host: Host, prefix: str, own_prefix: str) -> bool:
    """Whether an active environment is envdoc's alone. One that the user activated and put envdoc into is not."""
    return bool(own_prefix) and paths.same(host, prefix, own_prefix) and bool(_TOOL_PLACES.search(prefix))


def _prefix(host: Host, prefix: str, by: str) -> Choice:
    python = python_of(host, prefix)
    if paths.exists(host, python):
        return Choice(prefix, python, by)
    listed = host.listdir(paths.parent(host, python)).or_else(())
    gone = paths.name(host, python) in listed  # its base was removed or updated away
    return Choice(prefix, "", by, f"{python} leads nowhere" if gone else f"no Python in {prefix}")


def _interpreter(host: Host, named: str) -> Choice:
    path = paths.absolute(host, named) if paths.exists(host, named) else host.which(named) or ""
    if not path:
        raise UsageError(text("errors", "no-such-program", named=named), hint=text("errors", "no-such-program-hint"))
    real = behind(host, path)
    if not real:
        return Choice("", "", "--python", f"pyenv has chosen no version for {path}")
    return Choice(prefix_of(host, _unlinked(host, real)), real, "--python")


def _unlinked(host: Host, path: str) -> str:
    """The interpreter in its own prefix: links are followed unless a virtual environment made them."""
    return path if pyvenv(host, prefix_of(host, path)) else host.realpath(path)


def _first_on_path(host: Host, own_prefix: str) -> Choice:
    for path, _ in on_path(host):
        prefix = prefix_of(host, _unlinked(host, path))
        if own_prefix and paths.same(host, prefix, own_prefix):
            continue
        if not is_store_alias(path) or describe(host, path).kind is PythonKind.STORE:
            return Choice(prefix, path, "PATH")
    return Choice("", "", "PATH", "no Python on PATH")


def probe(host: Host, choice: Choice, memory: Memory = NOTHING) -> Target:
    """The chosen environment with its packages, read from its files."""
    if not choice.python:
        empty = Target(TargetKind.NONE, choice.prefix, choice.chosen_by)
        return without(empty, missing(Why.ABSENT, choice.chosen_by, choice.detail))
    python, prefix, folders = _looked_at(host, choice)
    found = packages(host, folders)
    return Target(
        kind=_kind(host, prefix),
        prefix=prefix,
        chosen_by=choice.chosen_by,
        python=known(python, choice.python),
        packages=known(found, "site-packages") if folders else missing(Why.ABSENT, prefix, "no site-packages"),
        leftovers=leftovers(host, folders, found),
        torch=torch_build(host, folders, memory),
        extensions=extensions(host, found),
        marker=marker(host, prefix),
    )


def _looked_at(host: Host, choice: Choice) -> tuple[Python, str, tuple[str, ...]]:
    """The interpreter, its prefix and its site folders: by files; where these do not tell, by its own word."""
    python = describe(host, choice.python)
    folders = site_folders(host, choice.prefix, python.minor)
    if python.version and folders:
        return python, choice.prefix, folders
    from envdoc.probe import inside

    if is_script(host, choice.python):  # whatever it starts may be more than a Python
        return python, choice.prefix, folders
    told = inside.ask(host, python)
    return (told.python, told.prefix, told.sites) if told else (python, choice.prefix, folders)


def is_script(host: Host, path: str) -> bool:
    """Whether the program is a text that a shell or another Python runs: such a thing is never started by looking."""
    return host.read(path, limit=2).or_else("") == "#!"


def _kind(host: Host, prefix: str) -> TargetKind:
    if pyvenv(host, prefix):
        return TargetKind.VENV
    conda = paths.exists(host, paths.join(host, prefix, "conda-meta"))
    return TargetKind.CONDA if conda else TargetKind.SYSTEM


def marker(host: Host, prefix: str) -> Fact[dict[str, str]]:
    """What envdoc wrote into an environment that it made: `.envdoc/state.json`, a flat object of strings."""
    path = paths.join(host, prefix, ".envdoc", "state.json")
    text = host.read(path)
    if text.value is None:
        return missing(text.why or Why.ABSENT, path, text.detail, text.code)
    try:
        told = loads(text.value)
    except ValueError as error:
        return missing(Why.FAILED, path, f"not JSON: {error}")
    if not isinstance(told, dict):
        return missing(Why.FAILED, path, "not an object")
    return known({str(name): str(value) for name, value in told.items()}, path)
