"""The file as such: could it be read, by the release that is installed."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity, Where
from envdoc.training.config.rules.base import AT_ONCE, OTHER, told
from envdoc.training.config.run import Run
from envdoc.training.config.values import Form, Problem

TYPICAL = ("model_name_or_path", "stage", "dataset", "finetuning_type", "output_dir")


def file(run: Run) -> Iterator[Finding]:
    """Every problem of the file, and a JSON file that the release cannot read."""
    for problem in run.file.problems:
        yield _problem(run, problem)
    if run.file.form is Form.JSON and run.since("0.9.5"):
        evidence = (text("train", AT_ONCE, release=run.keys.llamafactory),)
        yield finding("train-json-unreadable", where=Where(run.file.path), evidence=evidence, release=run.keys.llamafactory)


def _problem(run: Run, problem: Problem) -> Finding:
    """Older releases take the last of two equal keys without a word."""
    silent = problem.code == "train-key-twice" and not run.since("0.9.4") and run.file.form is Form.YAML
    effect = OTHER if silent or (problem.code == "train-key-twice" and run.file.form is Form.JSON) else AT_ONCE
    return finding(
        problem.code,
        summary=problem.name,
        evidence=(text("train", effect, release=run.keys.llamafactory),),
        where=Where(run.file.path, problem.line, problem.key),
        severity=Severity.WARNING if effect == OTHER else None,
        **problem.values,
    )


def not_for_train(run: Run) -> Iterator[Finding]:
    """A file of another program: accelerate's, a merge, a chat, LLaMA-Factory's v1."""
    entries = run.file.entries
    if not entries or any(key in entries for key in TYPICAL):
        return
    if not any(key in run.keys.keys for key in entries):
        evidence = (text("train", AT_ONCE, release=run.keys.llamafactory),)
        keys = ", ".join(list(entries)[:5])
        yield finding("train-file-other-program", where=Where(run.file.path), evidence=evidence, keys=keys)


def escapes(run: Run) -> Iterator[Finding]:
    r"""`"C:\new"` in double quotes is a line end, not a path."""
    for key, entry in run.file.entries.items():
        value = entry.value
        if isinstance(value, str) and key in run.keys.keys and any(sign in value for sign in "\t\n\r\0\a\b\f\v"):
            if key in ("hyper_parallel_args", "new_special_tokens_config", "default_system"):
                continue  # texts that may have several lines
            yield told(run, "train-path-escapes", key, OTHER, shown=repr(value)[1:-1])
