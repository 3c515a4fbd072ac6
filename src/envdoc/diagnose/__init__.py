"""A failing log -> findings: the root cause first, with the lines that say so and what mends it.

    bytes ──scan──▶ Sightings ──match──▶ Matches ──logic, rank──▶ Findings
     (one linear pass for   (patterns on small   (what the whole log and the
      literal anchors)       windows only)        machine say; follow-ups folded)

Rules are data in `rules/*.yaml`; where data does not suffice, a function beside them in `logic/`. Nothing of a
log is ever executed, followed or printed unescaped.
"""

from __future__ import annotations

from envdoc.diagnose.engine import diagnose_bytes, diagnose_stream, diagnose_text
from envdoc.diagnose.values import Context, Diagnosis, LookedAt

__all__ = ["Context", "Diagnosis", "LookedAt", "diagnose_bytes", "diagnose_stream", "diagnose_text"]
