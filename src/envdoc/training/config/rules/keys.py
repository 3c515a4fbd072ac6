"""Keys: those that the release does not know, and what became of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from envdoc.findings import text
from envdoc.knowledge import table as tables
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.training.config.keys import table
from envdoc.training.config.rules.base import AT_ONCE, IGNORED, told
from envdoc.training.config.run import Run


def unknown(run: Run) -> Iterator[Finding]:
    """Every key that the release refuses; with ALLOW_EXTRA_ARGS it lets them pass without effect."""
    allowed = run.enabled("ALLOW_EXTRA_ARGS")
    effect, severity = (IGNORED, Severity.WARNING) if allowed else (AT_ONCE, None)
    for key in run.file.entries:
        if key in run.keys.keys:
            continue
        code, values = _what_became(run, key)
        near = difflib.get_close_matches(key, run.keys.keys, n=1, cutoff=0.75)
        values |= {"near": near[0] if near and "new" not in values else ""}
        yield told(run, code, key, effect, severity=severity, release=run.keys.llamafactory, **values)


def _what_became(run: Run, key: str) -> tuple[str, dict[str, Any]]:
    moved: dict[str, Any] | None = next(
        (row for row in tables.read("training_moved")["rows"] if row["key"] == key), None
    )
    releases = table.releases_with(key)
    if moved is None and not releases:
        return "train-key-unknown", {}
    values: dict[str, Any] = {"new": (moved or {}).get("new", "")}
    owner, version = _last(releases, run) if releases else (moved["owner"], moved["until"])  # type: ignore[index]
    name = {"llamafactory": "LLaMA-Factory", "transformers": "transformers"}[owner]
    here = run.keys.llamafactory if owner == "llamafactory" else run.keys.transformers
    when = "older" if version_tuple(version) < version_tuple(here) else "newer"
    return "train-key-moved", values | {"age": text("train-key-moved", when, owner=name, version=version, here=here)}


def _last(releases: tuple[tuple[str, str], ...], run: Run) -> tuple[str, str]:
    """The release with the key that is nearest to the installed one: the newest older, else the oldest newer."""
    here = {"llamafactory": run.keys.llamafactory, "transformers": run.keys.transformers}
    older = [pair for pair in releases if version_tuple(pair[1]) < version_tuple(here[pair[0]])]
    return older[-1] if older else releases[0]
