"""Chats by tags (converter.py:135-227)."""

from __future__ import annotations

from typing import Any

from envdoc.training.data.formats.common import Judge, Kit
from envdoc.training.data.formats.turns import Chat
from envdoc.training.data.values import Entry, Mistake, Record


def judge(entry: Entry, kit: Kit) -> Judge:
    """The judge of sharegpt records."""
    chat = Chat(entry, kit)
    columns, role, content, system_tag = entry.columns, chat.role, chat.content, chat.system

    def work(record: Record) -> list[Mistake]:
        out: list[Mistake] = []
        messages = chat.turns(record, out)
        if messages is None:
            return out
        system: Any = record.get(columns["system"]) if columns["system"] else ""
        first = 0
        if system_tag and messages and messages[0].get(role) == system_tag:
            system, first = messages[0].get(content), 1
        turns = [(each.get(role), each.get(content)) for each in messages[first:]]
        kit.figures.turns += len(turns)
        if not chat.ordered(turns, first, out):
            return out
        texts = chat.texts(turns, out)
        texts += chat.answered(record, turns, out)
        if columns["tools"]:
            chat.tools.check(record.get(columns["tools"]), columns["tools"], out)
        chat.extras(record, system, texts, out)
        return out

    return work
