"""`.envdoc/state.json`: what the environment is now, a flat object of strings that other rooms read.

schema       "1"
state        "building" (a run is under way or was cut), "failed", "usable" (only after proof), "adopted"
profile      id of the profile;  environment: its path;  plan: hash of the plan's steps
lock         hash of the lock's lines;  kind: "made" or "adopted"
python       "3.12";  torch: "2.7.0+cu128";  cuda: "cu128" | "cpu" | ""
installed    hash of installed.json, what was proved
proved       UTC time of the proof, "" before it;  envdoc: version that wrote this
"""

from __future__ import annotations

from collections.abc import Sequence

from envdoc import __version__
from envdoc.installer import journal
from envdoc.installer.folder import Folder, read_table, write_json
from envdoc.installer.safefile import SHARED
from envdoc.model.digest import digest

BUILDING, FAILED, USABLE, ADOPTED = "building", "failed", "usable", "adopted"


def read(folder: Folder) -> dict[str, str]:
    """The state as written last; {} where there is none."""
    return read_table(folder.state)


def kind(folder: Folder, entries: Sequence[journal.Entry]) -> str:
    """`made`, `adopted` or "", by the journal; by the state where a journal lost the lines that say it."""
    return journal.kind_of(entries) if journal.tells(entries) else read(folder).get("kind", "")


def write(folder: Folder, state: str, **values: str) -> None:
    """Replace the state at once; values not named are kept. The proof's time stays only while `usable`.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission.
    """
    table = {**read(folder), **values, "schema": "1", "state": state, "envdoc": __version__}
    table["proved"] = now() if state == USABLE else ""
    write_json(folder.state, table, SHARED)


def now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def lines_hash(lines: Sequence[str]) -> str:
    """A short hash of a lock's lines."""
    return digest("\n".join(lines))


def plan_hash(wanted: Sequence[tuple[str, str]]) -> str:
    """A short hash of a plan's (step id, fingerprint) pairs."""
    return lines_hash([f"{step} {fingerprint}" for step, fingerprint in wanted])
