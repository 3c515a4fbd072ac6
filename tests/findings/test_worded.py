"""Sentences that stand in tables, in facts and in steps have their words in the catalogue, word for word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import envdoc
from envdoc.findings import Language, say, worded
from envdoc.findings.catalogue import words
from envdoc.findings.recognise import recognised
from envdoc.knowledge import xids
from envdoc.knowledge.tables import load
from envdoc.model.facts import Why, missing
from envdoc.model.plan import KINDS
from envdoc.model.text import Text

SOURCE = Path(envdoc.__file__).parent
# A row of advice may be a command, which is the same in every language.
_COMMANDS = ("pip ", "hf ", "huggingface-cli ", "conda ", "set ", "unset ")


@pytest.mark.parametrize("file", ["tables", "details"])
def test_a_word_for_word_sentence_is_its_own_name(file: str) -> None:
    for english, told in words(file).items():
        assert told["en"] == english
        assert told["zh"]


def _of_tables() -> Iterator[str]:
    tables = load()
    yield from (row.summary for row in tables.breaks)
    yield from (told for row in tables.advice for told in (row.advice, row.truth, row.fix) if told)
    yield from (row.meaning for row in xids.rows())


def test_every_sentence_of_a_table_is_worded_and_none_is_left_over() -> None:
    told = set(_of_tables())
    found = {each: recognised("tables", each) for each in told}
    assert {
        each for each, sentence in found.items() if not isinstance(sentence, Text) and not each.startswith(_COMMANDS)
    } == set()
    assert set(words("tables")) == {sentence.name for sentence in found.values() if isinstance(sentence, Text)}


def _details() -> Iterator[str]:
    """What probes and the host write out as a fact's detail: `missing(Why.ABSENT, "nvcc", "no toolkit found")`."""
    for room in ("probe", "host", "rules"):
        for path in (SOURCE / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and "recorded" not in path.name:
                    yield from _written(call)


def _written(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    given = call.args[2:3] if name == "missing" else []
    for node in (*given, *(each.value for each in call.keywords if each.arg == "detail")):
        for part in node.values if isinstance(node, ast.BoolOp) else [node]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value:
                yield part.value


def test_every_detail_that_is_our_own_is_worded() -> None:
    told = set(_details())
    assert len(told) > 30
    assert told - set(words("details")) == set()


def test_the_reason_of_a_fact_is_said_with_its_detail() -> None:
    fact = missing(Why.ABSENT, "nvidia-smi", "not on PATH")
    assert say(fact.reason(), Language.ZH) == "没有（nvidia-smi，不在 PATH 中）"
    theirs = missing(Why.FAILED, "nvml", "Insufficient Permissions")
    assert say(theirs.reason(), Language.ZH) == "失败（nvml，Insufficient Permissions）"


def test_every_title_of_a_step_is_worded() -> None:
    titles = [kind.title for kind in KINDS.values() if hasattr(kind, "title")]
    assert len(titles) == 5
    for title in titles:
        assert say(worded("install", title), Language.ZH) != title
