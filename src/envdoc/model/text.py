"""Sentences that know what they say, so that another language can say it too.

A `Text` is the English sentence, and keeps its key in the catalogue and its values:

    text("torch-cpu-build", "summary", torch="2.8.0+cpu", gpu="GPU 0")
    -> "torch 2.8.0+cpu is a CPU build: it cannot use GPU 0"

Everything that compares, stores or prints strings works with it; only `envdoc.findings.say` looks at key and values.
Logic never reads sentences: it decides by codes and values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

JOINED = "joined"  # the page of a Text that is several others with a separator between them


class Text(str):
    """An English sentence with its place in the catalogue: `page` (a code, or a file of words) and `name`."""

    page: str
    name: str
    values: Mapping[str, str]  # what stands in the placeholders; a value may be a Text itself

    def __new__(cls, english: str, page: str, name: str, values: Mapping[str, str]) -> Text:
        made = super().__new__(cls, english)
        made.page, made.name, made.values = page, name, values
        return made


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """The parts that are not empty, with a separator between them, which may be a word (` and `) in other languages;
    a single part as it is."""
    kept = [part for part in parts if part]
    english = separator.join(kept)
    if len(kept) < 2:
        return kept[0] if kept else ""
    return Text(english, JOINED, separator, {str(number): part for number, part in enumerate(kept)})
