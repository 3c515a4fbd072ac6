"""`envdoc report`: a redacted file and a ready text for the issue form of the right project. Sends nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc import __version__
from envdoc.errors import EnvdocError, UsageError
from envdoc.host.base import Host
from envdoc.model.value import dataclass

if TYPE_CHECKING:
    from envdoc.diagnose import Diagnosis
    from envdoc.diagnose.projects import Project
    from envdoc.model.machine import Machine
    from envdoc.workflow.wishes import MachineWish

_LOG_LINES = 120  # of the log's end, in the text for the form; the file has more
_LOG_BYTES = 512 << 10  # of the log's end, in the file
_TODO = "TODO"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was prepared: for whom, where to put it, the text, and the file to attach ("" where none was wished)."""

    project: str
    url: str
    text: str
    file: str
    taken_out: int = 0  # places of the log that were masked


def report(host: Host, wish: MachineWish, log: str, *, project: str = "", output: str = "") -> Prepared:
    """Put the report together from this machine and a log file ("" without one).

    Raises:
        UsageError: the log cannot be read, or the project is not known.
        EnvdocError: `output` cannot be written.
    """
    from envdoc.diagnose import Context, diagnose_text
    from envdoc.host.identity import identity_of
    from envdoc.rules.masks import anonymous
    from envdoc.workflow.context import knowledge
    from envdoc.workflow.snapshot import redacted

    machine = redacted(host, wish)
    raw = _tail(log) if log else ""
    told = anonymous(raw, identity_of(host))
    text = told.text
    diagnosis = diagnose_text(text, Context(machine=machine, knowledge=knowledge()))
    chosen = _project(project, diagnosis, text)
    if output:
        _write(output, machine, text, diagnosis)
    body = _body(chosen, machine, text, diagnosis)
    return Prepared(chosen.name, chosen.url, body, output, told.count)


def _project(name: str, diagnosis: Diagnosis, text: str) -> Project:
    from envdoc.diagnose.projects import PROJECTS, named, project_of

    if not name:
        return project_of(diagnosis, "\n".join(text.splitlines()[-40:]))
    chosen = named(name)
    if chosen is None:
        raise UsageError(f"--for {name}: not known", hint=f"one of {', '.join(each.name for each in PROJECTS)}")
    return chosen


def _tail(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - only the end of a file that may be huge
            size = file.seek(0, 2)
            file.seek(max(0, size - _LOG_BYTES))
            data = file.read(_LOG_BYTES)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint="name a log file") from error
    from envdoc.diagnose.clean import clean

    return "\n".join(clean(line) for line in data.replace(b"\r\n", b"\n").replace(b"\0", b"").split(b"\n"))


def _write(path: str, machine: Machine, log: str, diagnosis: Diagnosis) -> None:
    from envdoc.model.codec import encode
    from envdoc.render.document import finding_data

    data = {
        "schema": 1,
        "tool": {"name": "envdoc", "version": __version__},
        "findings": [finding_data(each) for each in diagnosis.findings],
        "machine": encode(machine),
        "log": log.splitlines(),
    }
    try:
        Path(path).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise EnvdocError(f"{path}: cannot be written: {error.strerror}", hint="name another file with -o") from error


def _body(project: Project, machine: Machine, log: str, diagnosis: Diagnosis) -> str:
    """The Markdown for the form, field by field."""
    values = {
        "system": _system(machine),
        "log": "\n".join(log.splitlines()[-_LOG_LINES:]).replace("```", "'''"),
        "finding": _finding(diagnosis),
        "todo": _TODO,
    }
    fields = []
    for title, text in project.fields:
        for name, value in values.items():
            text = text.replace("{" + name + "}", value) if name != "log" else text
        fields.append(f"### {title}\n\n{text.replace('{log}', values['log'])}")
    return "\n\n".join(fields) + "\n"


def _finding(diagnosis: Diagnosis) -> str:
    root = diagnosis.root
    return f"`envdoc diagnose` says: {root.code}: {root.summary}" if root else "`envdoc diagnose` knows no cause."


def _system(machine: Machine) -> str:
    """The machine in a few lines, every missing fact with its reason."""
    target, driver = machine.target, machine.driver
    gpus = machine.gpus.value
    lines = [
        f"- OS: {machine.os.name.or_else(machine.os.system.value)} {machine.os.arch}",
        f"- Python: {target.python.value.version if target.python.value else target.python.reason()}",
        f"- torch: {target.torch.value.version if target.torch.value else target.torch.reason()}",
        f"- NVIDIA driver: {driver.version.value or driver.version.best.reason()}, CUDA driver version: "
        f"{driver.cuda.value or driver.cuda.best.reason()}",
        "- GPUs: " + (", ".join(gpu.name.or_else("?") for gpu in gpus) if gpus else machine.gpus.reason() or "none"),
    ]
    packages = {each.name: each.version for each in target.packages.value or ()}
    told = [f"{name} {packages[name]}" for name in _PACKAGES if name in packages]
    if told:
        lines.append(f"- Packages: {', '.join(told)}")
    lines.append(f"- Read by envdoc {__version__}")
    return "\n".join(lines)


_PACKAGES = (
    "transformers",
    "llamafactory",
    "peft",
    "trl",
    "accelerate",
    "datasets",
    "bitsandbytes",
    "flash-attn",
    "deepspeed",
    "unsloth",
    "xformers",
    "triton",
    "numpy",
)
