"""`.envdoc/state.json`: what the environment is now, a flat object of strings that other rooms read.

schema       "1"
state        "building" (a run is under way or was cut), "failed", "usable" (only after proof), "adopted"
profile      id of the profile;  environment: its path;  plan: hash of the plan's steps
python       "3.12";  torch: "2.7.0+cu128";  cuda: "cu128" | "cpu" | ""
proved       UTC time of the proof, "" before it;  envdoc: version that wrote this
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from envdoc import __version__
from envdoc.installer.folder import Folder, read_table, write_json

BUILDING, FAILED, USABLE, ADOPTED = "building", "failed", "usable", "adopted"


def read(folder: Folder) -> dict[str, str]:
    """The state as written last; {} where there is none."""
    return read_table(folder.state)


def write(folder: Folder, state: str, **values: str) -> None:
    """Replace the state at once; values not named are kept. The proof's time stays only while `usable`.

    Raises:
        OSError: no space, no permission.
    """
    table = {**read(folder), **values, "schema": "1", "state": state, "envdoc": __version__}
    table["proved"] = now() if state == USABLE else ""
    write_json(folder.state, table)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def plan_hash(wanted: Sequence[tuple[str, str]]) -> str:
    """A short hash of a plan's (step id, fingerprint) pairs."""
    text = "\n".join(f"{step} {fingerprint}" for step, fingerprint in wanted)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
