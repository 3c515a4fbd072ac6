"""`envdoc download REPO`: the line that downloads a model or data set with what an environment has, or the download
itself. It goes on where an earlier one stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from envdoc.errors import UsageError
from envdoc.findings import finding
from envdoc.host.base import Host
from envdoc.installer.dists import versions
from envdoc.installer.folder import Folder, folder_of
from envdoc.model.finding import Command, Finding, Shell
from envdoc.model.machine import System
from envdoc.model.value import dataclass, field
from envdoc.rules import hub_cli, quoting
from envdoc.rules.masks import mask
from envdoc.workflow.context import knowledge

_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?")
_TIMEOUT = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class DownloadWish:
    """What the command line asks for. `source`: huggingface or modelscope; `kind`: model or dataset."""

    repo: str
    environment: str = ""
    to: str = ""
    source: str = "huggingface"
    kind: str = "model"
    mirror: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A download as it would be started. `program`: its file where it is there, else its name."""

    argv: tuple[str, ...]
    program: str
    variables: dict[str, str] = field(default_factory=dict)
    hub: str = ""  # version of huggingface_hub in the environment
    findings: tuple[Finding, ...] = ()

    def lines(self, system: System) -> tuple[str, ...]:
        """What to paste, variables first; on Windows for cmd."""
        told = [line for name, value in self.variables.items() for line in quoting.set_variable(name, value, system)]
        every = (*told, *quoting.command(*self.argv, system=system))
        return tuple(each.command for each in every if each.shell in (Shell.ANY, Shell.BASH, Shell.CMD))


def plan(host: Host, wish: DownloadWish) -> Download:
    """The words and variables of the download.

    Raises:
        UsageError: no name of a repository, or a mirror that is none.
    """
    if not _REPO.fullmatch(wish.repo):
        raise UsageError(f"`{wish.repo}` is no name of a repository", hint="write it as ORGANISATION/NAME")
    folder = folder_of(wish.environment, host.system) if wish.environment else None
    have = versions(folder.site_packages) if folder else {}
    if wish.source == "modelscope":
        argv = hub_cli.by_modelscope(wish.repo, wish.to, kind=wish.kind)
        return _started(host, folder, argv, {}, "", _lacking("modelscope", have, folder))
    hub = have.get("huggingface-hub", "")
    argv = hub_cli.download(wish.repo, wish.to, hub, kind=wish.kind)
    variables = dict(hub_cli.variables(_endpoint(host, wish.mirror)))
    return _started(host, folder, argv, variables, hub, _lacking("huggingface-hub", have, folder))


def _endpoint(host: Host, mirror: str) -> str:
    """The named mirror, `cn` (the table's first), a URL; without any what the user's variable says."""
    rows = [row for row in knowledge().mirrors if row.of == "huggingface"]
    if not mirror:
        return host.environ.get("HF_ENDPOINT", "").strip()
    row = next((row for row in rows if mirror in (row.name, "cn")), None)
    if row is not None:
        return row.url
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", mirror):
        names = ", ".join(["cn", *(row.name for row in rows)])
        raise UsageError(f"--mirror {mask(mirror)}: no mirror of Hugging Face", hint=f"known: {names}; or a URL")
    return mirror


def _lacking(package: str, have: dict[str, str], folder: Folder | None) -> tuple[Finding, ...]:
    if folder is None or package in have:
        return ()
    commands = _install(package, folder)
    return (finding("hub-client-missing", package=package, environment=folder.root, commands=commands),)


def _install(package: str, folder: Folder) -> tuple[Command, ...]:
    from envdoc.rules.commands import install

    return install(str(folder.python), (package,), system=quoting.own_system())


def _started(
    host: Host,
    folder: Folder | None,
    argv: tuple[str, ...],
    variables: dict[str, str],
    hub: str,
    findings: tuple[Finding, ...],
) -> Download:
    name, *rest = argv
    beside = _beside(host, folder, name) if folder else ""
    program = beside or host.which(name) or name
    return Download((beside or name, *rest), program, variables, hub, findings)


def _beside(host: Host, folder: Folder, name: str) -> str:
    """The program in the environment's folder of programs; "" where it is not there."""
    place = Path(folder.root) / ("Scripts" if folder.windows else "bin")
    path = str(place / (f"{name}.exe" if folder.windows else name))
    return path if host.stat(path).known else ""


def run(host: Host, download: Download, on_line: Callable[[str], None]) -> int:
    """Start it; its exit code. What came before an interruption stays, and the next call goes on from it."""
    argv = (download.program, *download.argv[1:])
    done = host.run(argv, timeout=_TIMEOUT, env=download.variables, on_line=on_line)
    if done.returncode is None:
        on_line(f"error: {done.detail or done.why}")
        return 1
    return done.returncode
