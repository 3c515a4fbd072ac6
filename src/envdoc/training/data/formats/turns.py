"""Chats: order, number and content of turns, and the answer or pair at their end; what sharegpt and openai share."""

from __future__ import annotations

from typing import Any

from envdoc.training.data.formats.common import (
    Kit,
    Tools,
    check_call,
    check_kto,
    check_same,
    check_system,
    mistake,
    not_text,
)
from envdoc.training.data.values import Entry, Mistake, Record, kind_of

_REMEMBERED = 10_000  # patterns of roles

Turn = tuple[str | None, Any]  # role by the entry's tags, content


def role_of(value: Any) -> str | None:
    """A role as it stands in the data; what is no text is none of the tags."""
    return value if value is None or type(value) is str else f"{kind_of(value)} {value}"


class Chat:
    """The tags and columns of an entry, and the checks that both formattings make."""

    def __init__(self, entry: Entry, kit: Kit) -> None:
        self.kit = kit
        self.columns = entry.columns
        tags = entry.tags
        self.ranking = entry.ranking
        self.messages = entry.columns["messages"] or ""
        self.role, self.content = tags["role_tag"] or "", tags["content_tag"] or ""
        self.system, self.function = tags["system_tag"], tags["function_tag"]
        self.assistant, self.observation = tags["assistant_tag"], tags["observation_tag"]
        self.accept = (
            frozenset((tags["user_tag"], tags["observation_tag"])),
            frozenset((tags["assistant_tag"], tags["function_tag"])),
        )
        self.known = frozenset((*self.accept[0], *self.accept[1], self.system))
        self.tools = Tools()
        self._fine: set[tuple[str | None, ...]] = set()
        self.usual: set[tuple[str | None, ...]] = set()  # of these, the ones without a system turn and calls
        self._calls = self.function is not None and self.function != self.assistant

    def turns(self, record: Record, out: list[Mistake]) -> list[dict[str, Any]] | None:
        """The messages of a record; None where they are none."""
        value = record.get(self.messages)
        if type(value) is not list:
            out.append(mistake("data-turns-missing", self.messages, kind=kind_of(value)))
            return None
        for each in value:
            if type(each) is not dict:
                key = f"{self.messages}[{value.index(each) + 1}]"
                out.append(mistake("data-turn-keys", key, why=kind_of(each)))
                return None
        return value

    def ordered(self, turns: list[Turn], before: int, out: list[Mistake]) -> bool:
        """Whether roles alternate and their number is right; `before` is the number of system messages before.

        A record that is dropped for it leaves a gap that KTO's next record falls into (feedback.py:88-96).
        """
        roles = tuple([role for role, _ in turns])
        if roles in self._fine:  # chats have few patterns of roles
            return True
        fine = self._ordered(turns, before, out)
        if fine and len(self._fine) < _REMEMBERED:
            self._fine.add(roles)
            if not before and not (self._calls and self.function in roles):
                self.usual.add(roles)
        if not fine and self.columns["kto_tag"]:
            out.append(mistake("data-kto-gap", self.messages))
        return fine

    def _ordered(self, turns: list[Turn], before: int, out: list[Mistake]) -> bool:
        for index, (role, _) in enumerate(turns):
            if role not in self.accept[index & 1]:
                code = "data-turn-order" if role in self.known else "data-role-unknown"
                place = str(index + before + 1)
                out.append(mistake(code, self.messages, role=_said(role), turn=place))
                return False
        if not turns and not self.ranking:
            out.append(mistake("data-turns-empty", self.messages))
            return False
        if len(turns) & 1 != self.ranking:
            last = _said(turns[-1][0]) if turns else "null"
            out.append(mistake("data-turn-count", self.messages, turns=str(len(turns)), last=last))
            return False
        return True

    def texts(self, turns: list[Turn], out: list[Mistake]) -> list[str]:
        """The contents, each a text; function turns must be calls."""
        found: list[str] = []
        figures, answers = self.kit.figures, self.accept[1]
        for number, (role, content) in enumerate(turns, 1):
            if type(content) is not str:
                out.append(not_text(f"{self.messages}[{number}].{self.content}", content))
                continue
            found.append(content)
            if role in answers:
                figures.field("answer", content)
                if role == self.function and self._calls:
                    check_call(content, self.messages, out)
            else:
                figures.field("prompt", content)
        return found

    def answered(self, record: Record, turns: list[Turn], out: list[Mistake]) -> list[str]:
        """The end of the record: its last turn, a KTO tag or a pair; returns the texts that come on top."""
        kto = self.columns["kto_tag"]
        if kto:
            check_kto(record.get(kto), kto, turns[-1][1], self.messages, out)
        elif self.ranking:
            return self._pair(record, out)
        elif turns[-1][1] == "":
            out.append(mistake("data-empty-answer", self.messages))
        return []

    def _pair(self, record: Record, out: list[Mistake]) -> list[str]:
        texts = []
        for name in (self.columns["chosen"], self.columns["rejected"]):
            value = record.get(name) if name else None
            if type(value) is not dict:
                out.append(mistake("data-pair-missing", name, kind=kind_of(value)))
                return []
            role, content = role_of(value.get(self.role)), value.get(self.content)
            if role not in self.known:
                out.append(mistake("data-pair-tag", name, role=_said(role)))
            elif role not in self.accept[1]:
                out.append(mistake("data-pair-role", name, role=_said(role)))
            if type(content) is not str:
                out.append(not_text(f"{name}.{self.content}", content))
                return []
            if not content:
                out.append(mistake("data-empty-answer", name))
            self.kit.figures.field("answer", content)
            texts.append(content)
        check_same(texts[0], texts[1], self.columns["chosen"], out)
        return texts[:1]

    def extras(self, record: Record, system: Any, texts: list[str], out: list[Mistake]) -> None:
        """System prompt and media."""
        check_system(system, self.columns["system"] or self.messages, out)
        if type(system) is str and system:
            self.kit.figures.field("system", system)
        self.kit.media.check(record, texts, out)


def _said(role: object) -> str:
    return "null" if role is None else str(role)[:60]
