"""Chats with `"formatting": "openai"` (converter.py:231-367, since 0.9.4): tool calls as objects, tools as lists."""

from __future__ import annotations

import json
from typing import Any

from envdoc.training.data.formats.common import Judge, Kit, mistake, not_text
from envdoc.training.data.formats.turns import Chat, Turn, role_of
from envdoc.training.data.release import THINKING_OFF
from envdoc.training.data.values import Entry, Mistake, Record


def judge(entry: Entry, kit: Kit) -> Judge:
    """The judge of openai records."""
    chat = Chat(entry, kit)
    columns = entry.columns

    def work(record: Record) -> list[Mistake]:
        out: list[Mistake] = []
        messages = chat.turns(record, out)
        if messages is None:
            return out
        system: Any = record.get(columns["system"]) if columns["system"] else ""
        first = 0
        if chat.system and messages and messages[0].get(chat.role) == chat.system:
            system, first = messages[0].get(chat.content), 1
        turns = _aligned(chat, messages[first:], first, out)
        kit.figures.turns += len(turns or ())
        if turns is None or not chat.ordered(turns, first, out):
            return out
        texts = chat.texts(turns, out)
        texts += chat.answered(record, turns, out)
        tools = record.get(columns["tools"]) if columns["tools"] else ""
        if type(tools) in (list, dict):
            tools = json.dumps(tools, ensure_ascii=False, default=str)
        chat.tools.check(tools, columns["tools"], out)
        if not tools and not (system and any(each in system for each in THINKING_OFF)):
            out.append(mistake("data-thinking-off", chat.messages))
        chat.extras(record, system, texts, out)
        return out

    return work


def _aligned(chat: Chat, messages: list[dict[str, Any]], before: int, out: list[Mistake]) -> list[Turn] | None:
    """Turns after tool calls became function turns and tool messages were joined; None where it fails."""
    turns: list[Turn] = []
    waiting: list[Any] = []
    for number, each in enumerate(messages, before + 1):
        role, content = role_of(each.get(chat.role)), each.get(chat.content)
        if role in chat.accept[1] and (calls := each.get("tool_calls")):
            if not _are_calls(calls):
                out.append(
                    mistake("data-function-json", f"{chat.messages}[{number}].tool_calls", why="no `function`")
                )
                return None
            content, role = json.dumps([call["function"] for call in calls], default=str), chat.function
        if role == chat.observation:
            waiting.append(content)
            continue
        if waiting:
            if not all(type(part) is str for part in waiting):
                out.append(
                    not_text(f"{chat.messages}[].{chat.content}", next(p for p in waiting if type(p) is not str))
                )
                return None
            turns.append((chat.observation, "\n".join(waiting)))
            waiting = []
        if role not in chat.known:
            out.append(mistake("data-role-key", chat.messages, role="null" if role is None else str(role)[:60]))
            return None
        turns.append((role, content))
    if waiting:
        out.append(mistake("data-tool-tail", chat.messages))
    return turns


def _are_calls(calls: Any) -> bool:
    return isinstance(calls, list) and all(isinstance(each, dict) and "function" in each for each in calls)
