"""Taking out of a text or value what tells who someone is or lets others in.

Versions, paths and GPU models stay: a report must still explain the fault. What is replaced keeps its shape
(a UUID of zeros, an address of the documentation range), so a redacted machine is judged like the real one.
"""

from __future__ import annotations

import dataclasses
import re
from enum import Enum
from typing import Any, TypeVar, cast

from envdoc.host.identity import Identity, identity_of, pseudonym
from envdoc.host.redact_rules import ADDRESSES, GONE, HOMES, OTHERS, SECRET_WORD, SECRETS, URLS

__all__ = ["GONE", "Identity", "identity_of", "is_secret_name", "redact", "redact_text", "without_credentials"]

T = TypeVar("T")
_NOBODY = Identity()
_SECRET_NAME = re.compile(rf"\w*{SECRET_WORD}\w*", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret: `HF_TOKEN`, not `TOKENIZERS_PARALLELISM`."""
    return _SECRET_NAME.fullmatch(name) is not None


def redact_text(text: str, *, identity: Identity = _NOBODY) -> str:
    """`text` without secrets, names and addresses. Doing it again changes nothing."""
    for _ in range(8):  # what a replacement brings together may match again
        told = _once(text, identity)
        if told == text:
            break
        text = told
    return text


def _once(text: str, identity: Identity) -> str:
    for pattern, replacement in (*URLS, *SECRETS, *ADDRESSES, *OTHERS):
        text = pattern.sub(replacement, text)
    return _without_names(text, identity)


def without_credentials(url: str) -> str:
    """A URL, or a text with URLs, without user names, passwords and secret query values."""
    for pattern, replacement in URLS:
        url = pattern.sub(replacement, url)
    return url


def _without_names(text: str, identity: Identity) -> str:
    for home in identity.homes:
        text = _replaced(re.compile(re.escape(home.rstrip("/\\")) + r"(?![\w-])"), _home(home), text)
    for pattern in HOMES:
        text = pattern.sub(lambda match: match[1] + pseudonym(match[2]), text)
    for name in identity.users:
        text = _replaced(_word(name), pseudonym(name), text)
    for name in identity.hosts:
        text = _replaced(_word(name), "host", text)
    return text


def _replaced(pattern: re.Pattern[str], literal: str, text: str) -> str:
    return pattern.sub(lambda _: literal, text)


def _home(home: str) -> str:
    """`/data/user` of `/data/alice`."""
    home = home.rstrip("/\\")
    cut = max(home.rfind("/"), home.rfind("\\")) + 1
    return home[:cut] + pseudonym(home[cut:])


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(name)}(?![\w-])", re.IGNORECASE)


def redact(value: T, *, identity: Identity = _NOBODY) -> T:
    """A model value or JSON data with every string in it redacted; keys of objects too.

    The value of a variable whose name smells of a secret is replaced as a whole.
    """
    return cast(T, _walk(value, identity, ""))


def _walk(value: Any, identity: Identity, name: str) -> Any:
    if isinstance(value, Enum) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return GONE if value and is_secret_name(name) else redact_text(value, identity=identity)
    if isinstance(value, dict):
        return {redact_text(key, identity=identity): _walk(item, identity, key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_walk(item, identity, name) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return type(value)(**{key: _walk(item, identity, key) for key, item in fields.items()})
    raise TypeError(f"cannot redact a {type(value).__name__}")
