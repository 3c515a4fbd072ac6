"""Sentences in the reader's language: the one place where key and values of a `Text` become other words."""

from __future__ import annotations

from typing import TypeVar

from envdoc.findings.catalogue import templates, words
from envdoc.findings.language import Language
from envdoc.findings.make import filled
from envdoc.model.finding import Finding
from envdoc.model.text import JOINED, Text
from envdoc.model.value import replace

# What stands between joined parts in Chinese.
_SEPARATORS = {" and ": " 和 ", " or ": " 或 ", ", ": "，", "; ": "；"}
_DETAILS = "details"  # of facts: another program's words may stand there as well, which nobody wrote

T = TypeVar("T")


def say(sentence: str, language: Language) -> str:
    """The sentence in a language; what is no `Text`, or is not translated, stays as it is."""
    if language is Language.EN or not isinstance(sentence, Text):
        return sentence
    values = {name: say(value, language) for name, value in sentence.values.items()}
    if sentence.page == JOINED:
        return _SEPARATORS.get(sentence.name, sentence.name).join(values.values())
    if sentence.page == _DETAILS and sentence.name not in words(_DETAILS):
        return str(sentence)
    template = templates(sentence.page, sentence.name).get(language.value)
    return str(sentence) if template is None else filled(template, values)


def said(finding: Finding, language: Language) -> Finding:
    """The finding with its words in a language."""
    remedy = replace(finding.remediation, text=say(finding.remediation.text, language))
    return replace(
        finding,
        summary=say(finding.summary, language),
        evidence=tuple(say(each, language) for each in finding.evidence),
        remediation=remedy,
    )
