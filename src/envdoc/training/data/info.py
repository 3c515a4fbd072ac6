"""`dataset_info.json` -> its entries as the release understands them, and the mistakes (data/parser.py:93-149)."""

from __future__ import annotations

import difflib
import json
from typing import Any

from envdoc.model import jsontext
from envdoc.model.finding import Finding, Severity
from envdoc.model.value import dataclass
from envdoc.training.data.jsonplaces import Path, places
from envdoc.training.data.release import COLUMNS, FORMATS, SETTINGS, SOURCES, TAGS
from envdoc.training.data.tally import info_finding
from envdoc.training.data.values import Entry

LIMIT = 16 << 20  # bytes; the shipped file has 18 KB


@dataclass(frozen=True, slots=True)
class Read:
    """The entries that can be used, and the findings by entry name; those of the file stand under ""."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[tuple[str, Finding], ...] = ()
    names: tuple[str, ...] = ()


def read(raw: bytes, file: str) -> Read:
    """All entries of a dataset_info.json."""
    try:
        text = raw.decode("utf-8")
        if text.startswith("\ufeff"):
            return _broken(file, 1, "a byte order mark at its beginning")
        data = jsontext.loads(text, any_number=True)
    except UnicodeDecodeError as error:
        return _broken(file, raw.count(b"\n", 0, error.start) + 1, f"not UTF-8: byte 0x{raw[error.start]:02x}")
    except json.JSONDecodeError as error:
        return _broken(file, error.lineno, f"{error.msg} (column {error.colno})")
    except ValueError as error:
        return _broken(file, 1, str(error)[:100])
    if not isinstance(data, dict):
        return _broken(file, 1, f"a {type(data).__name__} and no object")
    lines, twice = places(text)
    return _entries(data, file, lines, twice)


def _broken(file: str, line: int, why: str) -> Read:
    return Read(findings=(("", info_finding("data-info-broken", file, line, why=why)),))


def _entries(data: dict[str, Any], file: str, lines: dict[Path, int], twice: list[tuple[Path, int, int]]) -> Read:
    findings = [
        (path[0], info_finding("data-info-duplicate", file, second, ".".join(path), first=first, key=path[-1]))
        for path, first, second in twice
    ]
    entries = []
    for name, body in data.items():
        reader = _Reader(name, file, lines)
        entry = reader.entry(body)
        findings += [(name, each) for each in reader.findings]
        if entry is not None:
            entries.append(entry)
    return Read(tuple(entries), tuple(findings), tuple(data))


class _Reader:
    """One entry; mistakes are collected, and only what makes it unusable ends it."""

    def __init__(self, name: str, file: str, lines: dict[Path, int]) -> None:
        self.name, self.file, self.lines = name, file, lines
        self.findings: list[Finding] = []

    def say(self, code: str, /, *keys: str, severity: Severity | None = None, **values: Any) -> None:
        path = (self.name, *keys)
        line = self.lines.get(path) or self.lines.get(path[:-1]) or self.lines.get(path[:1], 0)
        told = info_finding(code, self.file, line, ".".join(path), severity=severity, name=self.name, **values)
        self.findings.append(told)

    def entry(self, body: Any) -> Entry | None:
        if not isinstance(body, dict):
            self.say("data-entry-shape", what=self.name, kind=type(body).__name__)
            return None
        source = self._source(body)
        columns = self._block(body, "columns", dict(COLUMNS))
        tags = self._block(body, "tags", dict(TAGS))
        self._unknown(body, (*SOURCES, *SETTINGS))
        fine = self._settings(body, source)
        if not source or columns is None or tags is None or not fine:
            return None
        return Entry(
            name=self.name,
            source=SOURCES[source],
            target=str(body[source]),
            formatting=body.get("formatting", "alpaca"),
            ranking=bool(body.get("ranking", False)),
            columns=columns,
            tags=tags,
            file=self.file,
            line=self.lines.get((self.name,), 0),
        )

    def _source(self, body: dict[str, Any]) -> str:
        """The key that says where the data is; "" where it cannot be used."""
        given = [key for key in SOURCES if key in body]
        if not given:
            self.say("data-entry-source", keys=", ".join(SOURCES))
            return ""
        kinds = {SOURCES[key] for key in given}
        if len(kinds) > 1:
            ignored = [key for key in given if SOURCES[key] != SOURCES[given[0]]]
            self.say("data-entry-sources", ignored[0], used=given[0], ignored=", ".join(ignored))
        if not isinstance(body[given[0]], str) or not body[given[0]]:
            self.say("data-entry-value", given[0], key=given[0], value=_short(body[given[0]]), allowed="a text")
            return ""
        return given[0]

    def _block(
        self, body: dict[str, Any], block: str, defaults: dict[str, str | None]
    ) -> dict[str, str | None] | None:
        """`columns` or `tags`: as soon as the block is there, what it does not name is not mapped."""
        if block not in body:
            return defaults
        told = body[block]
        if not isinstance(told, dict):
            self.say("data-entry-shape", block, what=block, kind=type(told).__name__)
            return None
        out: dict[str, str | None] = {}
        for key in defaults:
            value = told.get(key)
            if value is not None and not isinstance(value, str):
                self.say("data-entry-value", block, key, key=key, value=_short(value), allowed="a text")
                return None
            out[key] = value or None
        for key in told:
            if key not in defaults:
                self.say("data-entry-key", block, key, key=key, near=_near(key, tuple(defaults), defaults))
        return out

    def _unknown(self, body: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in body:
            if key in known:
                continue
            block = "columns" if key in COLUMNS else "tags" if key in TAGS else ""
            near = f"{block}.{key}" if block else _near(key, known, {})
            self.say("data-entry-key", key, key=key, near=near)

    def _settings(self, body: dict[str, Any], source: str) -> bool:
        """formatting, ranking, split, num_samples, subset, folder; False where the data cannot be judged."""
        formatting = body.get("formatting", "alpaca")
        if formatting not in FORMATS:
            self.say(
                "data-entry-value",
                "formatting",
                key="formatting",
                value=_short(formatting),
                allowed=", ".join(FORMATS),
            )
        ranking = body.get("ranking", False)
        if not isinstance(ranking, bool):
            self.say("data-entry-text-flag", "ranking", value=_short(ranking), taken=str(bool(ranking)).lower())
        local = SOURCES.get(source) == "file"
        split = body.get("split", "train")
        if local and split != "train":
            self.say("data-entry-value", "split", key="split", value=_short(split), allowed="train")
        samples = body.get("num_samples")
        if samples is not None and (isinstance(samples, bool) or not isinstance(samples, int) or samples < 1):
            allowed = "a whole number from 1"
            self.say("data-entry-value", "num_samples", key="num_samples", value=_short(samples), allowed=allowed)
        for key in ("subset", "folder"):
            if local and body.get(key) is not None:
                self.say("data-entry-no-effect", key, key=key)
        return formatting in FORMATS


def _near(key: str, known: tuple[str, ...], defaults: dict[str, str | None]) -> str:
    """The right key that is probably meant: by what a default maps (`instruction` -> `prompt`), else by spelling."""
    by_value = next((name for name, value in defaults.items() if value == key or name == f"{key}_tag"), "")
    return by_value or next(iter(difflib.get_close_matches(key.lower(), known, 1, 0.6)), "")


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:60]
