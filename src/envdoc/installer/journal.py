"""The journal: what was begun and how it ended, one JSON object a line, on disk before the next thing happens.

    {"event": "begin", "kind": "made", "environment": "/envs/a", "profile": "cpu", "time": "…", "envdoc": "0.1.0"}
    {"event": "started", "step": "torch", "fingerprint": "5d1f…", "time": "…"}
    {"event": "done", "step": "torch", "fingerprint": "5d1f…", "time": "…", "detail": "…", "data": {…}}

A kill may cut the last line short: it is ignored when read, and closed before the next line is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from envdoc import __version__
from envdoc.installer import safefile
from envdoc.model.value import dataclass, field

BEGIN, STARTED, DONE, FAILED, INTERRUPTED = "begin", "started", "done", "failed", "interrupted"
USABLE, ROLLING_BACK, ROLLED_BACK = "usable", "rolling-back", "rolled-back"
REMOVING, REMOVED = "removing", "removed"
_UNDOING = (ROLLING_BACK, ROLLED_BACK, REMOVING, REMOVED)
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


_LIMIT = 1 << 24  # bytes at its end that are read: a thousand installations
_FIELDS = ("event", "step", "fingerprint", "time", "envdoc", "detail", "kind", "environment", "profile")


def parse(data: bytes) -> tuple[Entry, ...]:
    """The whole lines of a journal; a line that a kill cut short, or that is not ours, is left out."""
    lines = data.split(b"\n")[:-1]
    return tuple(entry for line in lines if (entry := _entry(line)) is not None)


def _entry(line: bytes) -> Entry | None:
    table = safefile.json_of(line)
    if not isinstance(table, dict) or not isinstance(table.get("event"), str):
        return None
    kept = {name: table[name] for name in _FIELDS if isinstance(table.get(name), str)}
    data = table.get("data")
    pairs = data.items() if isinstance(data, dict) else ()
    return Entry(**kept, data={str(key): value for key, value in pairs if isinstance(value, str)})


def read(path: Path) -> tuple[Entry, ...]:
    """The journal's entries, oldest first, the newest thousands of them; () where there is none."""
    return parse(safefile.tail(path, _LIMIT) or b"")


def append(path: Path, entry: Entry) -> Entry:
    """Write one entry and wait until it is on disk. Returns it with its time and version.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission. Then the entry counts as not written.
    """
    from datetime import UTC, datetime

    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    table: dict[str, object] = {name: value for name in _FIELDS if (value := getattr(entry, name))}
    table |= {"time": stamp, "envdoc": __version__}
    if entry.data:
        table["data"] = entry.data
    line = safefile.line_of(table)
    safefile.append(path, line)
    written = _entry(line)
    assert written is not None
    return written


def done_steps(entries: Sequence[Entry], wanted: Sequence[tuple[str, str]]) -> int:
    """How many steps of a plan, from its start, are done already. `wanted`: (step id, fingerprint) in order.

    A step counts when its newest entry says done with the wanted fingerprint and stands after the step before
    it: once an earlier step was done anew, the later ones are done anew too. A rollback undoes them all.
    """
    newest: dict[str, tuple[int, Entry]] = {}
    for place, entry in enumerate(entries):
        if entry.event in _UNDOING:
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


def was_done(entries: Sequence[Entry], step: str) -> bool:
    """Whether the step was ever done since the last rollback or removal."""
    done = False
    for entry in entries:
        done = entry.event not in _UNDOING and (done or (entry.step == step and entry.event == DONE))
    return done


def was_cut(entries: Sequence[Entry], step: str) -> bool:
    """Whether the step's last run began and did not end well (killed, interrupted or failed)."""
    found = next((entry for entry in reversed(entries) if entry.step == step), None)
    return found is not None and found.event != DONE


def is_open(entries: Sequence[Entry]) -> bool:
    """Whether the last run was killed in the midst of a step: its engine may have outlived it."""
    found = next((entry for entry in reversed(entries) if entry.step or entry.event in _UNDOING), None)
    return found is not None and found.event == STARTED


def undoing(entries: Sequence[Entry]) -> str:
    """How far the last rollback or removal came, if nothing was begun since: its newest event; "" for none."""
    for entry in reversed(entries):
        if entry.event in _UNDOING:
            return entry.event
        if entry.event == BEGIN:
            return ""
    return ""


def kind_of(entries: Sequence[Entry]) -> str:
    """`made`, `adopted`, or "" where envdoc never began here, has given an adopted environment back, or has
    removed what it made."""
    kind = ""
    for entry in entries:
        if entry.event == BEGIN:
            kind = kind or entry.kind
        elif entry.event == REMOVED or (entry.event == ROLLED_BACK and kind == ADOPTED):
            kind = ""
    return kind


def tells(entries: Sequence[Entry]) -> bool:
    """Whether the journal says by itself what kind of environment this is."""
    return any(entry.event in (BEGIN, ROLLED_BACK, REMOVED) for entry in entries)
