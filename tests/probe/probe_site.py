"""Fake distributions on the real file system."""

from __future__ import annotations

from pathlib import Path


def install(site: Path, name: str, version: str, files: tuple[str, ...] = (), **texts: str) -> Path:
    """A distribution's metadata, and empty files."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(texts.pop("METADATA", f"Name: {name}\nVersion: {version}\n\n"))
    (info / "RECORD").write_text("")
    for file, text in texts.items():
        (info / file).write_text(text)
    for each in files:
        (site / each).parent.mkdir(parents=True, exist_ok=True)
        (site / each).write_text("")
    return info
