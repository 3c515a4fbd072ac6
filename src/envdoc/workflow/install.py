"""`envdoc install`: resolve, plan, then (with consent) do, check again and prove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from envdoc.host.base import Host
from envdoc.model.finding import CheckStatus, Finding, Severity
from envdoc.model.profile import Profile
from envdoc.model.resolution import Resolution, Wish
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.workflow.machine import MachineWish, WhatIf, imagine, obtain
from envdoc.workflow.resolve import Resolved, decide, default_environment, source_states

if TYPE_CHECKING:
    from envdoc.installer import Event

# After an installation only what the environment itself can be blamed for is judged again: a GPU that this
# machine lacks (an image build) is no fault of the environment.
_ENVIRONMENT_CHECKS = (
    "torch-cpu-build",
    "companions",
    "requirements",
    "distributions",
    "runtime-wheels",
    "bitsandbytes",
    "flash-attn",
    "known-breaks",
)


@dataclass(frozen=True, slots=True)
class InstallWish:
    """What the command line asks of an installation."""

    wish: Wish
    environment: str = ""
    engine: str = "uv"
    mirrors: tuple[str, ...] = ()
    what_if: WhatIf = WhatIf()
    adopt: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be done; nothing was changed yet."""

    resolved: Resolved
    wish: InstallWish
    unchanged: InstallResult | None = None  # the environment is already what is wished: nothing to do


def prepare(host: Host, wish: InstallWish) -> Prepared:
    """Probe, ask the sources what they offer, decide and plan."""
    done = already_done(host, wish)
    if done is not None:
        return done
    machine = obtain(host, MachineWish(env=wish.environment if wish.adopt else ""))
    if wish.what_if.asked:
        from envdoc.workflow.context import knowledge

        machine = imagine(machine, wish.what_if, knowledge())
    states = source_states(host, wish.mirrors, online=True)
    resolved = decide(host, machine, wish.wish, states, environment=wish.environment, adopt=wish.adopt)
    return Prepared(resolved, wish)


def already_done(host: Host, wish: InstallWish) -> Prepared | None:
    """The quick answer of a second run, told from files alone: same wish, journal complete, packages in place."""
    raise NotImplementedError


def carry_out(host: Host, prepared: Prepared, on_event: Callable[[Event], None]) -> InstallResult:
    """Run the plan. The environment is usable only if its proofs pass and the check finds no error in it."""
    from envdoc import installer
    from envdoc.workflow.context import profile

    resolved = prepared.resolved
    if resolved.plan is None:
        raise ValueError("a plan that does not exist cannot be carried out")
    named = profile(host, prepared.wish.wish.profile) if prepared.wish.wish.profile != "auto" else None
    prover = _Prover(host, resolved, named, on_event)
    options = installer.Options(engine=prepared.wish.engine)
    return installer.execute(resolved.plan, host, options, on_event=on_event, prove=prover, explain_log=_explain(resolved))


@dataclass(frozen=True, slots=True)
class _Prover:
    """Check again, then prove; called by the installer's last step."""

    host: Host
    resolved: Resolved
    profile: Profile | None
    on_event: Callable[[Event], None]

    def __call__(self, python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        from envdoc import smoke

        checked = self._check(python)
        gpus = tuple(range(len(self.resolved.machine.gpus.value or ())))
        return (checked, *smoke.prove(self.host, python, proofs, gpus=gpus))

    def _check(self, python: str) -> ProofResult:
        from envdoc.workflow.check import judge

        report = judge(obtain(self.host, MachineWish(python=python)), self.profile)
        mine = [result for result in report.checks if result.id in _ENVIRONMENT_CHECKS]
        errors = tuple(f for result in mine for f in result.findings if f.severity is Severity.ERROR)
        crashed = [result.id for result in mine if result.status is CheckStatus.CRASH]
        status = ProofStatus.FAILED if errors or crashed else ProofStatus.PASSED
        reason = ", ".join([*(f.code for f in errors), *(f"{each} crashed" for each in crashed)])
        return ProofResult("check", "Check the environment again", status, reason=reason, findings=errors)


def _explain(resolved: Resolved) -> Callable[[str], tuple[Finding, ...]]:
    """A failing step's log, explained by the same engine as `envdoc diagnose`."""

    def explain(log: str) -> tuple[Finding, ...]:
        from envdoc.workflow.diagnose import explain_log

        return explain_log(log, resolved.machine)

    return explain


def combined_findings(resolution: Resolution, result: InstallResult) -> InstallResult:
    """The result with what the resolution had to say, without repeats."""
    seen = {(finding.code, finding.summary) for finding in result.findings}
    extra = tuple(f for f in resolution.findings if (f.code, f.summary) not in seen)
    return replace(result, findings=result.findings + extra)


def environment_of(wish: InstallWish) -> str:
    return wish.environment or default_environment(wish.wish.profile)
