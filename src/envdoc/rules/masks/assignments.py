"""`NAME=value` in all its spellings: shells, YAML, JSON, TOML, INI, code, CMake, XML, connection strings, Kubernetes.

export HF_TOKEN=abc          "api_key": "abc"             os.environ["HF_TOKEN"] = "abc"      -DHF_TOKEN:STRING=abc
password: two words          token => "abc"               setx HF_TOKEN abc                   <password>abc</password>
AccountKey=abc;Endpoint=x    {\\"token\\": \\"abc\\"}       name: HF_TOKEN\\n  value: abc    setenv("HF_TOKEN", "abc")
"""

from __future__ import annotations

import re

from envdoc.rules.masks.base import GONE, Rule, compiled
from envdoc.rules.masks.names import Family, family
from envdoc.rules.masks.plausible import can_be_secret

STEMS = (
    "token",
    "pass",
    "pwd",
    "secret",
    "key",
    "cred",
    "cookie",
    "auth",
    "psk",
    "jwt",
    "otp",
    "_pat",
    "bearer",
    "sas",
)
_STEM = "(?:" + "|".join(STEMS) + ")"
_NAME = rf"(?<![\w.-])(?P<name>[\w.-]{{0,64}}?{_STEM}[\w.-]{{0,40}})"
_SEP = r"(?P<sep>\\{0,3}[\"'`\])}]{0,3}[ \t]{0,20}(?:=>|:=|==?|->|:[A-Z]{3,10}=|:(?![:/\\])|%3D)[ \t]{0,20})"
_QUOTED = r"[bBrRfFuU]{0,2}(?P<q>\\{0,3}[\"'])(?P<in>(?:\\.|[^\\\n]){0,4096}?)(?:(?P=q)|$)"
_BARE = r"(?P<out>(?:[^\s\"'<>`]|(?<=\S)['`](?=\S)|<(?![/!a-zA-Z]))[^\s\"<>`]{0,4096})"
_ASSIGNMENT = rf"(?i){_NAME}{_SEP}"
_VALUE = rf"(?m)(?:{_QUOTED}|{_BARE})"
_SPACED = r"(?P<sep>\\?[\"']?[ \t]{1,8})"


def _spot(match: re.Match[str]) -> tuple[int, int, bool]:
    """Where the value after `NAME=` stands; it is read only where the name holds secrets."""
    kind = family(match["name"])
    found = compiled(_VALUE).match(match.string, match.end()) if kind else None
    if kind is None or found is None:
        return match.end(), match.end(), False
    quoted = found["in"] is not None
    value = found["in"] if quoted else _cut(found["out"])
    begin = found.start("in" if quoted else "out")
    secret = not _only_said(match, quoted=quoted) and can_be_secret(value, kind, quoted=quoted)
    return begin, begin + len(value), secret


def _only_said(match: re.Match[str], *, quoted: bool) -> bool:
    """`PASS: test_matmul` of a test log is no assignment."""
    return match["name"] in ("PASS", "Pass", "pass") and match["sep"].strip() == ":" and not quoted


def _cut(value: str) -> str:
    """The value without what follows it: `;Endpoint=x`, `&b=c`, a closing bracket, a comma."""
    for at, sign in enumerate(value):
        if (
            sign in ";,&|"
            and at
            and (rest := value[at + 1 :])
            and re.match(r"\"?[A-Za-z_][\w .-]{0,40}\"?[=:]", rest)
        ):
            value = value[:at]
            break
    while value and (
        value[-1] in ",;" or (value[-1] in ")]}" and value.count(value[-1]) > value.count(_OPEN[value[-1]]))
    ):
        value = value[:-1]
    return value.removesuffix("'")


_OPEN = {")": "(", "]": "[", "}": "{"}


def _whole_line(match: re.Match[str]) -> str:
    """`password: correct horse battery` of a YAML file: the value goes to the end of the line."""
    kind = family(match["name"])
    if (
        kind is not Family.SURE
        or match["name"] == "PASS"
        or not can_be_secret(match["out"].split()[0], kind, quoted=False)
    ):
        return match[0]
    return f"{match['lead']}{GONE}"


def _block(match: re.Match[str]) -> str:
    """`password: |` and the deeper lines below it."""
    kind = family(match["name"])
    return match[0] if kind is None or kind is Family.WEAK else f"{match['lead']}{match['deep']}{GONE}\n"


def _listed(match: re.Match[str]) -> str:
    """`- name: HF_TOKEN` and `value: abc` of Kubernetes, `("HF_TOKEN", "abc")` of a call."""
    kind = family(match["name"])
    value = match["in"] if match["in"] is not None else match["out"]
    if kind is None or kind is Family.WEAK or not can_be_secret(value, kind, quoted=match["in"] is not None):
        return match[0]
    start = match.start("in" if match["in"] is not None else "out") - match.start()
    return match[0][:start] + GONE + match[0][start + len(value) :]


_ELEMENT = (
    r"<(?P<name>[\w.:-]{0,40}"
    + _STEM
    + r"[\w.:-]{0,40})(?P<sep>(?:\s[^<>]{0,200})?>\s{0,20})(?P<out>[^<>\s][^<>]{0,4096}?)(?P<in>(?!))?(?=\s*</)"
)
_TOKEN_FAMILY = rf"{_NAME}\b"

RULES = (
    Rule(
        ("|", ">"),
        (
            rf"(?mi)^(?P<lead>[ \t-]*(?P<name>[\w.-]*{_STEM}[\w.-]*)[\"']?:[ \t]*[|>][-+]?[ \t]*\n)"
            rf"(?P<deep>[ \t]+)\S.*\n(?:(?P=deep).*(?:\n|\Z))*"
        ),
        _block,
        also=STEMS,
    ),
    Rule(
        (":",),
        (
            rf"(?mi)^(?P<lead>[ \t]*(?:- )?(?P<name>[\w.-]{{0,64}}{_STEM}[\w.-]{{0,40}}):[ \t]+)"
            rf"(?P<out>[^\s\"'<>|#][^\n#<]*?\S)(?=[ \t]*(?:#.*|<.*)?$)"
        ),
        _whole_line,
        also=STEMS,
    ),
    Rule(STEMS, _ASSIGNMENT, also=("=", ":", "->", "%3d"), spot=_spot),
    Rule(
        ("setx", "setenv", "set -", "env ", "set "),
        (
            rf"(?m)\b(?:setx|setenv|set -[a-zA-Z]+|ENV|dotenv set|secret set|config set|env set)"
            rf"[ \t]+(?i:{_NAME}){_SPACED}"
        ),
        also=STEMS,
        spot=_spot,
    ),
    Rule(
        ('", ', "', ", '","', "','"),
        rf"(?mi)[\"'](?P<name>[\w.-]{{0,64}}{_STEM}[\w.-]{{0,40}})[\"'][ \t]*,[ \t]*{_QUOTED}(?P<out>(?!))?",
        _listed,
    ),
    Rule(
        ("name",),
        (
            rf"(?mi)\bname[\"']?[ \t]*[:=]"
            rf"[ \t]*[\"']?(?P<name>[\w.-]{{0,64}}{_STEM}[\w.-]{{0,40}})"
            rf"[\"']?,?\s{{1,40}}[\"']?value[\"']?[ \t]*[:=][ \t]*(?:{_QUOTED}|{_BARE})"
        ),
        _listed,
        also=("value",),
    ),
    Rule(("</",), rf"(?i){_ELEMENT}", _listed),
)
