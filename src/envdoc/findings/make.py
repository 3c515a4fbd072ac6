"""Sentences and findings of their codes and values, in English: the language of files and of logic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from envdoc.findings.catalogue import ENGLISH, Entry, Template, entry, templates, words
from envdoc.model.finding import Command, Finding, Remediation, Severity, Where
from envdoc.model.patterns import pattern
from envdoc.model.text import Text

_PLACEHOLDER = pattern(r"\{(\w+)\}")


def text(page: str, name: str, /, **values: object) -> Text:
    """The sentence `name` of a code or of a file of words, with its values.

    Raises:
        KeyError: nobody wrote it, or a value is missing: a bug, which the tests of the catalogue find.
    """
    told = {key: value if isinstance(value, str) else str(value) for key, value in values.items()}
    return Text(filled(templates(page, name)[ENGLISH], told), page, name, told)


def worded(page: str, english: str) -> str:
    """What a machine's file says in words (`active virtual environment`), as the sentence of that name; itself where
    nobody wrote it."""
    return text(page, english) if english in words(page) else english


def filled(template: Template, values: Mapping[str, str]) -> str:
    """The template with its values; of several the first whose values are all there, else the last.

    Raises:
        KeyError: a placeholder without a value.
    """
    every = [template] if isinstance(template, str) else template
    fitting = (each for each in every if all(values.get(name) for name in _PLACEHOLDER.findall(each)))
    chosen = next(fitting, every[-1])
    return _PLACEHOLDER.sub(lambda found: values[found[1]], chosen)


def placeholders(page: str, name: str) -> tuple[str, ...]:
    """The names of the values that a sentence can hold, each once; none for one that nobody wrote."""
    try:
        template = templates(page, name)[ENGLISH]
    except KeyError:
        return ()
    every = [template] if isinstance(template, str) else template
    return tuple(dict.fromkeys(found for each in every for found in _PLACEHOLDER.findall(each)))


def finding(
    code: str,
    /,
    *,
    summary: str = "summary",
    fix: str = "fix",
    evidence: Iterable[str] = (),
    commands: Iterable[Command] = (),
    links: Iterable[str] = (),
    severity: Severity | None = None,
    machine_broken: bool | None = None,
    where: Where | None = None,
    **values: object,
) -> Finding:
    """A finding of this code. `summary` and `fix` name sentences of its file (a code without a `fix` has none), or
    are a `Text` of their own; evidence that is empty is left out; the code's own links follow `links`.
    `machine_broken` is said where a case differs from what the file says of the code."""
    told = entry(code)
    level = severity or told.severity
    broken = told.machine_broken if machine_broken is None else machine_broken
    sentence = summary if isinstance(summary, Text) else text(code, summary, **values)
    remedy = fix if isinstance(fix, Text) else _remedy(told, summary, fix, values)
    return Finding(
        code=code,
        severity=level,
        summary=sentence,
        evidence=tuple(part for part in evidence if part),
        remediation=Remediation(remedy, tuple(commands)),
        links=tuple(dict.fromkeys((*links, *told.links))),
        machine_broken=broken and level is Severity.ERROR,
        where=where,
        values=tuple(sorted((name, str(value)) for name, value in {**sentence.values, **values}.items())),
    )


def _remedy(told: Entry, summary: str, fix: str, values: Mapping[str, object]) -> str:
    """The sentence `fix`. The code's own (`fix`), and one named for the summary (`NAME-fix`), may be missing."""
    if fix not in told.texts and fix in ("", "fix", f"{summary}-fix"):
        return ""
    return text(told.code, fix, **values)
