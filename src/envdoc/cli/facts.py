"""`envdoc facts`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption
from envdoc.cli.refuse import refuse
from envdoc.render.lines import Line


def register(app: typer.Typer) -> None:
    app.command("facts", epilog="Example: envdoc facts torch --format json")(facts)


def facts(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="One table; all their names without it.")
    ] = None,
    age: Annotated[bool, typer.Option("--age", help="How old each table is, and how long it is good for.")] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Print the compatibility rows that envdoc decides by, with source and date."""
    if age:
        refuse({"TABLE": table}, "names one table, and --age shows all")
        _show_ages(form)
        return
    from envdoc.knowledge import facts as known

    data: dict[str, Any] = known.table(table) if table else dict.fromkeys(known.names())
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("facts", 0, facts=data if table else {}, tables=list(known.names())))
    elif table:
        output.lines(_rows(data[table]))
    else:
        output.plain("\n".join(f"envdoc facts {name}" for name in data))


def _show_ages(form: Format) -> None:
    from envdoc.knowledge.freshness import ages
    from envdoc.workflow.freshness import today

    found = ages(today())
    if form is Format.JSON:
        from envdoc.render.document import envelope

        rows = [
            {"table": each.rule.table, "looked": each.looked.isoformat(), "days": each.days, "limit": each.rule.days,
             "expired": each.expired, "decides": each.rule.decides, "how": each.rule.how}
            for each in found
        ]  # fmt: skip
        output.document(envelope("facts", 0, facts={"ages": rows}, tables=[each.rule.table for each in found]))
        return
    output.lines(
        Line(
            f"{each.rule.table:<18} {each.looked}  {each.days:>4} of {each.rule.days:>3} days  {each.rule.how}",
            mark="warn" if each.expired else "pass",
        )
        for each in found
    )


def _rows(rows: list[dict[str, Any]]) -> Iterator[Line]:
    for row in rows:
        shown = {key: value for key, value in row.items() if key not in ("source", "checked")}
        yield Line(", ".join(f"{key} {_short(value)}" for key, value in shown.items() if not _unsaid(value)))
        yield Line(f"{row['source']} ({row['checked']})", indent=4, style="dim")


def _unsaid(value: Any) -> bool:
    """Nothing is known or meant: 0, "", no items; `False` says something."""
    return value is None or (value is not False and not value)


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{key} {_short(item)}" for key, item in value.items())
    return str(value)
