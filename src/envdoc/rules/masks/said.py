"""Headers, options, sentences: `X-Api-Key: abc`, `curl -u alice:pw`, `mysql -pabc`, "the password is abc"."""

from __future__ import annotations

import re

from envdoc.rules.masks.assignments import STEMS
from envdoc.rules.masks.base import GONE, Rule
from envdoc.rules.masks.names import Family, family
from envdoc.rules.masks.plausible import can_be_secret, looks_random

_V = r"(?:\"(?P<dq>[^\"\n]*)\"|'(?P<sq>[^'\n]*)'|(?P<bare>[^\s\"'<>|;&]+))"
_SCHEMES = r"(?:bearer|basic|token|negotiate|digest|apikey|api-key|ntlm|aws4-hmac-sha256|key|bot)"


def _value(match: re.Match[str]) -> tuple[str, int, int]:
    """The value of `_V` and where it stands in the match."""
    group = next(name for name in ("dq", "sq", "bare") if match[name] is not None)
    return match[group], match.start(group) - match.start(), match.end(group) - match.start()


def _sure(match: re.Match[str]) -> str:
    """The command itself says that a secret follows."""
    value, start, end = _value(match)
    known = can_be_secret(value, Family.SURE, quoted=match["bare"] is None)
    return match[0][:start] + GONE + match[0][end:] if known else match[0]


def _random(match: re.Match[str]) -> str:
    value, start, end = _value(match)
    return match[0][:start] + GONE + match[0][end:] if looks_random(value.strip(".,;:()")) else match[0]


def _option(match: re.Match[str]) -> str:
    """`--hf-token abc`, by the option's name; an option that follows is no value."""
    kind = Family.SURE if match["name"] == "pass" else family(match["name"])
    if kind is None:
        return match[0]
    value, start, end = _value(match)
    known = can_be_secret(value, kind, quoted=match["bare"] is None)
    return match[0][:start] + GONE + match[0][end:] if known else match[0]


def _pair(match: re.Match[str]) -> str:
    """`-u alice:pw`; `-u 1000:1000` is a user and a group."""
    value, start, end = _value(match)
    user, colon, password = value.partition(":")
    plain = not colon or not password or value.replace(":", "").isdigit() or password.startswith(("//", GONE, "$"))
    return match[0] if plain else match[0][:start] + f"{user}:{GONE}" + match[0][end:]


def _header(match: re.Match[str]) -> str:
    value = match["value"].strip()
    word = value.split()[0] if value else ""
    if not word or value.startswith(GONE) or not can_be_secret(word, Family.SURE, quoted=False):
        return match[0]
    return f"{match['lead']}{GONE}"


def _is(match: re.Match[str]) -> str:
    """ "the password is hunter2"; what is said of tokens and keys must look like one."""
    value, start, end = _value(match)
    bare = value.rstrip(".,;:!?)")
    end -= len(value) - len(bare) if match["bare"] is not None else 0
    sure = match["what"].lower().startswith(("pass", "secret"))
    quoted = match["bare"] is None
    known = can_be_secret(bare, Family.SURE, quoted=quoted) if sure else looks_random(bare)
    return match[0][:start] + GONE + match[0][end:] if known and not bare.startswith(GONE) else match[0]


_ANY = r"(?:[^\n|;&]{0,200}?[ \t])??"  # as little as may be: the next command may stand in the same line
_LOGIN = (
    r"(?:docker|podman|nerdctl|skopeo|oras|helm registry|az acr|crane auth|buildah|"
    r"singularity remote|apptainer remote)"
)

