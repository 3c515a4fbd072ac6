"""What gives someone away, as patterns and what stands in their place. Data for `redact`.

Every replacement is a fixed point: applied to its own result, no rule changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable

GONE = "[redacted]"
Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

# TOKENIZERS_PARALLELISM and KEYBOARD hold no secrets
SECRET_WORD = r"(?:TOKEN|SECRET|PASSWORD|PASSWD|COOKIE|CREDENTIALS?|KEY)(?![A-Z])"  # noqa: S105


def _zeros(match: re.Match[str]) -> str:
    return match[1] + re.sub(r"[0-9a-fA-F]", "0", match[2])


def _credentials(match: re.Match[str]) -> str:
    return match[0] if match[1] == "git" else "***@"


SECRETS: tuple[Rule, ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), GONE),
    (re.compile(r"\bhf_[A-Za-z0-9]{16,}"), GONE),
    (re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})"), GONE),
    (re.compile(r"\b(?:sk|pk|rk|nvapi|pypi|xox[abprs])-(?=[\w-]*\d)[\w-]{16,}"), GONE),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), GONE),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), GONE),  # a JSON web token
    (re.compile(r"(?i)\b(bearer|authorization: *basic) +(?!\[redacted\])[\w.~+/=-]{6,}"), rf"\1 {GONE}"),
    (re.compile(r"(?im)\b((?:set-)?cookie:) *\S.*$"), rf"\1 {GONE}"),
    # HF_TOKEN=..., export AWS_SECRET_ACCESS_KEY="...", set WANDB_API_KEY=...
    (re.compile(rf"(?<![?&\w])([A-Z0-9_]*{SECRET_WORD}[A-Z0-9_]*)(\s*=\s*)([\"']?)[^\s\"']+"), rf"\1\2\3{GONE}"),
    # password=..., "api_key": "...", hf_token = ...
    (
        re.compile(
            r"(?i)(?<![?&\w])((?:\w*_)?(?:password|passwd|secret|secret_key|api_?key|access_key|token))"
            r"([\"']?\s*[=:]\s*)([\"']?)(?!\w+Error\b)[^\s\"',;}]{6,}"
        ),
        rf"\1\2\3{GONE}",
    ),
    (re.compile(r"(?i)(--?[\w-]*(?:token|password|secret|api-key)[= ])(?!-)[^\s\"']+"), rf"\1{GONE}"),
)

URLS: tuple[Rule, ...] = (
    (re.compile(r"(?<=://)([^/\s?#\"'<>]+)@"), _credentials),
    (
        re.compile(r"(?i)([?&][\w-]*(?:token|key|secret|password|signature|sig|credential)[\w-]*=)[^&\s'\")#]+"),
        r"\1***",
    ),
)

_IPV4 = r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\d\.)\b(?!\.\d)"
_NOT_LOCAL = r"(?!127\.|0\.0\.0\.0|255\.)"
# Four numbers with dots are a version as often (cuDNN 9.1.0.70, cuRAND 10.3.9.90): only these are addresses.
_PRIVATE = r"(?:192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\."
_BEFORE = (
    r"(?:://|@|\b(?:inet|addr|address|host|hostname|ip|ipv4|peer|server|gateway|nameserver|dns|[A-Z_]+_(?:ADDR|HOST|IP))"
    r"[\"']?\s*[:= ]\s*[\"']?)"
)

ADDRESSES: tuple[Rule, ...] = (
    (re.compile(rf"(?<![\w.-]){_NOT_LOCAL}(?={_PRIVATE}){_IPV4}"), "192.0.2.1"),
    (re.compile(rf"({_BEFORE}){_NOT_LOCAL}{_IPV4}", re.IGNORECASE), r"\g<1>192.0.2.1"),
    (re.compile(rf"(?<![\w.=-]){_NOT_LOCAL}{_IPV4}(?=:\d{{2,5}}\b|/\d{{1,2}}\b)"), "192.0.2.1"),
    (re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])"), "2001:db8::1"),
    (
        re.compile(
            r"(?<![\w:.])(?:fe80|f[cd][0-9a-f]{2}|[23][0-9a-f]{3})(?::[0-9a-f]{0,4}){2,7}(?:%\w+)?(?![\w:])", re.I
        ),
        "2001:db8::1",
    ),
    (re.compile(r"(?<![\w:-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\w:-])"), "00:00:00:00:00:00"),
)

OTHERS: tuple[Rule, ...] = (
    (re.compile(r"\b((?:GPU|MIG)-(?:GPU-)?)([0-9a-fA-F]{4,}(?:-[0-9a-fA-F]+)*)"), _zeros),
    (re.compile(r"(?i)(\bserial(?:[ _](?:number|no))?\s*[:=]\s*)(?!N/A|\[)[\w-]{4,}"), rf"\1{GONE}"),
    (re.compile(r"(?i)(<(?:\w+_)?serial>)(?!N/A|\[)[^<]{4,}(?=<)"), rf"\1{GONE}"),
    (
        re.compile(
            r"(?<![\w.+*/-])(?!git@)[\w.+-]+@(?:[A-Za-z0-9-]+\.)+(?!(?:service|slice|socket|so)\b)[A-Za-z]{2,}\b"
        ),
        "user@example.com",
    ),
)

# Any user's home, not only this one's. On Windows a name may hold blanks, so it is taken up to the separator.
_SHARED = r"(?!(?:Public|Default|All Users|Shared)(?![\w ]))"
HOMES: tuple[re.Pattern[str], ...] = (
    re.compile(r"((?<![\w.])/home/|(?<![\w.:])/Users/)" + _SHARED + r"([^/\s\"':;,|<>]+)"),
    re.compile(
        r"((?:[A-Za-z]:|/mnt/[a-z]|/[a-z])[\\/]+Users[\\/]+)"
        + _SHARED
        + r"([^\\/:*?\"<>|\r\n]{1,64}(?=[\\/])|[^\\/:*?\"<>|\s;,']+)",
        re.I,
    ),
)
