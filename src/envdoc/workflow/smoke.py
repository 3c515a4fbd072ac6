"""`envdoc smoke`: which proofs, in which environment, and what they say together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from envdoc.errors import EnvdocError, UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.finding import Finding
from envdoc.model.machine import Machine
from envdoc.model.results import ProofResult
from envdoc.model.value import dataclass
from envdoc.smoke import Level, ProofEvent
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish


@dataclass(frozen=True, slots=True)
class SmokeWish:
    """What the command line asks to be proved. Empty `only`: all of the level."""

    machine: MachineWish = MachineWish()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    level: Level = Level.QUICK
    train: bool = False
    config: str = ""  # a training file, whose own run is proved
    cpu: bool = False
    gpus: tuple[int, ...] = ()
    timeout_factor: float = 1.0
    strict: bool = False


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """What `envdoc smoke` says."""

    machine: Machine
    python: str
    results: tuple[ProofResult, ...]
    findings: tuple[Finding, ...]
    exit_code: int
    seconds: float
    facts: dict[str, str]  # of the machine, one line each, for a report's head


def smoke(host: Host, wish: SmokeWish, on_event: Callable[[ProofEvent], None] | None = None) -> SmokeReport:
    """Run the proofs that the wish names and judge them.

    Raises:
        UsageError: an unknown proof, a GPU that is not there, or no Python to run them in.
    """
    from envdoc import smoke as room

    start = time.perf_counter()
    names = chosen(wish)
    machine = obtain(host, wish.machine)
    python = machine.target.python.value
    if python is None:
        raise UsageError(
            text("errors", "nothing-to-prove", why=machine.target.python.reason()),
            hint=text("errors", "nothing-to-prove-hint"),
        )
    # `--cpu` hides every GPU, so that a proof cannot lean on one by chance
    environ = {"CUDA_VISIBLE_DEVICES": "-1"} if wish.cpu else {}
    arguments = {name: _own_file(host, wish.config, machine) for name in names} if wish.config else {}
    results = room.prove(
        host,
        python.path,
        names,
        gpus=wish.gpus or None,
        timeout_factor=wish.timeout_factor,
        environ=environ,
        arguments=arguments,
        on_event=on_event,
    )
    seen = room.visible(host, dict(host.environ))
    told = room.verdict(results, seen, cpu=wish.cpu, strict=wish.strict)
    aimed = tuple(room.aimed(each, python.path) for each in told.findings)
    findings = (*aimed, *_explained(results, told.findings, machine))
    seconds = time.perf_counter() - start
    return SmokeReport(machine, python.path, results, findings, told.exit_code, seconds, facts(machine))


def _explained(results: tuple[ProofResult, ...], told: tuple[Finding, ...], machine: Machine) -> tuple[Finding, ...]:
    """What the rules for logs make of the last words of proofs that failed, beside what is told already."""
    words = "\n".join(dict.fromkeys(result.output_tail for result in results if result.output_tail))
    if not words:
        return ()
    from envdoc.workflow.diagnose import explain_log

    known = {finding.code for finding in told}
    return tuple(finding for finding in explain_log(words, machine) if finding.code not in known)


def _own_file(host: Host, config: str, machine: Machine) -> Mapping[str, Any]:
    from envdoc.workflow.own_file import arguments

    return arguments(host, config, machine)


def write_file(path: str, text: str, *, append: bool = False) -> None:
    """A report's file: JUnit anew, a job summary after what other steps wrote.

    Raises:
        EnvdocError: the file cannot be written.
    """
    try:
        with Path(path).open("a" if append else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise EnvdocError(f"{path}: cannot be written: {error.strerror}", hint="name another file") from error


def chosen(wish: SmokeWish) -> tuple[str, ...]:
    """Names of the proofs: those of `only`, else the level's (and the training ones), less those of `skip`.

    A name may be cut short: `matmul` means every `matmul-...`.
    """
    from envdoc import smoke as room

    if wish.config:
        names = [proof.name for proof in room.of_level(Level.CONFIG, cpu=wish.cpu)]
    elif wish.only:
        names = [name for part in wish.only for name in _named(part, room.PROOFS)]
    else:
        names = [proof.name for proof in room.of_level(wish.level, cpu=wish.cpu)]
        names += [proof.name for proof in room.of_level(Level.TRAIN, cpu=wish.cpu)] if wish.train else []
    left_out = {name for part in wish.skip for name in _named(part, room.PROOFS)}
    kept = tuple(dict.fromkeys(name for name in names if name not in left_out))
    if not kept:
        raise UsageError(text("errors", "no-proof-left"), hint=text("errors", "no-proof-left-hint"))
    return kept


def _named(part: str, known: Iterable[str]) -> list[str]:
    """The names that `part` stands for; an unknown one stays as it is: the room knows what is near it."""
    names = list(known)
    if part in names:
        return [part]
    return [name for name in names if name.startswith(f"{part}-")] or [part]


def facts(machine: Machine) -> dict[str, str]:
    """The machine in a few words, for the head of a report, the properties of a JUnit suite and a job summary."""
    gpus = [gpu.name.or_else("unknown GPU") for gpu in machine.gpus.or_else(())]
    torch = machine.target.torch.value
    python = machine.target.python.value
    return {
        "system": f"{machine.os.name.or_else(machine.os.system.value)} {machine.os.arch}",
        "driver": machine.driver.version.value or "",
        "gpus": ", ".join(f"{gpus.count(name)} x {name}" for name in dict.fromkeys(gpus)),
        "python": python.version if python else "",
        "torch": torch.version if torch else "",
    }
