"""Secrets in addresses: `https://user:p@ss/word@host`, `?X-Amz-Signature=…`, web hooks whose path is the secret."""

from __future__ import annotations

import re

from envdoc.rules.masks.base import GONE, Rule, words
from envdoc.rules.masks.names import Family, family
from envdoc.rules.masks.plausible import can_be_secret

_QUERY = words(
    """
    access_token assertion auth awsaccesskeyid code credential googleaccessid hmac jwt key key-pair-id pass
    password policy pwd sas secret session sessionid sid sig signature st ticket token x-amz-credential
    x-amz-security-token x-amz-signature x-goog-credential x-goog-signature
    """
)


def _user(match: re.Match[str]) -> str:
    return match[0] if match["user"] in ("git", GONE) else f"{match['scheme']}{GONE}@"


def _query(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    if name.lower() not in _QUERY and not _secret(name):
        return match[0]
    if value.startswith(GONE) or re.fullmatch(r"\$\{?[A-Z_]+\}?|<[^>]*>?|\{.*", value):
        return match[0]
    return f"{match['lead']}{name}={GONE}"


def _secret(name: str) -> bool:
    kind = family(name)
    return kind is not None or name.lower().endswith(("token", "secret", "password", "signature", "credential"))


def _bare_user(match: re.Match[str]) -> str:
    """`alice:pw@proxy:3128`, as people write a proxy; not `image:tag@sha256:…`, `12:30@host`."""
    if (match["pw"].isdigit() and len(match["pw"]) < 4) or match["pw"] == GONE:
        return match[0]
    return (
        f"{match['user']}:{GONE}@{match['host']}"
        if can_be_secret(match["pw"], Family.SURE, quoted=True)
        else match[0]
    )


RULES = (
    # a password may hold `@`, and `/` where people forgot to encode it; digits after the colon are a port
    Rule(("://",), r"(?P<scheme>\b[a-zA-Z][\w+.-]{0,20}://)(?P<user>[^/\s?#\"'<>]+)@", _user, also=("@",)),
    Rule(
        ("://",),
        (
            r"(?P<scheme>\b[a-zA-Z][\w+.-]{0,20}://)"
            r"(?P<user>[^/\s:@?#\"'<>]{0,200}:(?!\d{1,5}(?:[/?#\s]|$))(?:(?!://)[^\s\"'<>]){1,500})"
            r"@(?=[\w\[])"
        ),
        _user,
    ),
    Rule(
        ("?", "&", "#"), r"(?P<lead>[?&#;])(?P<name>[\w.%\[\]-]{1,60})=(?P<value>[^&\s'\"<>#]+)", _query, also=("=",)
    ),
    Rule(
        ("@",),
        (
            r"(?<![\w/@.:+-])(?P<user>[A-Za-z][\w.+-]{0,63}):(?P<pw>[^\s:@/\"'<>]{1,200})@(?!sha\d)"
            r"(?P<host>[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?![\w.])|[\w.-]+:\d{2,5}\b)"
        ),
        _bare_user,
    ),
    Rule(
        ("hooks.slack.com",), r"(hooks\.slack\.com/(?:services|workflows|triggers)/)(?!\*)[^\s\"'<>)]+", rf"\1{GONE}"
    ),
    Rule(("/api/webhooks/",), r"(/api/webhooks/\d+/)(?!\*)[^\s\"'<>)]+", rf"\1{GONE}"),
    Rule(("webhook",), r"(\.webhook\.office\.com/webhookb2/)(?!\*)[^\s\"'<>]+", rf"\1{GONE}"),
    Rule(("/bot",), r"(/bot)\d{6,}:[\w-]{20,}", rf"\1{GONE}"),
    Rule(("/hook/",), r"(/bot/v2/hook/)(?!\*)[^\s\"'<>)]+", rf"\1{GONE}"),
)
