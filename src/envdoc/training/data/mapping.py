"""What an entry leaves out that its formatting needs, before any record is read."""

from __future__ import annotations

from envdoc.model.finding import Finding
from envdoc.training.data.release import FORGIVEN, RANKED, READ, USUAL
from envdoc.training.data.tally import info_finding
from envdoc.training.data.values import Entry


def lost(entry: Entry) -> list[Finding]:
    """Columns and tags that the converter looks up and the entry does not map."""
    out = [_lost(entry, "columns", key) for key in _needed_columns(entry) if entry.columns[key] is None]
    if entry.formatting != "alpaca":
        out += [_lost(entry, "tags", key) for key in ("role_tag", "content_tag") if entry.tags[key] is None]
        out += [
            info_finding("data-tags-lost", entry.file, entry.line, f"{entry.name}.tags", name=entry.name, key=key)
            for key in ("user_tag", "assistant_tag")
            if entry.tags[key] is None
        ]
    return out


def _needed_columns(entry: Entry) -> tuple[str, ...]:
    if entry.formatting == "alpaca":
        return ("response",) if entry.kto else RANKED if entry.ranking else ()
    return ("messages", *(RANKED if entry.ranking and not entry.kto else ()))


def _lost(entry: Entry, block: str, key: str) -> Finding:
    place = f"{entry.name}.{block}"
    return info_finding("data-columns-lost", entry.file, entry.line, place, name=entry.name, key=key, block=block)


def looked_up(entry: Entry) -> dict[str, str]:
    """Key -> column, for all columns that must exist in the table."""
    keys = [*READ[entry.formatting], *(RANKED if entry.ranking and not entry.kto else ())]
    if entry.ranking and entry.formatting == "alpaca" and not entry.kto:
        keys.remove("response")  # only read where chosen and rejected are no texts
    if entry.formatting == "openai":
        keys = [key for key in keys if key not in FORGIVEN]
    return {key: column for key in keys if (column := entry.columns[key]) is not None}


def unused(entry: Entry, columns: tuple[str, ...]) -> dict[str, str]:
    """Key -> column of the file that usually is mapped to it, and is not mapped at all."""
    mapped = set(entry.columns.values())
    readable = set(READ[entry.formatting]) | ({*RANKED} if entry.ranking else set())
    out = {}
    for key, names in USUAL.items():
        found = next((name for name in names if name in columns and name not in mapped), "")
        if found and key in readable and entry.columns[key] is None:
            out[key] = found
    return out
