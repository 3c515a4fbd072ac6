"""What only the whole data set shows: absent columns, mixed types, nothing left; and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.findings import text
from envdoc.model.finding import Finding
from envdoc.training.data import mapping
from envdoc.training.data.shape import Problem
from envdoc.training.data.survey import Survey
from envdoc.training.data.tally import info_finding
from envdoc.training.data.values import Entry

_FEW = 8  # columns of a file that a sentence names


def findings(survey: Survey, path: str) -> tuple[Finding, ...]:
    """All findings of a data set that was read; `path` is its (first) file."""
    entry = survey.entry
    whole = list(_whole(survey, path))
    return (*_problems(survey, path), *whole, *survey.tally.findings(entry.name), *_ending(survey, path))


def _whole(survey: Survey, path: str) -> Iterator[Finding]:
    """Absent columns and keys. What the records showed of them is no mistake of its own, and is taken out."""
    entry, columns = survey.entry, survey.books.columns()
    if not survey.records:
        return
    missing = {key: name for key, name in mapping.looked_up(entry).items() if name not in columns}
    for key, name in missing.items():
        _forget(survey, {name})
        shown = ", ".join(columns[:_FEW]) or text("data", "nothing")
        yield _at(survey, "data-column-missing", path, name, column=name, key=key, columns=shown)
    yield from _absent_keys(survey, path)
    for key, name in mapping.unused(entry, columns).items():
        place = f"{entry.name}.columns"
        values: dict[str, Any] = {"name": entry.name, "column": name, "key": key}
        yield info_finding("data-column-unused", entry.file, entry.line, place, **values)
    for name in survey.cells.numbers():
        _forget(survey, {name})
        yield _at(survey, "data-csv-numbers", path, name, column=name)
    for name in survey.dates.found():
        _forget(survey, {name})
        yield _at(survey, "data-dates", path, name, column=name)
    if entry.formatting == "openai":
        yield from _merged(survey, path)


def _forget(survey: Survey, columns: set[str]) -> None:
    groups = survey.tally.groups
    for name in [name for name in groups if _column(name[1]) in columns]:
        del groups[name]
    survey.tally.bad, survey.tally.fatal = survey.records, survey.records


def _column(key: str) -> str:
    """`conversations` of `conversations[3].value`."""
    return key.partition("[")[0]


def _absent_keys(survey: Survey, path: str) -> Iterator[Finding]:
    """Tags of messages that no message has: the release looks them up and stops."""
    entry = survey.entry
    column = entry.columns["messages"] or ""
    node = survey.books.root.fields.get(column)
    if entry.formatting == "alpaca" or node is None or node.item is None or not node.item.fields:
        return
    for tag in ("role_tag", "content_tag"):
        name = entry.tags[tag]
        if name and name not in node.item.fields:
            _forget(survey, {column})
            keys = ", ".join(node.item.fields)
            yield _at(
                survey, "data-turn-keys", path, f"{column}[].{name}", summary="absent", why=name, tag=tag, keys=keys
            )


def _merged(survey: Survey, path: str) -> Iterator[Finding]:
    """Objects whose keys differ from record to record: a table gives all of them all keys, with nulls."""
    entry = survey.entry
    calls = f"{entry.columns['messages']}[].tool_calls[].function.arguments"
    for place in (entry.columns["tools"], calls):
        found = next(survey.books.differing(place), "") if place else ""
        if found:
            yield _at(survey, "data-keys-merged", path, found, place=found)


def _problems(survey: Survey, path: str) -> Iterator[Finding]:
    for each in survey.books.problems:
        yield _problem(survey.entry, each, path)
        survey.tally.fatal += 1


def _problem(entry: Entry, problem: Problem, path: str) -> Finding:
    record, line = problem.place
    code = "data-column-late" if problem.late else "data-column-types"
    return info_finding(
        code,
        path,
        line,
        problem.path,
        record=record,
        name=entry.name,
        place=problem.path,
        kind=problem.kinds[1],
        other=problem.kinds[0],
        first=problem.first[0],
        number=record,
    )


def _ending(survey: Survey, path: str) -> Iterator[Finding]:
    tally, entry = survey.tally, survey.entry
    if not survey.records and not tally.fatal:
        yield _at(survey, "data-file-empty", path, "", what=path)
    elif survey.records and not entry.plain and tally.lost == survey.records and not tally.fatal:
        yield _at(survey, "data-all-dropped", path, "", count=f"{survey.records:,}")
    if entry.kto and survey.records > 1 and any(survey.kto.values()) and not all(survey.kto.values()):
        only = str(survey.kto[True] > 0).lower()
        yield _at(survey, "data-kto-one-kind", path, entry.columns["kto_tag"] or "", only=only)
    figures = survey.figures.told()
    if figures.duplicates:
        values = {"count": f"{figures.duplicates:,}", "compared": f"{figures.compared:,}"}
        yield _at(survey, "data-duplicates", path, "", **values)


def _at(survey: Survey, code: str, path: str, key: str, /, *, summary: str = "summary", **values: Any) -> Finding:
    return info_finding(code, path, 0, key, summary=summary, name=survey.entry.name, **values)
