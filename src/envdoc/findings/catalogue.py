"""The catalogue's files, read one by one: only the codes that are found are ever opened.

severity: error
also: [warning]                          severities that it has in milder cases
machine_broken: true                     no package can mend it: exit 75
found_by: [check, smoke, diagnose]       the commands that report it
aliases: [cpu-torch]                     former codes of the same fault
links: [https://pytorch.org/get-started/locally/]
texts:
  summary:                               what is wrong; of several, the first whose values are all known
    en: "torch {torch} is a CPU build: it cannot use {gpu}"
    zh: "torch {torch} 是 CPU 版：用不了 {gpu}"
  fix:                                   what mends it; further sentences have names of their own
    en: "Install a CUDA build"
    zh: "安装 CUDA 版"
  log:                                   instead of `summary` where `diagnose` found it; `log-fix` likewise
    en: ["torch {torch} is a CPU-only build", "The installed torch is a CPU-only build"]
page:                                    what `envdoc explain` prints below the title, Markdown
  en: |
    ## What it means
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from envdoc.errors import UsageError
from envdoc.knowledge import files, yamlfile
from envdoc.model.finding import Severity
from envdoc.model.value import dataclass

CODES = files.beside(__file__, "codes")
WORDS = files.beside(__file__, "words")
_KINDS = (".yaml", ".json")
ENGLISH = "en"

# A sentence in one language, or several of which the first counts whose values are all known.
Template = str | list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. `texts` are name -> language -> template; `pages` language -> Markdown."""

    code: str
    severity: Severity
    aliases: tuple[str, ...]
    links: tuple[str, ...]
    texts: dict[str, dict[str, Template]]
    pages: dict[str, str]
    machine_broken: bool = False  # no package can mend it: exit 75
    also: tuple[Severity, ...] = ()
    found_by: tuple[str, ...] = ()


def codes() -> tuple[str, ...]:
    """Every code, sorted."""
    return tuple(sorted({files.stem(path) for path in files.listed(CODES, _KINDS)} - {"aliases"}))


@cache
def entry(code: str) -> Entry:
    """The entry of a code.

    Raises:
        UsageError: there is no such code.
    """
    try:
        data = yamlfile.shipped(files.join(CODES, f"{code}.yaml"))
    except OSError as error:
        raise UsageError(f"no finding has the code `{code}`", hint="`envdoc explain --list` lists them") from error
    return Entry(
        code=code,
        severity=Severity(data["severity"]),
        aliases=tuple(data.get("aliases", ())),
        links=tuple(data.get("links", ())),
        texts=data["texts"],
        pages=data.get("page", {}),
        machine_broken=bool(data.get("machine_broken", False)),
        also=tuple(Severity(each) for each in data.get("also", ())),
        found_by=tuple(data.get("found_by", ())),
    )


@cache
def former() -> dict[str, str]:
    """Former code -> the code of today, for `explain`, `--only` and readers of old reports."""
    twin = files.join(CODES, "aliases.json")  # the wheel carries them together: nobody has to open every file
    if files.is_file(twin):
        told: dict[str, str] = json.loads(files.read(twin))
        return told
    return {alias: code for code in codes() for alias in entry(code).aliases}


def aliases(code: str) -> tuple[str, ...]:
    """Former codes of a code; nothing for a code that the catalogue does not know."""
    return entry(code).aliases if code in _known() else ()


@cache
def _known() -> frozenset[str]:
    return frozenset(codes())


@cache
def words(name: str) -> dict[str, dict[str, Template]]:
    """Sentences that belong to no code: `words/NAME.yaml`, name -> language -> template."""
    told: dict[str, Any] = yamlfile.shipped(files.join(WORDS, f"{name}.yaml"))
    return told


def templates(page: str, name: str) -> dict[str, Template]:
    """Language -> template of one sentence: of a file of words, else of a code.

    Raises:
        KeyError: nobody wrote it.
    """
    if page in word_files():
        return words(page)[name]
    return entry(page).texts[name]


@cache
def word_files() -> frozenset[str]:
    return frozenset(files.stem(path) for path in files.listed(WORDS, _KINDS))
