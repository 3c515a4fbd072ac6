"""`diagnose --format json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envdoc.model.finding import Finding
from envdoc.render.document import envelope


def diagnosis_document(
    source: str, findings: tuple[Finding, ...], told: Mapping[str, object], code: int
) -> dict[str, Any]:
    """The document; `told` adds what was looked at, what the log says of its machine, and what was folded."""
    return envelope("diagnose", code, findings, source=source, **told)
