"""`envdoc data check | init`."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption, QuietOption, StrictOption
from envdoc.model.finding import findings_code

NameOption = Annotated[
    list[str] | None, typer.Option("--name", metavar="N", help="Only this data set; repeat, or separate by commas.")
]
TokenizerOption = Annotated[
    str | None,
    typer.Option("--tokenizer", metavar="DIR|FILE", help="Count tokens too, with this model's tokenizer.json."),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Check training data as LLaMA-Factory reads it, and describe new data.",
        rich_markup_mode=None,
        invoke_without_command=True,
    )
    group.callback()(bare)
    group.command("check", epilog="Example: envdoc data check data --name alpaca_en_demo")(check)
    group.command("init", epilog="Example: envdoc data init sample.jsonl -o data/dataset_info.json")(init)
    app.add_typer(group, name="data")


def bare(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        output.plain(context.get_help())


def check(
    path: Annotated[str, typer.Argument(metavar="DIR|FILE", help="The data folder, or its dataset_info.json.")],
    name: NameOption = None,
    tokenizer: TokenizerOption = None,
    strict: StrictOption = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
) -> None:
    """Judge every record: what would fail, be dropped or silently changed. Nothing in the data is executed."""
    from envdoc.cli.reading import Reading
    from envdoc.workflow.context import local_host
    from envdoc.workflow.data import check_data

    begun = time.monotonic()
    host = local_host()
    with Reading(quiet=quiet) as reading:
        done = check_data(host, path, name or (), tokenizer=tokenizer or "", on_progress=reading.event)
    code = findings_code(done.every, strict=strict)
    if form is Format.JSON:
        from envdoc.render.data import data_document

        output.document(data_document(done.file, done.datasets, done.every, code))
    else:
        from envdoc.render.data import data_lines

        seconds = time.monotonic() - begun
        lines = data_lines(done.file, done.datasets, done.findings, host.system, quiet=quiet, seconds=seconds)
        output.lines(lines)
    raise typer.Exit(code)


def init(
    sample: Annotated[str, typer.Argument(metavar="SAMPLE", help="A data file, or a folder of them.")],
    name: Annotated[str, typer.Option("--name", metavar="N", help="The entry's name; else the file's.")] = "",
    file: Annotated[
        str | None,
        typer.Option("-o", "--output", "--write", metavar="FILE", help="Add it to this dataset_info.json."),
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write the dataset_info.json entry for a data file: format and columns are guessed, and said."""
    from envdoc.render.document import envelope, to_json
    from envdoc.workflow.context import local_host
    from envdoc.workflow.data import propose_entry, with_entry, write_whole

    made = propose_entry(local_host(), sample, name)
    text = with_entry(file, made) if file else ""
    if form is Format.JSON:
        output.document(
            envelope(
                "data", 0, entry={made.name: made.entry}, notes=list(made.notes), records=made.records, file=file
            )
        )
    else:
        output.plain(to_json({made.name: made.entry}))
    output.talk(f"Guessed from {made.records} records:")
    for note in made.notes:
        output.talk(f"  {note}")
    if file:
        write_whole(file, text)
        output.talk(
            f"Added to {file}; other entries stay as they were. Next: envdoc data check {file} --name {made.name}"
        )
