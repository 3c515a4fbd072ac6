"""Whether the tables are fresh enough for today."""

from __future__ import annotations

from datetime import date

from envdoc.model.finding import Finding


def today() -> date:
    return date.today()


def stale() -> tuple[Finding, ...]:
    """One finding where `resolve` rests on tables that are older than their rule allows."""
    from envdoc.findings import finding, text
    from envdoc.knowledge import freshness
    from envdoc.model.finding import Command

    old = freshness.expired(today())
    if not old:
        return ()
    told = (
        text(
            "facts-expired",
            "table",
            table=each.rule.table,
            looked=each.looked.isoformat(),
            limit=each.rule.days,
            how=each.rule.how,
        )
        for each in old
    )
    return (
        finding(
            "facts-expired",
            days=max(each.days for each in old),
            tables=", ".join(each.rule.table for each in old),
            evidence=told,
            commands=(Command("envdoc facts --age"),),
        ),
    )
