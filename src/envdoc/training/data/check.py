"""A data folder or dataset_info.json -> every data set in it, judged."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.host.streams import open_binary
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.value import dataclass
from envdoc.training.data import closing, info, mapping
from envdoc.training.data.locate import locate
from envdoc.training.data.release import INFO_FILE
from envdoc.training.data.survey import Survey
from envdoc.training.data.tally import info_finding
from envdoc.training.data.values import Entry, Progress, Surveyed

EXTRA = "pip install 'envdoc-gpu[data]'"


@dataclass(frozen=True, slots=True)
class Checked:
    """The data sets that were asked for, and the findings that belong to none of them."""

    file: str
    datasets: tuple[Surveyed, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def every(self) -> tuple[Finding, ...]:
        return (*self.findings, *(each for dataset in self.datasets for each in dataset.findings))


def check(
    host: Host,
    path: str,
    names: Sequence[str] = (),
    *,
    count_tokens: Callable[[str], int] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Checked:
    """Judge the named data sets, or all of them; `path` is a folder or the file itself."""
    there = host.stat(path).value
    file = os.path.join(path, INFO_FILE) if there and there.is_dir else path  # noqa: PTH118 - the user's own words
    try:
        with open_binary(file) as stream:
            raw = stream.read(info.LIMIT + 1)
    except OSError as error:
        return Checked(file, findings=(info_finding("data-info-missing", file, why=error.strerror or str(error)),))
    if len(raw) > info.LIMIT:
        why = f"longer than {info.LIMIT >> 20} MiB"
        return Checked(file, findings=(info_finding("data-info-broken", file, 1, why=why),))
    read = info.read(raw, file)
    if not read.names and read.findings:
        return Checked(file, findings=tuple(each for _, each in read.findings))
    wanted = [name.strip() for each in names for name in each.split(",")] or list(read.names)
    undefined = tuple(
        info_finding("data-entry-missing", file, name=name, names=", ".join(read.names[:20]))
        for name in wanted
        if name not in read.names
    )
    entries = {entry.name: entry for entry in read.entries}
    told = {name: tuple(each for owner, each in read.findings if owner == name) for name in wanted}
    folder = os.path.dirname(file)  # noqa: PTH120
    datasets = tuple(
        _surveyed(host, entries.get(name), name, folder, told[name], count_tokens, on_progress)
        for name in wanted
        if name in read.names
    )
    return Checked(file, datasets, undefined)


def _surveyed(
    host: Host,
    entry: Entry | None,
    name: str,
    folder: str,
    told: tuple[Finding, ...],
    count_tokens: Callable[[str], int] | None,
    on_progress: Callable[[Progress], None] | None,
) -> Surveyed:
    """One data set; where its entry cannot be used, its data is not read."""
    if entry is None:
        return Surveyed(name, "", status="not-checked", reason=text("data", "entry-unusable"), findings=told)
    if entry.source != "file":
        kind = text("data", f"source-{entry.source}")
        remote = info_finding("data-remote", entry.file, entry.line, name, name=name, target=entry.target, kind=kind)
        return Surveyed(name, entry.formatting, status="not-checked", reason=kind, findings=(*told, remote))
    lost = mapping.lost(entry)
    told = (*told, *lost)
    if any(each.severity is Severity.ERROR for each in lost):
        return Surveyed(
            name, entry.formatting, status="not-checked", reason=text("data", "entry-unusable"), findings=told
        )
    located = locate(host, entry, folder)
    if not located.files:
        reason = text("data", "no-file")
        findings = (*told, *located.findings)
        return Surveyed(name, entry.formatting, status="not-checked", reason=reason, findings=findings)
    survey = Survey(host, entry, folder, count_tokens=count_tokens, on_progress=on_progress)
    try:
        survey.read(located)
    except ImportError:
        missing = _needs_extra(entry, located.files[0], located.reader)
        reason = text("data", "needs-pyarrow")
        return Surveyed(
            name,
            entry.formatting,
            status="not-checked",
            reason=reason,
            files=located.files,
            findings=(*told, missing),
        )
    return _closed(survey, located.files, told)


def _needs_extra(entry: Entry, path: str, reader: str) -> Finding:
    from envdoc.findings import finding
    from envdoc.model.finding import Where

    return finding(
        "data-not-checked",
        where=Where(path),
        commands=(Command(EXTRA),),
        name=entry.name,
        reader=reader,
        effect="none",
    )


def _closed(survey: Survey, files: tuple[str, ...], told: tuple[Finding, ...]) -> Surveyed:
    found = closing.findings(survey, files[0])
    stopped, line = survey.stopped
    return Surveyed(
        name=survey.entry.name,
        format=survey.entry.formatting,
        records=survey.records,
        bad=survey.tally.bad,
        sampled=survey.tally.sampled(),
        status="partly" if stopped else "checked",
        reason=text("data", "stopped", file=stopped, line=line) if stopped else "",
        files=files,
        statistics=survey.figures.told(),
        findings=(*told, *found),
    )
