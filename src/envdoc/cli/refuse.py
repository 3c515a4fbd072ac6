"""Options that say nothing together are refused: one that is silently ignored reads as obeyed."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.errors import UsageError


def refuse(given: Mapping[str, object], why: str) -> None:
    """Refuse the first option that was given.

    Raises:
        UsageError: the option cannot be used here; `why` follows "it ...".
    """
    for option, value in given.items():
        if value:
            raise UsageError(f"`{option}` cannot be used here", hint=f"it {why}")
