"""`envdoc check --hosts --format json`: the one document."""

from __future__ import annotations

from typing import Any

from envdoc.model.fleet import FactRow, FleetReport, HostAnswer
from envdoc.render.document import envelope


def fleet_document(report: FleetReport, code: int) -> dict[str, Any]:
    """Machines with their answers, and every fact with who stands out in it."""
    return envelope(
        "check",
        code,
        report.findings,
        hosts=[_host(answer) for answer in report.answers],
        facts=[_fact(row) for row in report.rows],
        seconds=round(report.seconds, 3),
    )


def _host(answer: HostAnswer) -> dict[str, Any]:
    return {
        "name": answer.name,
        "answered": answer.machine is not None,
        "code": answer.code,
        "why": answer.why,
        "errors": list(answer.errors),
        "clock_offset": None if answer.offset is None else round(answer.offset, 1),
        "seconds": round(answer.seconds, 3),
    }


def _fact(row: FactRow) -> dict[str, Any]:
    return {
        "fact": row.fact,
        "title": row.title,
        "usual": row.usual,
        "differs": row.differs,
        "others": [{"value": value, "hosts": list(hosts)} for value, hosts in row.others],
        "unknown": [{"why": why, "hosts": list(hosts)} for why, hosts in row.unknown],
    }
