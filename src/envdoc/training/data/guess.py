"""A few records -> the entry that reads them: formatting, columns, tags, and what was guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from envdoc.findings import text
from envdoc.model.value import dataclass
from envdoc.training.data.release import COLUMNS, TAGS

_MESSAGES = ("conversations", "messages", "conversation", "dialog", "chat", "turns")
_ROLES, _CONTENTS = ("from", "role", "speaker"), ("value", "content", "text")
# role in the data -> the tag that must name it
_TAG_OF = {
    "user_tag": ("human", "user", "User", "USER", "prompter"),
    "assistant_tag": ("gpt", "assistant", "model", "bot", "chatgpt", "Assistant"),
    "observation_tag": ("observation", "tool", "tool_response", "function_response", "ipython"),
    "function_tag": ("function_call", "tool_call", "tool_calls", "function"),
    "system_tag": ("system", "System"),
}
_ALPACA = {
    "prompt": ("instruction", "prompt", "question", "problem", "text", "content", "document"),
    "query": ("input", "query", "context"),
    "response": ("output", "response", "answer", "completion", "target", "solution"),
    "history": ("history",),
}
_COMMON = {
    "system": ("system", "system_prompt"),
    "tools": ("tools", "functions"),
    "images": ("images", "image"),
    "videos": ("videos", "video"),
    "audios": ("audios", "audio"),
    "kto_tag": ("kto_tag", "label"),
    "chosen": ("chosen",),
    "rejected": ("rejected",),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """An entry (without its source), and one sentence for each thing that was guessed."""

    entry: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def guess(records: Sequence[Mapping[str, Any]]) -> Guess | None:
    """The entry for records like these; None where no column for prompts or messages is found."""
    columns = list(dict.fromkeys(key for record in records for key in record))
    messages = next((name for name in (*_MESSAGES, *columns) if name in columns and _is_chat(records, name)), "")
    common = _found(_COMMON, columns)
    if "kto_tag" in common and not any(type(each.get(common["kto_tag"])) is bool for each in records):
        del common["kto_tag"]
    ranking = "chosen" in common and "rejected" in common
    if not ranking:
        common.pop("chosen", None), common.pop("rejected", None)
    if messages:
        return _chat(records, messages, common, ranking)
    return _alpaca(columns, common, ranking)


def _found(names: Mapping[str, tuple[str, ...]], columns: Sequence[str]) -> dict[str, str]:
    found = ((key, next((name for name in every if name in columns), "")) for key, every in names.items())
    return {key: name for key, name in found if name}


def _is_chat(records: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether the column is a list of messages: objects with a role and a content."""
    turns = _turns(records, name)
    return bool(turns) and all(_key(turn, _ROLES) and _key(turn, _CONTENTS) for turn in turns)


def _turns(records: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    lists = (record.get(name) for record in records)
    return [turn for each in lists if isinstance(each, list) for turn in each if isinstance(turn, dict)]


def _key(turn: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((name for name in names if name in turn), "")


def _alpaca(columns: Sequence[str], common: dict[str, str], ranking: bool) -> Guess | None:
    mapped = _found(_ALPACA, columns)
    if "prompt" not in mapped:
        return None
    if ranking:
        mapped.pop("response", None)
    mapped.update(common)
    plain = "response" not in mapped and not ranking
    kind = "pairs" if ranking else "kto" if "kto_tag" in mapped else "plain" if plain else "alpaca"
    entry: dict[str, Any] = {"ranking": True} if ranking else {}
    defaults = {key: name for key, name in COLUMNS.items() if key in ("prompt", "query", "response")}
    if mapped != defaults or ranking:
        entry["columns"] = mapped
    return Guess(entry, (text("data", f"guessed-{kind}"), *_mapped(mapped)))


def _chat(records: Sequence[Mapping[str, Any]], messages: str, common: dict[str, str], ranking: bool) -> Guess:
    turns = _turns(records, messages)
    role, content = _key(turns[0], _ROLES), _key(turns[0], _CONTENTS)
    roles = list(dict.fromkeys(str(turn.get(role)) for turn in turns))
    openai = any(turn.get("tool_calls") for turn in turns)
    mapped = {"messages": messages, **common}
    tags = {"role_tag": role, "content_tag": content, **_tags(roles)}
    if openai:
        tags.setdefault("function_tag", "tool_calls")
        tags.setdefault("observation_tag", "tool")
    entry: dict[str, Any] = {"formatting": "openai" if openai else "sharegpt"}
    if ranking:
        entry["ranking"] = True
    entry["columns"] = mapped
    if tags != TAGS:
        entry["tags"] = tags
    unknown = [each for each in roles if not any(each in names for names in _TAG_OF.values())]
    notes = [text("data", "guessed-openai" if openai else "guessed-sharegpt"), *_mapped(mapped)]
    notes += [text("data", "guessed-roles", roles=", ".join(roles))]
    notes += [text("data", "unknown-role", role=each) for each in unknown]
    return Guess(entry, tuple(notes))


def _tags(roles: Sequence[str]) -> dict[str, str]:
    """A tag for each role that is there; for those that are not, the default, so that they stay possible."""
    told = dict(TAGS)
    del told["role_tag"], told["content_tag"]
    for tag, names in _TAG_OF.items():
        told[tag] = next((role for role in roles if role in names), told[tag])
    return told


def _mapped(mapped: Mapping[str, str]) -> list[str]:
    return [text("data", "guessed-column", key=key, column=name) for key, name in mapped.items()]
