"""`prove`: run proofs inside a target Python, each in its own bounded process, and tell how each ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from envdoc.findings import text
from envdoc.host.base import Completed, Host
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.model.value import replace
from envdoc.smoke.base import LOADING, Group, Level, Proof, ProofEvent
from envdoc.smoke.codes import aimed
from envdoc.smoke.ended import result_of
from envdoc.smoke.gpus import Visible, visible
from envdoc.smoke.jobs import Job, proof_named, spread
from envdoc.smoke.registry import PROOFS
from envdoc.smoke.roots import told_once

_CHILD = Path(__file__).with_name("child.py")
_MARKER = "ENVDOC-PROOF "
_WORKERS = 2

OnEvent = Callable[[ProofEvent], None]


def prove(
    host: Host,
    python: str,
    proofs: Sequence[str] = (),
    *,
    gpus: tuple[int, ...] | None = None,
    level: Level | str = Level.QUICK,
    timeout_factor: float = 1.0,
    environ: Mapping[str, str] | None = None,
    arguments: Mapping[str, Mapping[str, Any]] | None = None,
    on_event: OnEvent | None = None,
) -> tuple[ProofResult, ...]:
    """Run proofs in the environment of `python`; the results in the order asked, a GPU's one after the other.

    Args:
        proofs: names of the registry, or `import:<module>`; empty: all of `level` and the levels before it.
        gpus: only these of the visible GPUs, by nvidia-smi's index; None: each that CUDA_VISIBLE_DEVICES leaves.
        timeout_factor: stretches every proof's time limit, for slow machines.
        environ: added to the environment of the proofs; "" removes a variable.
        arguments: for single proofs: `{"torch-arch-list": {"capabilities": ["12.0"]}}`.
        on_event: told before and after each proof.

    Raises:
        UsageError: an unknown name.
    """
    asked = [proof_named(name) for name in proofs] or list(of_level(Level(level)))
    seen = visible(host, {**host.environ, **(environ or {})})
    chosen = Visible(
        tuple(gpu for gpu in seen.gpus if gpus is None or gpu.index in gpus),
        seen.reason or text("smoke", "not-visible", gpus=", ".join(map(str, gpus or ()))),
        seen.broken,
    )
    return _Run(host, python, timeout_factor, environ or {}, on_event).all(asked, chosen, arguments or {})


def of_level(level: Level, *, cpu: bool = False) -> tuple[Proof, ...]:
    """The proofs of a level: quick; full with the quick ones; train by itself. With `cpu` those that need no GPU,
    and the stand-ins of those that do."""
    levels = (Level.QUICK, Level.FULL) if level is Level.FULL else (level,)
    groups = (Group.CPU, Group.CPU_INSTEAD) if cpu else (Group.CPU, Group.EACH_GPU, Group.ALL_GPUS)
    return tuple(proof for proof in PROOFS.values() if proof.level in levels and proof.group in groups)


class _Run:
    """One call of `prove`."""

    def __init__(
        self, host: Host, python: str, timeout_factor: float, environ: Mapping[str, str], on_event: OnEvent | None
    ) -> None:
        self.host, self.python = host, python
        self.timeout_factor, self.environ, self.on_event = timeout_factor, environ, on_event
        self.total = 0
        self.results: dict[int, ProofResult] = {}

    def all(
        self, asked: Sequence[Proof], seen: Visible, arguments: Mapping[str, Mapping[str, Any]]
    ) -> tuple[ProofResult, ...]:
        jobs: list[Job | ProofResult] = []
        for proof in asked:
            spreaded = self._here(proof, seen, arguments.get(proof.name, {}))
            jobs += spreaded
        self.total = len(jobs)
        for number, job in enumerate(jobs):
            if isinstance(job, ProofResult):
                self._told(number, job.name, job.title, job.gpu, job)
        self._run({number: job for number, job in enumerate(jobs) if isinstance(job, Job)})
        return told_once(tuple(self.results[number] for number in range(len(jobs))))

    def _here(self, proof: Proof, seen: Visible, arguments: Mapping[str, Any]) -> Sequence[Job | ProofResult]:
        if proof.systems and self.host.system not in proof.systems:
            return (_not_checked(proof, text("smoke", "only-on", systems=", ".join(proof.systems))),)
        jobs = spread(proof, seen.gpus, arguments)
        return jobs or (_not_checked(proof, text("smoke", "no-gpu-for-it", reason=seen.reason)),)

    def _run(self, waiting: dict[int, Job]) -> None:
        """Run all jobs; where the child itself dies, go on with what it left, each proof in a fresh interpreter."""
        warm = _shared(tuple(waiting.values()))
        while waiting:
            completed = self._child(waiting, warm)
            waiting = {number: job for number, job in waiting.items() if number not in self.results}
            if waiting and not warm:
                number = next(iter(waiting))
                self._end(number, waiting.pop(number), _lost(completed))
            warm = []

    def _child(self, jobs: dict[int, Job], warm: list[str]) -> Completed:
        told = [job.told(number, self.timeout_factor) for number, job in jobs.items()]
        loading = LOADING * self.timeout_factor
        asked = {"jobs": told, "warm": warm, "loading": loading, "workers": _WORKERS}
        limit = sum(job["timeout"] + loading + 2.0 for job in told) + loading + 10.0

        def on_line(line: str) -> None:
            place = line.find(_MARKER)
            if place >= 0:
                self._hear(jobs, json.loads(line[place + len(_MARKER) :]))

        return self.host.run(
            [self.python, "-X", "utf8", str(_CHILD)],
            timeout=limit,
            env={"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "TOKENIZERS_PARALLELISM": "false", **self.environ},
            stdin=json.dumps(asked),
            on_line=on_line,
        )

    def _hear(self, jobs: dict[int, Job], told: dict[str, Any]) -> None:
        job = jobs.get(told.get("id", -1))
        if job is None:
            return
        if told["event"] == "start":
            self._told(told["id"], job.proof.name, job.proof.title, job.gpu.index if job.gpu else None, None)
        elif told["event"] == "end":
            self._end(told["id"], job, told)

    def _end(self, number: int, job: Job, told: dict[str, Any]) -> None:
        result = result_of(job, told, self.python)
        result = replace(result, findings=tuple(aimed(each, self.python) for each in result.findings))
        self._told(number, result.name, result.title, result.gpu, result)

    def _told(self, number: int, name: str, title: str, gpu: int | None, result: ProofResult | None) -> None:
        if result is not None:
            self.results[number] = result
        if self.on_event:
            self.on_event(ProofEvent(name, title, gpu, number + 1, self.total, result))


def _shared(jobs: Sequence[Job]) -> list[str]:
    """What is imported once for all: torch where a proof needs it, and the compiler part that these bring along."""
    needs = {need for job in jobs for need in (*job.proof.needs, job.proof.args.get("module", ""))}
    if "torch" not in needs:
        return []
    return ["torch", "torch._dynamo"] if needs & {"bitsandbytes", "liger_kernel", "triton"} else ["torch"]


def _not_checked(proof: Proof, reason: str) -> ProofResult:
    return ProofResult(proof.name, proof.title, ProofStatus.NOT_CHECKED, reason=reason)


def _lost(completed: Completed) -> dict[str, Any]:
    """What to tell of a proof whose runner ended without a word about it."""
    tail = "\n".join(part for part in (completed.detail, completed.stderr[-2000:], completed.stdout[-2000:]) if part)
    if completed.returncode is None:
        reason = f"the Python did not start: {completed.why} {completed.detail}".strip()
        return {"returncode": 1, "status": "failed", "reason": reason, "notes": [], "tail": tail, "seconds": 0.0}
    return {"returncode": completed.returncode or 1, "tail": tail, "seconds": completed.seconds}
