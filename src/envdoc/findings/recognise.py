"""What a process without a catalogue says, as a sentence of it: for its words in other languages, never to decide.

A proof runs in the environment's own Python and tells its reason in English. Its sentences stand in
`words/proofs.yaml`, and are found again by their form:

    "torch 2.8.0, error 1e-07"  ->  torch-error, version="2.8.0", error="1e-07"
"""

from __future__ import annotations

import re
from functools import cache

from envdoc.findings.catalogue import ENGLISH, Template, words
from envdoc.model.text import Text

_LONGEST = 300  # letters: a form with several places takes its time over a long text
_PLACE = re.compile(r"\\{(\w+)\\}")


def recognised(page: str, english: str) -> str:
    """The sentence of a file of words that this is, its values recognised as well; itself where it is none."""
    if isinstance(english, Text) or len(english) > _LONGEST:
        return english
    for name, form in _forms(page):
        if found := form.fullmatch(english):
            values = {key: recognised(page, value) for key, value in found.groupdict().items()}
            return Text(english, page, name, values)
    return english


@cache
def _forms(page: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The forms of a file's sentences, those with the most words of their own first."""
    every = [(name, each) for name, told in words(page).items() for each in _variants(told[ENGLISH])]
    every.sort(key=lambda one: len(re.sub(r"\{\w+\}", "", one[1])), reverse=True)
    return tuple((name, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(each)))) for name, each in every)


def _variants(template: Template) -> list[str]:
    return [template] if isinstance(template, str) else template
