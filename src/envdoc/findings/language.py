"""Which language the reader wants: an option, else the system's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


# The order in which POSIX asks them: LANGUAGE is GNU's list of wishes, LC_ALL outranks the rest.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(wish: str, environ: Mapping[str, str], system: str = "") -> Language:
    """The language of `--lang` or ENVDOC_LANG, else of the locale's variables, else of the system's user interface.

    `system` is Windows' user interface language (`zh-CN`), "" where there is none; the variables count there as well.
    """
    told = wish or asked(environ) or system
    return Language.ZH if told.lower().replace("-", "_").partition("_")[0].partition(".")[0] == "zh" else Language.EN


def asked(environ: Mapping[str, str]) -> str:
    """What ENVDOC_LANG or the locale's variables say; "" where none says anything."""
    return environ.get("ENVDOC_LANG") or next((environ[name] for name in _VARIABLES if environ.get(name)), "")
