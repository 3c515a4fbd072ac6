"""The distributions of an environment as they were when it was proved, and whether they still are."""

from __future__ import annotations

from pathlib import Path

from envdoc.installer import journal, state
from envdoc.installer.dists import installed, lost, torch_cuda, versions
from envdoc.installer.folder import Folder, table_of, write_json
from envdoc.installer.hold import cuda_tag, torch_pin
from envdoc.installer.safefile import SHARED
from envdoc.model.cuda import cuda_of
from envdoc.model.digest import digest
from envdoc.model.plan import Plan


def unchanged(folder: Folder) -> bool:
    """Whether none of the proved distributions is gone, doubled or of another version. Others may have come. A list
    that is not the one that was proved tells nothing: then the engine looks again."""
    table = table_of(folder.installed)
    if not table or _digest(table) != state.read(folder).get("installed"):
        return False
    now = versions(folder.site_packages)
    return all(now.get(name) == version for name, version in table.items()) and is_whole(folder)


def is_whole(folder: Folder) -> bool:
    """Whether every file is there with content, where the machine was started anew since the proof: engines do not
    wait for the disk, and where the power went, what they wrote last may be missing or empty."""
    entries = reversed(journal.read(folder.journal))
    then = next((entry.data.get("boot", "") for entry in entries if entry.event == journal.USABLE), "")
    return then in ("", boot()) or not any(map(lost, installed(folder.site_packages)))


def boot() -> str:
    """A hash of Linux' name for this start of the machine; "" elsewhere."""
    try:
        told = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
    return digest(told)


def torch_is(plan: Plan, folder: Folder) -> bool:
    """Whether torch's own files name the CUDA that the plan pins, where it pins any."""
    tag = cuda_tag(torch_pin(plan))
    return not tag or torch_cuda(folder.site_packages) == (cuda_of(tag) or "")


def remember(folder: Folder) -> str:
    """Keep the versions as they were proved; returns their hash.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission.
    """
    table = versions(folder.site_packages)
    write_json(folder.installed, table, SHARED)
    return _digest(table)


def _digest(table: dict[str, str]) -> str:
    return state.lines_hash([f"{name} {version}" for name, version in sorted(table.items())])
