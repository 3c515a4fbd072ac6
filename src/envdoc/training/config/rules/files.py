"""The file as such: could it be read, by the release that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity, Where
from envdoc.training.config.rules.base import AT_ONCE, LATER, OTHER, told
from envdoc.training.config.run import Run
from envdoc.training.config.values import Form, Problem


def file(run: Run) -> Iterator[Finding]:
    """Every problem of the file, and a JSON file that the release cannot read."""
    for problem in run.file.problems:
        yield _problem(run, problem)
    if run.file.form is Form.JSON and run.since("0.9.5") and not program(run):
        evidence = (text("train", AT_ONCE, release=run.keys.llamafactory),)
        yield finding(
            "train-json-unreadable", where=Where(run.file.path), evidence=evidence, release=run.keys.llamafactory
        )


def _problem(run: Run, problem: Problem) -> Finding:
    """Older releases take the last of two equal keys without a word."""
    silent = problem.code == "train-key-twice" and not run.since("0.9.4") and run.file.form is Form.YAML
    effect = OTHER if silent or (problem.code == "train-key-twice" and run.file.form is Form.JSON) else AT_ONCE
    values: dict[str, Any] = dict(problem.values)
    return finding(
        problem.code,
        summary=problem.name,
        evidence=(text("train", effect, release=run.keys.llamafactory),),
        where=Where(run.file.path, problem.line, problem.key),
        severity=Severity.WARNING if effect == OTHER else None,
        **values,
    )


# Keys that only another program's file has; the first that fits names it
PROGRAMS = (
    ("accelerate", ("compute_environment", "distributed_type")),
    ("deepspeed", ("zero_optimization", "train_micro_batch_size_per_gpu")),
    ("v1", ("train_dataset", "dist_config", "peft_config")),
    ("megatron", ("tensor_model_parallel_size", "pipeline_model_parallel_size", "expert_model_parallel_size")),
    ("export", ("export_dir",)),
)


def program(run: Run) -> str:
    """Which program's file it is: "" for one of a training run, else a name of `PROGRAMS`, "chat" or "unknown"."""
    entries = run.file.entries
    if not entries:
        return ""
    for name, keys in PROGRAMS:
        if any(key in entries for key in keys):
            return name
    if run.file.launch is not None and run.file.launch.verb not in ("train", ""):
        return "export" if run.file.launch.verb == "export" else "chat"
    if not any(key in run.keys.keys for key in entries):
        return "unknown"
    runs = ("do_train", "dataset", "eval_dataset", "stage", "output_dir", "tokenized_path")
    return "chat" if "model_name_or_path" in entries and not any(key in entries for key in runs) else ""


def other_program(run: Run) -> Iterator[Finding]:
    """A file of accelerate, a merge, a chat, LLaMA-Factory's v1: named, and not judged as a training run."""
    name = program(run)
    if not name or (name == "v1" and run.enabled("USE_V1")) or (name == "megatron" and run.enabled("USE_MCA")):
        return
    unharmed = name in ("chat", "export")
    evidence = () if unharmed else (text("train", AT_ONCE, release=run.keys.llamafactory),)
    yield finding(
        "train-file-other-program",
        summary=name,
        fix=f"{name}-fix",
        where=Where(run.file.path),
        evidence=evidence,
        severity=Severity.INFO if unharmed else None,
        keys=", ".join(list(run.file.entries)[:5]),
    )


def escapes(run: Run) -> Iterator[Finding]:
    r"""`"C:\new"` in double quotes is a line end, not a path."""
    for key, entry in run.file.entries.items():
        value = entry.value
        if isinstance(value, str) and key in run.keys.keys and any(sign in value for sign in "\t\n\r\0\a\b\f\v"):
            if key in ("hyper_parallel_args", "new_special_tokens_config", "default_system"):
                continue  # texts that may have several lines
            yield told(run, "train-path-escapes", key, OTHER, shown=repr(value)[1:-1])


def no_access(run: Run) -> Iterator[Finding]:
    """What the system does not let this user look at: nothing else is said of it."""
    for each in run.facts.refused:
        fix = "fix" if each.denied else "fix-disk"
        yield told(run, "train-no-access", each.key, LATER, fix=fix, path=each.path, reason=each.reason)
