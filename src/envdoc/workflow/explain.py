"""`envdoc explain CODE`: the page of a finding's code, made from the catalogue and the rules of `diagnose`.

`tools/findings_pages.py` writes the same pages to docs/findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.diagnose.rules import load
from envdoc.diagnose.say import names_of
from envdoc.diagnose.values import Advice, Rule
from envdoc.errors import UsageError
from envdoc.findings import Entry, Language, codes, entry, former, say, text
from envdoc.model.finding import Severity
from envdoc.model.patterns import pattern
from envdoc.model.text import joined

_FIRST = pattern(r"^## .+\n(.+?)(?=[.:](?:\s|$)|[。：]|\n)", re.MULTILINE)


def named(code: str) -> str:
    """The code of today for a code or a former one.

    Raises:
        UsageError: there is no such code; the hint lists near ones.
    """
    known = codes()
    if code in known:
        return code
    if code in former():
        return former()[code]
    import difflib

    near = difflib.get_close_matches(code, (*known, *former()), n=3, cutoff=0.5)
    quoted = joined([f"`{each}`" for each in near], " or ")
    hint = text("errors", "did-you-mean", names=quoted) if near else text("errors", "explain-lists")
    raise UsageError(text("errors", "no-code", code=code), hint=hint)


def explain(code: str, language: Language = Language.EN) -> str:
    """The page of a code as Markdown; a former code is answered by that of today, and said to be one.

    Raises:
        UsageError: there is no such code.
    """
    today = named(code)
    if today == code:
        return page(today, language)
    note = say(text("explain", "asked-by-former", former=code, code=today), language)
    return f"{note}\n\n{page(today, language)}"


def listing(language: Language = Language.EN) -> str:
    """Every code with what it means, one line each."""
    width = max(map(len, codes()))
    return "\n".join(f"{code:<{width}}  {meaning(entry(code), language)}" for code in codes())


def meaning(told: Entry, language: Language = Language.EN) -> str:
    """The first sentence of a code's page."""
    found = _FIRST.search(told.pages.get(language.value) or told.pages["en"])
    return found[1] if found else ""


def page(code: str, language: Language = Language.EN) -> str:
    """One page, whole, as Markdown."""
    told = entry(code)
    body = told.pages.get(language.value, "")
    parts = [f"# {code}", *(say(each, language) for each in _head(told))]
    parts += [body.strip()] if body else [say(text("explain", "not-translated"), language), told.pages["en"].strip()]
    rules = [rule for rule in load() if rule.code == code]
    if rules:
        parts.append(say(text("explain", "in-a-log"), language))
        parts += [_signs(rule, language) for rule in rules]
    if not _tells_remedy(told.pages["en"]):
        parts.append(say(text("explain", "what-mends"), language))
        parts += [_remedy(rule, language) for rule in rules]
    if told.links:
        parts.append(say(text("explain", "links"), language) + "\n" + "\n".join(f"- {link}" for link in told.links))
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(told: Entry) -> Iterator[str]:
    """Severity, who finds it, and former names."""
    severities = joined((_severity(each) for each in (told.severity, *told.also)), text("explain", "or"))
    if told.machine_broken:
        severities = text("explain", "exit-75", severities=severities)
    commands = ", ".join(f"`envdoc {each}`" for each in told.found_by)
    yield text("explain", "head" if commands else "head-everywhere", severities=severities, commands=commands)
    if told.aliases:
        yield text("explain", "formerly", codes=", ".join(f"`{each}`" for each in told.aliases))


def _severity(severity: Severity) -> str:
    return text("findings", f"severity-{severity.value}")


def _tells_remedy(body: str) -> bool:
    return "## What mends it" in body


def _signs(rule: Rule, language: Language) -> str:
    """What stands in a log, and what it follows from."""
    near = any(sign.near or sign.unless for sign in rule.signs)
    lines = [f"- `{_code(anchor)}`" for sign in rule.signs for anchor in sign.say]
    if rule.look:
        lines.append(f"- {say(text('explain', 'line-like', pattern=_code(rule.look)), language)}")
    told = say(text("explain", "one-of-near" if near else "one-of"), language)
    told += "\n" + "\n".join(dict.fromkeys(lines))
    if rule.follows:
        named_codes = ", ".join(f"`{code}`" for code in rule.follows if code != "*") or text("explain", "any-other")
        told += "\n\n" + say(text("explain", "folded", codes=named_codes), language)
    return told


def _remedy(rule: Rule, language: Language) -> str:
    advice = rule.advice
    chosen = [say(text("explain", f"choose-{advice.choose}"), language)] if advice.choose else []
    fix = names_of(rule)[1]
    own = [_sentence(say(text(rule.code, fix), language))] if fix in entry(rule.code).texts else []
    return "\n\n".join((*chosen, *own, *_commands(advice, language)))


def _commands(advice: Advice, language: Language) -> Iterator[str]:
    for shell, commands in advice.commands.items():
        name = say(text("explain", f"shell-{shell}"), language)
        yield f"{name}:\n\n```\n" + "\n".join(commands) + "\n```"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "。")) else words + ("。" if ord(words[-1]) > 0x2E7F else ".")


def _code(literal: str) -> str:
    return literal.replace("`", "'").replace("|", "\\|")
