"""The journal: what was begun and how it ended, one JSON object a line, on disk before the next thing happens.

    {"event": "begin", "kind": "made", "environment": "/envs/a", "profile": "cpu", "time": "…", "envdoc": "0.1.0"}
    {"event": "started", "step": "torch", "fingerprint": "5d1f…", "time": "…"}
    {"event": "done", "step": "torch", "fingerprint": "5d1f…", "time": "…", "detail": "…", "data": {…}}

A kill may cut the last line short: it is ignored when read, and closed before the next line is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from envdoc import __version__
from envdoc.model.value import dataclass, field

BEGIN, STARTED, DONE, FAILED, INTERRUPTED = "begin", "started", "done", "failed", "interrupted"
USABLE, ROLLING_BACK, ROLLED_BACK = "usable", "rolling-back", "rolled-back"
MADE, ADOPTED = "made", "adopted"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. `data` holds what a later run needs: the Python found, versions before a step."""

    event: str
    step: str = ""
    fingerprint: str = ""
    time: str = ""
    envdoc: str = ""
    detail: str = ""
    kind: str = ""
    environment: str = ""
    profile: str = ""
    data: dict[str, str] = field(default_factory=dict)


_FIELDS = ("event", "step", "fingerprint", "time", "envdoc", "detail", "kind", "environment", "profile")


def parse(text: str) -> tuple[Entry, ...]:
    """The whole lines of a journal; a line that a kill cut short, or that is not ours, is left out."""
    out = []
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            continue
        entry = _entry(line)
        if entry is not None:
            out.append(entry)
    return tuple(out)


def _entry(line: str) -> Entry | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("event"), str):
        return None
    plain = {name: str(data.get(name, "")) for name in _FIELDS}
    extra = data.get("data")
    table = {str(key): str(value) for key, value in extra.items()} if isinstance(extra, dict) else {}
    return Entry(**plain, data=table)


def read(path: Path) -> tuple[Entry, ...]:
    """The journal's entries, oldest first; () where there is none."""
    try:
        return parse(path.read_bytes().decode("utf-8", errors="replace"))
    except OSError:
        return ()


def append(path: Path, entry: Entry) -> Entry:
    """Write one entry and wait until it is on disk. Returns it with its time and version.

    Raises:
        OSError: no space, no permission. Then the entry counts as not written.
    """
    from datetime import UTC, datetime

    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    table: dict[str, object] = {name: value for name in _FIELDS if (value := getattr(entry, name))}
    table |= {"time": stamp, "envdoc": __version__}
    if entry.data:
        table["data"] = entry.data
    with path.open("ab+") as file:
        if file.tell() and not _ends_whole(file.fileno(), file.tell()):
            file.write(b"\n")
        file.write(json.dumps(table, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    written = _entry(json.dumps(table))
    assert written is not None
    return written


def _ends_whole(handle: int, size: int) -> bool:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def done_steps(entries: Sequence[Entry], wanted: Sequence[tuple[str, str]]) -> int:
    """How many steps of a plan, from its start, are done already. `wanted`: (step id, fingerprint) in order.

    A step counts when its newest entry says done with the wanted fingerprint and stands after the step before
    it: once an earlier step was done anew, the later ones are done anew too. A rollback undoes them all.
    """
    newest: dict[str, tuple[int, Entry]] = {}
    for place, entry in enumerate(entries):
        if entry.event in (ROLLING_BACK, ROLLED_BACK):
            newest.clear()
        elif entry.step:
            newest[entry.step] = (place, entry)
    last = -1
    for count, (step, fingerprint) in enumerate(wanted):
        place, found = newest.get(step, (-1, None))
        if found is None or found.event != DONE or found.fingerprint != fingerprint or place < last:
            return count
        last = place
    return len(wanted)


def last_of(entries: Sequence[Entry], step: str, event: str) -> Entry | None:
    """The newest entry of a step with this event."""
    return next((entry for entry in reversed(entries) if entry.step == step and entry.event == event), None)


def was_cut(entries: Sequence[Entry], step: str) -> bool:
    """Whether the step's last run began and did not end well (killed, interrupted or failed)."""
    found = next((entry for entry in reversed(entries) if entry.step == step), None)
    return found is not None and found.event != DONE


def kind_of(entries: Sequence[Entry]) -> str:
    """`made`, `adopted`, or "" where envdoc never began here, or has given an adopted environment back."""
    kind = ""
    for entry in entries:
        if entry.event == BEGIN:
            kind = kind or entry.kind
        elif entry.event == ROLLED_BACK and kind == ADOPTED:
            kind = ""
    return kind
