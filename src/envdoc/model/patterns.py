"""Regular expressions that are compiled when they are first used.

A module that is imported at every start compiles nothing for a text that this run may never meet: forty patterns took
8 ms of `envdoc check`.

    _NAME = pattern(r"\\b(NVML_ERROR_[A-Z_]+)\\b")
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")


class _Uncompiled:
    def __init__(self, *written: Any) -> None:
        self._written = written

    def __getattr__(self, name: str) -> Any:
        """Reached once: the methods then stand in the object itself, and cost what a pattern's own cost."""
        compiled = re.compile(*self._written)
        vars(self).update((each, getattr(compiled, each)) for each in _METHODS)
        return getattr(compiled, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A pattern as `re.compile` makes it, compiled at its first use. It is no argument for `re.sub` and the like."""
    return cast("re.Pattern[AnyStr]", _Uncompiled(text, flags))
