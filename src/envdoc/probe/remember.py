"""What one run of envdoc remembers for the next: one small JSON file in the user's cache folder.

Only things that cost much and cannot change unseen are kept, under a key of what they depend on. Only good news
is kept: a failure is asked again each time. A cache that cannot be read or written is no cache, silently.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

_FILE = "remembered.json"


@dataclass(frozen=True, slots=True)
class Memory:
    """The remembered values; without a folder it is empty and stays so."""

    folder: str = ""

    def get(self, key: str, *, seconds: float) -> tuple[object, float] | None:
        """The value under `key` and its age, if it is not older than `seconds`."""
        entry = self._load().get(key)
        if not isinstance(entry, dict) or not isinstance(entry.get("at"), (int, float)):
            return None
        age = time.time() - entry["at"]
        return (entry.get("value"), age) if 0 <= age <= seconds else None

    def put(self, key: str, value: object) -> None:
        """Keep a JSON value under `key`, and drop what else is old. Never raises."""
        if not self.folder:
            return
        kept = {name: entry for name, entry in self._load().items() if _young(entry)}
        kept[key] = {"at": time.time(), "value": value}
        try:
            self._write(json.dumps(kept))
        except OSError:
            return

    def _load(self) -> dict[str, object]:
        if not self.folder:
            return {}
        try:
            told = json.loads((Path(self.folder) / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _write(self, text: str) -> None:
        """Written aside and moved into place, so that a reader never meets half a file."""
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{_FILE}.{os.getpid()}"
        aside.write_text(text, encoding="utf-8")
        aside.replace(folder / _FILE)


def _young(entry: object) -> bool:
    at = entry.get("at") if isinstance(entry, dict) else None
    return isinstance(at, (int, float)) and 0 <= time.time() - at <= 30 * 24 * 3600
