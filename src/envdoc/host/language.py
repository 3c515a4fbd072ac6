"""The language of Windows' user interface."""

from __future__ import annotations

import sys

_CHINESE = 0x04  # LANG_CHINESE, the low ten bits of a LANGID such as 0x0804


def ui_language() -> str:
    """`zh` or `en` for Windows' user interface; "" on other systems, whose variables say it."""
    if sys.platform != "win32":
        return ""
    import ctypes

    langid: int = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return of_langid(langid)


def of_langid(langid: int) -> str:
    """`zh` for each of Chinese's regions (0x0804, 0x0404, ...), else `en`."""
    return "zh" if langid & 0x3FF == _CHINESE else "en"
