"""A reader of Chinese finds no English sentence of envdoc's in any diagnosis of the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from envdoc.diagnose import diagnose_bytes
from envdoc.findings.catalogue import templates
from envdoc.model.finding import Finding
from envdoc.model.text import JOINED, Text

HERE = Path(__file__).parent
FAMILIES = sorted(path for path in (HERE / "corpus").iterdir())


def _sentences(finding: Finding) -> Iterator[str]:
    yield finding.summary
    yield from finding.evidence
    if finding.remediation.text:
        yield finding.remediation.text


def _untold(sentence: str) -> Iterator[str]:
    """What of a sentence is no Text, or has no Chinese. Its values are quotes of the log, or Texts themselves."""
    if not isinstance(sentence, Text):
        yield f"no Text: {sentence}"
        return
    if sentence.page != JOINED and "zh" not in templates(sentence.page, sentence.name):
        yield f"{sentence.page}: {sentence.name}"
    for value in sentence.values.values():
        if isinstance(value, Text):
            yield from _untold(value)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda path: path.name)
def test_every_sentence_can_be_said_in_chinese(family: Path) -> None:
    for path in sorted(family.glob("*.log")):
        for finding in diagnose_bytes(path.read_bytes()).findings:
            assert [each for sentence in _sentences(finding) for each in _untold(sentence)] == []
