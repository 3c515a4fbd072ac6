"""`envdoc hosts`: the files for Ansible, written into a folder."""

from __future__ import annotations

from pathlib import Path

from envdoc.errors import EnvdocError, UsageError
from envdoc.fleet import ansible
from envdoc.host.base import Host
from envdoc.workflow.fleet import machines
from envdoc.workflow.wishes import FleetWish


def write(host: Host, wish: FleetWish, folder: str, *, over: bool) -> tuple[str, ...]:
    """Write them; the names of the files.

    Raises:
        DataError: the hostfile cannot be read.
        UsageError: a file is there already, and `over` does not allow to replace it.
        EnvdocError: it cannot be written.
    """
    options = [
        *(("--env", wish.env) if wish.env else ()),
        *(word for path in wish.paths for word in ("--have", path)),
    ]
    files = ansible.files(machines(host, wish.hosts), wish.envdoc, options)
    target = Path(folder)
    there = [file.name for file in files if (target / file.name).exists()]
    if there and not over:
        raise UsageError(f"already there: {', '.join(there)}", hint="name another folder, or replace them with --yes")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            (target / file.name).write_bytes(file.written)
        (target / ansible.FACT).chmod(0o755)
    except OSError as error:
        raise EnvdocError(f"{folder}: cannot be written: {error.strerror}", hint="name another folder") from error
    return tuple(file.name for file in files)
