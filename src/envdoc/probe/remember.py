"""What one run of envdoc remembers for the next: one small JSON file in the user's cache folder.

Only things that cost much and cannot change unseen are kept, under a key of what they depend on. Only good news
is kept: a failure is asked again each time. A cache that cannot be read or written is no cache, silently.
"""

from __future__ import annotations

import contextlib
import json
import os  # not pathlib: it costs 4 ms of a start that has 200
import threading
import time

from envdoc.model.jsontext import loads
from envdoc.model.value import dataclass

_FILE = "remembered.json"
_LARGEST = 1 << 20  # characters; it holds a few values
_WRITING = threading.Lock()  # probes run side by side


@dataclass(frozen=True, slots=True)
class Memory:
    """The remembered values; without a folder it is empty and stays so."""

    folder: str = ""
    fresh: bool = False  # ask all again, and remember that

    def get(self, key: str, *, seconds: float) -> tuple[object, float] | None:
        """The value under `key` and its age, if it is not older than `seconds`."""
        entry = None if self.fresh else self._load().get(key)
        if not isinstance(entry, dict) or not isinstance(entry.get("at"), (int, float)):
            return None
        age = time.time() - entry["at"]
        return (entry.get("value"), age) if 0 <= age <= seconds else None

    def put(self, key: str, value: object) -> None:
        """Keep a JSON value under `key`, and drop what else is old. Never raises."""
        if not self.folder:
            return
        with _WRITING:
            kept = {name: entry for name, entry in self._load().items() if _young(entry)}
            kept[key] = {"at": time.time(), "value": value}
            with contextlib.suppress(OSError):
                self._write(json.dumps(kept))

    def _load(self) -> dict[str, object]:
        if not self.folder:
            return {}
        try:
            with open(self._path(), encoding="utf-8") as file:  # noqa: PTH123
                told = loads(file.read(_LARGEST))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _write(self, text: str) -> None:
        """Written aside and moved into place, so that a reader never meets half a file."""
        os.makedirs(self.folder, exist_ok=True)  # noqa: PTH103
        aside = f"{self._path()}.{os.getpid()}"
        with open(aside, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)
        os.replace(aside, self._path())  # noqa: PTH105

    def _path(self) -> str:
        return os.path.join(self.folder, _FILE)  # noqa: PTH118


NOTHING = Memory()


def _young(entry: object) -> bool:
    at = entry.get("at") if isinstance(entry, dict) else None
    return isinstance(at, (int, float)) and 0 <= time.time() - at <= 30 * 24 * 3600
