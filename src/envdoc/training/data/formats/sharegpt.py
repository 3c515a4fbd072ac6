"""Chats by tags (converter.py:135-227)."""

from __future__ import annotations

from typing import Any

from envdoc.training.data.formats.common import Judge, Kit
from envdoc.training.data.formats.turns import Chat, role_of
from envdoc.training.data.values import Entry, Mistake, Record

RIGHT: list[Mistake] = []  # nobody adds to it
_ON_TOP = ("kto_tag", "system", "tools", "images", "videos", "audios")


def judge(entry: Entry, kit: Kit) -> Judge:
    """The judge of sharegpt records."""
    chat = Chat(entry, kit)
    columns, role, content, system_tag = entry.columns, chat.role, chat.content, chat.system

    def quick(record: Record) -> bool:
        """Whether the record is one of the many that are right, told as cheaply as can be; its figures are taken."""
        try:
            messages = record[chat.messages]
            roles = tuple([each[role] for each in messages])
            texts = [each[content] for each in messages]
            lengths = [len(text) for text in texts if type(text) is str]
            if roles not in chat.usual or len(lengths) != len(messages) or not lengths[-1]:
                return False
        except (KeyError, TypeError):  # a message without its keys, or a role that is a list
            return False
        for text in texts:
            if "<" in text:  # a placeholder, perhaps
                return False
        for length in lengths[::2]:
            prompts[length] += 1
        for length in lengths[1::2]:
            answers[length] += 1
        kit.figures.turns += len(lengths)
        return True

    def judge_quickly(record: Record) -> list[Mistake]:
        return RIGHT if quick(record) else work(record)

    def work(record: Record) -> list[Mistake]:
        out: list[Mistake] = []
        messages = chat.turns(record, out)
        if messages is None:
            return out
        system: Any = record.get(columns["system"]) if columns["system"] else ""
        first = 0
        if system_tag and messages and messages[0].get(role) == system_tag:
            system, first = messages[0].get(content), 1
        turns = [(role_of(each.get(role)), each.get(content)) for each in (messages[1:] if first else messages)]
        kit.figures.turns += len(turns)
        if not chat.ordered(turns, first, out):
            return out
        texts = chat.texts(turns, out)
        texts += chat.answered(record, turns, out)
        if columns["tools"]:
            chat.tools.check(record.get(columns["tools"]), columns["tools"], out)
        chat.extras(record, system, texts, out)
        return out

    figures = kit.figures
    prompts, answers = figures.fields["prompt"], figures.fields["answer"]
    # only records of turns and nothing else, without any column on top, are right by their turns alone
    only_turns = not any(name for key, name in columns.items() if key in _ON_TOP) and not chat.ranking
    return judge_quickly if only_turns and figures.count_tokens is None and kit.media.plain_signs else work
