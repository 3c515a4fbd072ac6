"""What was found in data sets: as the JSON document of `data check`, and as text for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import System
from envdoc.render.document import envelope
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines

_MARKS = {Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.INFO: "info"}


def data_document(file: str, datasets: Sequence[Any], findings: Iterable[Finding], code: int) -> dict[str, Any]:
    """`envdoc data check --format json`; `datasets` are the surveyed ones."""
    return envelope("data", code, findings, file=file, datasets=[dataset_data(each) for each in datasets])


def dataset_data(dataset: Any) -> dict[str, Any]:
    """One data set. `sampled` are the numbers of the bad records that the findings name."""
    return {
        "name": dataset.name,
        "format": dataset.format,
        "records": dataset.records,
        "bad": dataset.bad,
        "sampled": list(dataset.sampled),
        "status": dataset.status,
        "reason": dataset.reason,
        "files": list(dataset.files),
        "statistics": statistics_data(dataset.statistics),
    }


def statistics_data(statistics: Any) -> dict[str, Any]:
    """Lengths in characters and tokens by field, and counts."""
    return {
        "characters": {each.name: _lengths(each) for each in statistics.fields},
        "tokens": {each.name: _lengths(each) for each in statistics.tokens},
        "turns": statistics.turns,
        "images": statistics.images,
        "videos": statistics.videos,
        "audios": statistics.audios,
        "duplicates": statistics.duplicates,
        "compared": statistics.compared,
        "bytes": statistics.bytes,
    }


def _lengths(lengths: Any) -> dict[str, int]:
    names = {"count": "count", "min": "least", "median": "median", "p95": "p95", "max": "most"}
    return {told: getattr(lengths, name) for told, name in names.items()}


def data_lines(
    file: str,
    datasets: Sequence[Any],
    findings: Sequence[Finding],
    system: System,
    *,
    quiet: bool = False,
    seconds: float = 0.0,
) -> Iterator[Line]:
    """One line a data set with its figures, then its findings; those that could not be looked at in one line."""
    if not quiet:
        yield Line(f"{file}: {_count(len(datasets), 'data set')}", style="bold")
    for finding in findings:
        yield from finding_lines(finding, system)
    unseen = [each for each in datasets if each.status == "not-checked" and not _weighty(each)]
    for dataset in datasets:
        if dataset not in unseen and (not quiet or _weighty(dataset)):
            yield from _dataset_lines(dataset, system, quiet)
    if unseen and not quiet:
        yield Line(f"not checked: {_names(unseen)}", mark="not-checked")
    yield Line(_summary(datasets, findings, seconds), style="bold")


def _weighty(dataset: Any) -> bool:
    return any(finding.severity is not Severity.INFO for finding in dataset.findings)


def _names(datasets: Sequence[Any]) -> str:
    reasons: dict[str, list[str]] = {}
    for each in datasets:
        reasons.setdefault(each.reason, []).append(each.name)
    return "; ".join(f"{len(names)} ({reason}): {', '.join(names)}" for reason, names in reasons.items())


def _dataset_lines(dataset: Any, system: System, quiet: bool) -> Iterator[Line]:
    worst = min((list(_MARKS).index(each.severity) for each in dataset.findings), default=-1)
    mark = "pass" if worst < 0 else list(_MARKS.values())[worst]
    if dataset.status == "not-checked":
        yield Line(f"{dataset.name}: not checked: {dataset.reason}", mark=mark)
    else:
        bad = f", {dataset.bad:,} with mistakes" if dataset.bad else ""
        yield Line(f"{dataset.name}  {dataset.format}, {_count(dataset.records, 'record')}{bad}", mark=mark)
    if dataset.status == "partly":
        yield Line(dataset.reason, indent=4)
    if not quiet:
        yield from _figures(dataset.statistics)
    for finding in dataset.findings:
        if not quiet or finding.severity is not Severity.INFO:
            yield from (_indented(line) for line in finding_lines(finding, system))


def _indented(line: Line) -> Line:
    return Line(line.text, line.mark, line.style, line.indent + 2, line.fixed)


def _figures(statistics: Any) -> Iterator[Line]:
    for unit, every in (("characters", statistics.fields), ("tokens", statistics.tokens)):
        for each in every:
            told = f"min {each.least:,}, median {each.median:,}, 95 % {each.p95:,}, max {each.most:,}"
            yield Line(f"{each.name}: {told} {unit}", indent=4, style="dim")
    media = [f"{getattr(statistics, name):,} {name}" for name in ("images", "videos", "audios")]
    counts = [f"{statistics.turns:,} turns", *(each for each in media if not each.startswith("0 "))]
    if statistics.turns:
        yield Line(", ".join(counts), indent=4, style="dim")


def _summary(datasets: Sequence[Any], findings: Sequence[Finding], seconds: float) -> str:
    every = [*findings, *(each for dataset in datasets for each in dataset.findings)]
    errors = sum(each.severity is Severity.ERROR for each in every)
    warnings = sum(each.severity is Severity.WARNING for each in every)
    unseen = sum(each.status == "not-checked" for each in datasets)
    records = sum(each.records for each in datasets)
    parts = [_count(errors, "error"), _count(warnings, "warning"), f"{_count(records, 'record')} read"]
    parts += [f"{_count(unseen, 'data set')} not checked"] if unseen else []
    return ", ".join(parts) + (f" in {seconds:.2f} s" if seconds else "")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
