"""Chats by tags (converter.py:135-227)."""

from __future__ import annotations

from typing import Any

from envdoc.training.data.formats.common import Judge, Kit
from envdoc.training.data.formats.turns import Chat, role_of
from envdoc.training.data.values import Entry, Mistake, Record

_ON_TOP = ("kto_tag", "system", "tools", "images", "videos", "audios")
_RIGHT: list[Mistake] = []  # nobody adds to it


def judge(entry: Entry, kit: Kit) -> Judge:
    """The judge of sharegpt records."""
    work = _Sharegpt(entry, kit)
    return work.quickly if work.only_turns and kit.figures.count_tokens is None else work.judge


class _Sharegpt:
    def __init__(self, entry: Entry, kit: Kit) -> None:
        self._chat = Chat(entry, kit)
        self._columns = entry.columns
        self._figures = kit.figures
        self._prompts, self._answers = kit.figures.fields["prompt"], kit.figures.fields["answer"]
        # without any column on top, a record is right by its turns alone
        on_top = any(entry.columns[key] for key in _ON_TOP)
        self.only_turns = not on_top and not entry.ranking and kit.media.plain_signs

    def quickly(self, record: Record) -> list[Mistake]:
        """The same as `judge`, as cheap as can be for the many records that are right."""
        return _RIGHT if self._usual(record) else self.judge(record)

    def _usual(self, record: Record) -> bool:
        """Whether the record is right for certain; then its figures are taken."""
        chat = self._chat
        role, content = chat.role, chat.content
        try:
            messages = record[chat.messages]
            texts = [each[content] for each in messages]
            lengths = [len(text) for text in texts if type(text) is str]
            if len(lengths) != len(messages) or tuple([each[role] for each in messages]) not in chat.usual:
                return False
        except (KeyError, TypeError):  # a message without its keys, or a role that is a list
            return False
        if not lengths[-1]:
            return False
        for text in texts:
            if "<" in text:  # a placeholder, perhaps
                return False
        for length in lengths[::2]:
            self._prompts[length] += 1
        for length in lengths[1::2]:
            self._answers[length] += 1
        self._figures.turns += len(lengths)
        return True

    def judge(self, record: Record) -> list[Mistake]:
        out: list[Mistake] = []
        chat, columns = self._chat, self._columns
        messages = chat.turns(record, out)
        if messages is None:
            return out
        system: Any = record.get(columns["system"]) if columns["system"] else ""
        first = 0
        if chat.system and messages and messages[0].get(chat.role) == chat.system:
            system, first = messages[0].get(chat.content), 1
        turns = [(role_of(each.get(chat.role)), each.get(chat.content)) for each in messages[first:]]
        self._figures.turns += len(turns)
        if not chat.ordered(turns, first, out):
            return out
        texts = chat.texts(turns, out)
        texts += chat.answered(record, turns, out)
        if columns["tools"]:
            chat.tools.check(record.get(columns["tools"]), columns["tools"], out)
        chat.extras(record, system, texts, out)
        return out