RULES = (
    # headers: the rest of the line (or of the quotes) is the value; the scheme stays
    Rule(
        ("authorization",),
        (
            rf"(?i)(?P<lead>\b(?:proxy-)?authorization[\"']?\s{{0,4}}[:=]"
            rf"\s{{0,4}}[\"']?(?:{_SCHEMES}\s+)?)(?P<value>(?!{_SCHEMES}\s)[^\s\"'<>,\\][^\n\"'<>\\]*)"
        ),
        _header,
    ),
    Rule(
        ("bearer", "basic ", "token "),
        r"(?i)\b(?:bearer|basic|token)[ \t]+(?P<dq>(?!))?(?P<sq>(?!))?(?P<bare>[A-Za-z0-9][\w.~+/=-]{7,})",
        _random,
    ),
    Rule(("cookie:",), r"(?im)(?P<lead>\b(?:set-)?cookie:[ \t]*)(?P<value>\S[^\n\"'<>]*)", _header),
    Rule(
        ("key:", "token:", "secret:", "auth:"),
        (
            r"(?im)(?P<lead>(?:^|[\"' ])(?:x-[\w-]*(?:key|token|secret|auth|signature)|private-token|"
            r"job-token|deploy-token|api-key|apikey|ocp-apim-subscription-key|[\w-]+-api-key):[ \t]+)"
            r"(?P<value>[^\s\"'<>][^\n\"'<>]*)"
        ),
        _header,
    ),
    # options by name, then by command
    Rule(
        ("--", " -"), rf"(?i)(?<![\w-])--?(?P<name>[a-z][\w-]{{0,60}})(?:=|[ \t]+(?!-))\\?{_V}", _option, also=STEMS
    ),
    Rule(
        ("-u", "--user", "--proxy-user", "-x "),
        rf"(?<![\w-])(?:-u|-U|--user|--proxy-user|--creds|--src-creds|--dest-creds)(?:[ \t=]*){_V}",
        _pair,
    ),
    Rule(("mysql", "mariadb"), rf"\b(?:mysql|mariadb)[\w-]*[ \t]{_ANY}-p{_V}", _sure),
    Rule(("sshpass",), rf"\bsshpass[ \t]{_ANY}-p[ \t]*{_V}", _sure),
    Rule((" login",), rf"\b{_LOGIN}[ \t]+login[ \t]{_ANY}-p[ \t]*{_V}", _sure),
    Rule(("redis-cli",), rf"\bredis-cli[ \t]{_ANY}-a[ \t]*{_V}", _sure),
    Rule(("7z", "zip", "unrar", "rar "), rf"\b(?:7z[a-z]{{0,2}}|unrar|rar)[ \t]{_ANY}-h?p{_V}", _sure),
    Rule(("zip",), rf"\b(?:un)?zip[ \t]{_ANY}-P[ \t]*{_V}", _sure),
    Rule(("ldap",), rf"\bldap\w+[ \t]{_ANY}-w[ \t]*{_V}", _sure),
    Rule(("%",), rf"\b(?:smbclient|rpcclient|net|mount\.cifs)[ \t]{_ANY}-U[ \t]*[\w.\\/-]+%{_V}", _sure),
    Rule(("openssl", "pass:"), rf"\bpass:(?![ \t]){_V}", _sure),
    Rule(("wandb",), rf"\bwandb[ \t]+login[ \t]+(?:--?[\w-]+(?:=\S+)?[ \t]+)*(?!-){_V}", _random),
    Rule(
        ("login",),
        (
            rf"\b(?:hf auth|huggingface-cli|modelscope|swanlab|comet|neptune|clearml-init|ngc|kaggle|"
            rf"replicate|vault|tailscale)[ \t]+login[ \t]+(?:--?[\w-]+=\S+[ \t]+)*(?!-){_V}"
        ),
        _random,
    ),
    Rule(("authtoken",), rf"\b(?:authtoken|add-authtoken)[ \t]+{_V}", _random),
    Rule(("alias set",), rf"\bmc[ \t]+alias[ \t]+set[ \t]+\S+[ \t]+\S+[ \t]+\S+[ \t]+{_V}", _sure),
    Rule(("configure set",), rf"\bconfigure[ \t]+set[ \t]+(?P<name>[\w.-]+)[ \t]+{_V}", _option),
    Rule(("/pass:", "/p:", "/user:"), rf"(?i)(?<!\w)/(?:pass|p|password):{_V}", _sure),
    Rule(("net use",), rf"(?i)\bnet[ \t]+use[ \t]+[^\n]*?/user:\S+[ \t]+(?!/){_V}", _sure),
    Rule(
        ("echo", "printf", "<<<"),
        (
            rf"\b(?:echo|printf)[ \t]+(?:-[neE]+[ \t]+)?{_V}[ \t]*\|[ \t]*(?:sudo[ \t]+-S|"
            rf"(?:sudo[ \t]+)?(?:docker|podman|nerdctl|skopeo|oras|helm)\b[^\n|]{{0,60}}login|"
            rf"gh[ \t]+auth|wandb|hf[ \t]|huggingface-cli|gpg|openssl|base64[ \t]*\|)"
        ),
        _sure,
    ),
    # a netrc line, in one line or in several
    Rule(("password",), rf"(?m)\b(?:machine\s+\S+|default)\s+(?:(?:login|account)\s+\S+\s+)*password\s+{_V}", _sure),
    Rule(("password",), rf"(?m)^[ \t]*password[ \t]+{_V}[ \t]*$", _sure),
    # sentences
    Rule(
        ("pass", "secret", "key", "token"),
        (
            rf"(?i)\b(?P<what>password|passphrase|passcode|secret|(?:api|access|secret|auth)"
            rf"[ -]?(?:key|token)|token|pass)\b(?:[ \t]+(?:for|of|to)[ \t]+[^\s:]+)?[ \t]+(?:(?:(?:is|"
            rf"was) )?(?:now )?(?:set|changed|reset) to|is|was|are|equals|reads)"
            rf"[ \t]*:?[ \t]+(?!correct\b){_V}"
        ),
        _is,
        also=(" is", " was", " are ", " to ", " equals ", " reads "),
    ),
    Rule(
        ("key", "token", "pass"),
        (
            rf"(?i)\b(?P<what>(?:api|access|secret|auth|license)[ -]?(?:key|token)|hf token|passwort)"
            rf"\b(?:[^\n:]{{0,60}}:)?[ \t]+{_V}"
        ),
        _is,
        also=("api", "access", "secret", "auth", "license", "hf token", "passwort"),
    ),
    Rule(("enter:",), rf"(?i)\bhit enter(?:, or press ctrl\+c to quit)?:[ \t]*{_V}", _random),
    Rule(("密码", "口令", "密钥", "令牌"), rf"(?:密码|口令|密钥|令牌)(?:是|为)?[ \t]*[:：=是为][ \t]*{_V}", _sure),
)
