"""`envdoc facts`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption
from envdoc.render.lines import Line


def register(app: typer.Typer) -> None:
    app.command("facts", epilog="Example: envdoc facts torch --format json")(facts)


def facts(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="One table; all their names without it.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Print the compatibility rows that envdoc decides by, with source and date."""
    from envdoc.knowledge import facts as known

    data: dict[str, Any] = known.table(table) if table else dict.fromkeys(known.names())
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("facts", 0, facts=data if table else {}, tables=list(known.names())))
    elif table:
        output.lines(_rows(data[table]))
    else:
        output.plain("\n".join(f"envdoc facts {name}" for name in data))


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
