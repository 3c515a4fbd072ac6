"""Records with columns for prompt, query and answer (converter.py:85-131)."""

from __future__ import annotations

from typing import Any

from envdoc.training.data.formats.common import (
    Judge,
    Kit,
    Tools,
    check_kto,
    check_same,
    check_system,
    mistake,
    not_text,
)
from envdoc.training.data.values import Entry, Mistake, Record, kind_of


def judge(entry: Entry, kit: Kit) -> Judge:
    """The judge of alpaca records."""
    work = _Alpaca(entry, kit)
    return work.plain if entry.plain else work.judge


class _Alpaca:
    def __init__(self, entry: Entry, kit: Kit) -> None:
        self._kit = kit
        self._columns = entry.columns
        self._ranking = entry.ranking
        self._tools = Tools()
        columns = entry.columns
        self._prompt, self._query, self._response = columns["prompt"], columns["query"], columns["response"]

    def plain(self, record: Record) -> list[Mistake]:
        """Texts without answers: what is no text ends the run (pretrain.py:30)."""
        out: list[Mistake] = []
        for text in self._asked(record, out):
            self._kit.figures.field("prompt", text)
        return out

    def judge(self, record: Record) -> list[Mistake]:
        out: list[Mistake] = []
        texts = self._history(record, out)
        asked = self._asked(record, out)
        if not asked and not out:
            out.append(mistake("data-empty-prompt", self._prompt or self._query))
        for text in asked:
            self._kit.figures.field("prompt", text)
        answers = self._answers(record, out)
        for text in answers:
            self._kit.figures.field("answer", text)
        columns = self._columns
        if columns["system"]:
            system = record.get(columns["system"])
            check_system(system, columns["system"], out)
            if type(system) is str:
                self._kit.figures.field("system", system)
        if columns["tools"]:
            self._tools.check(record.get(columns["tools"]), columns["tools"], out)
        self._kit.figures.turns += 1 + len(texts) // 2
        # each of a pair is trained with the prompt, and by itself has as many placeholders as there are files
        self._kit.media.check(record, (*texts, *asked, *answers[:1]), out)
        return out

    def _asked(self, record: Record, out: list[Mistake]) -> list[str]:
        """Prompt and query, as far as they are texts that are not empty."""
        found = []
        for column in (self._prompt, self._query):
            value = record.get(column) if column else None
            if type(value) is str:
                if value:
                    found.append(value)
            elif value:
                out.append(not_text(column, value))
        return found

    def _history(self, record: Record, out: list[Mistake]) -> list[str]:
        column = self._columns["history"]
        value = record.get(column) if column else None
        if not value:
            return []
        if type(value) is not list:
            out.append(mistake("data-history-ignored", column, kind=kind_of(value)))
            return []
        texts: list[str] = []
        for pair in value:
            if type(pair) is not list or len(pair) != 2:
                size = f"{kind_of(pair)} of {len(pair)}" if isinstance(pair, (list, dict, str)) else kind_of(pair)
                out.append(mistake("data-history-shape", column, kind=size))
                return []
            texts += pair
        odd = next((text for text in texts if type(text) is not str), "")
        if type(odd) is not str:
            out.append(not_text(column, odd))
            return []
        return texts

    def _answers(self, record: Record, out: list[Mistake]) -> list[str]:
        columns = self._columns
        answer = record.get(self._response) if self._response else None
        if columns["kto_tag"]:
            check_kto(record.get(columns["kto_tag"]), columns["kto_tag"], answer, self._response, out)
            return [answer] if type(answer) is str else []
        if self._ranking:
            return self._pair(record, out)
        if type(answer) is not str:
            out.append(mistake("data-no-answer", self._response, kind=kind_of(answer)))
            return []
        if not answer:
            out.append(mistake("data-empty-answer", self._response))
        return [answer]

    def _pair(self, record: Record, out: list[Mistake]) -> list[str]:
        names = (self._columns["chosen"], self._columns["rejected"])
        pair: list[Any] = [record.get(name) for name in names if name]
        for name, value in zip(names, pair, strict=False):
            if type(value) is not str:
                out.append(mistake("data-pair-missing", name, kind=kind_of(value)))
                return []
        for name, value in zip(names, pair, strict=False):
            if not value:
                out.append(mistake("data-empty-answer", name))
        if len(pair) == 2:
            check_same(pair[0], pair[1], names[0], out)
        return pair
