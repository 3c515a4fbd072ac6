"""A Chinese Windows: wine takes the code pages (936) and the language of its user from the locale that starts it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from lab import place

_SOURCES = Path("/usr/share/i18n/locales/zh_CN")
LOCALE = "zh_CN.UTF-8"  # UTF-8: wine makes file names of it


def why_not() -> str:
    """What is missing to make the locale; "" where nothing is."""
    if not shutil.which("localedef") or not _SOURCES.exists():
        return "no sources of locales: apt-get install locales"
    return ""


def variables() -> dict[str, str]:
    """What starts a program on a Chinese Windows. The locale is made once, in the lab's own folder."""
    folder = place.home() / "locales"
    if not (folder / LOCALE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        argv = ["localedef", "-i", "zh_CN", "-f", "UTF-8", str(folder / LOCALE)]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return {"LC_ALL": LOCALE, "LOCPATH": str(folder)}
