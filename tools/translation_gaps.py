"""What the catalogue lacks in a language: sentences and pages, with counts.

    python tools/translation_gaps.py [--lang zh] [--found-by diagnose] [--sentences | --pages | --count]

Prints each missing sentence with its English, grouped by file, then each code without a page. `--found-by` looks only
at the codes that one command reports; `--count` prints the numbers alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from envdoc.findings import codes, entry
from envdoc.findings.catalogue import Template, word_files, words


@dataclass(frozen=True)
class Gaps:
    """`sentences`: file, name and English of each that is missing; `pages`: codes; with how many there are in all."""

    sentences: tuple[tuple[str, str, str], ...]
    pages: tuple[str, ...]
    sentences_in_all: int
    pages_in_all: int


def sentences(found_by: str = "") -> Iterator[tuple[str, str, dict[str, Template]]]:
    """File, name and templates of every sentence; with `found_by` only of the codes that this command reports."""
    for code in codes():
        if not found_by or found_by in entry(code).found_by:
            yield from ((code, name, told) for name, told in entry(code).texts.items())
    if not found_by:
        for file in sorted(word_files()):
            yield from ((file, name, told) for name, told in words(file).items())


def gaps(language: str, found_by: str = "") -> Gaps:
    """What a language lacks."""
    every = list(sentences(found_by))
    missing = tuple((file, name, _english(told)) for file, name, told in every if language not in told)
    pages = [code for code in codes() if not found_by or found_by in entry(code).found_by]
    untold = tuple(code for code in pages if language not in entry(code).pages)
    return Gaps(missing, untold, len(every), len(pages))


def _english(told: dict[str, Template]) -> str:
    english = told["en"]
    return english if isinstance(english, str) else " | ".join(english)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--lang", default="zh")
    parser.add_argument("--found-by", default="", metavar="COMMAND")
    what = parser.add_mutually_exclusive_group()
    for name in ("sentences", "pages", "count"):
        what.add_argument(f"--{name}", action="store_true")
    args = parser.parse_args()
    found = gaps(args.lang, args.found_by)
    if not (args.pages or args.count):
        print("\n".join(f"{file}: {name}: {english}" for file, name, english in found.sentences))
    if not (args.sentences or args.count):
        print("\n".join(f"{code}: page" for code in found.pages))
    print(f"sentences without {args.lang}: {len(found.sentences)} of {found.sentences_in_all}")
    print(f"pages without {args.lang}: {len(found.pages)} of {found.pages_in_all}")


if __name__ == "__main__":
    main()
