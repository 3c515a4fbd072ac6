"""`envdoc install`: resolve, plan, then (with consent) do, check again and prove."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from envdoc.host.base import Host
from envdoc.model.finding import CheckStatus, Finding, Severity
from envdoc.model.resolution import Wish
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.model.value import dataclass
from envdoc.workflow import wish_file
from envdoc.workflow.context import knowledge, profile
from envdoc.workflow.machine import MachineWish, WhatIf, imagine, obtain
from envdoc.workflow.resolve import Resolved, decide, default_environment, source_states

if TYPE_CHECKING:
    from envdoc.installer import Event

# After an installation only what the environment itself can be blamed for is judged again: a GPU that this
# machine lacks (an image build) is no fault of the environment.
ENVIRONMENT_CHECKS = (
    "torch-build",
    "torch-whole",
    "torch-companions",
    "package-bounds",
    "package-python",
    "package-copies",
    "package-leftovers",
    "known-breaks",
    "stack-bounds",
    "runtime-wheels",
    "bitsandbytes-real",
    "bitsandbytes-binary",
    "flash-attn-build",
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
    """What would be done; nothing was changed yet. `resolved` is None where `unchanged` is the whole answer."""

    wish: InstallWish
    resolved: Resolved | None = None
    unchanged: InstallResult | None = None


def prepare(host: Host, wish: InstallWish) -> Prepared:
    """Probe, ask the sources what they offer, decide and plan; or see that all is done."""
    done = already_done(host, wish)
    if done is not None:
        return Prepared(wish, unchanged=done)
    machine = obtain(host, MachineWish(env=wish.environment if wish.adopt else ""))
    if wish.what_if.asked:
        machine = imagine(machine, wish.what_if, knowledge())
    states = source_states(host, wish.mirrors, online=True)
    resolved = decide(
        host, machine, wish.wish, states, environment=wish.environment, adopt=wish.adopt, must_plan=True
    )
    return Prepared(wish, resolved)


def already_done(host: Host, wish: InstallWish) -> InstallResult | None:
    """The quick answer of a second run: the same wish, its plan complete, its packages in place.

    Not for `auto`: what fits depends on the machine, which must be looked at again.
    """
    if wish.wish.profile == "auto":
        return None
    from envdoc.installer.verify import unchanged

    plan = wish_file.read(host, environment_of(wish), _wished(host, wish))
    return unchanged(plan, host) if plan else None


def _wished(host: Host, wish: InstallWish) -> dict[str, Any]:
    from envdoc.knowledge.profiles import lock_lines

    named = profile(host, wish.wish.profile)
    locks = tuple(line for name in sorted(named.locks) for line in lock_lines(named, name))
    return wish_file.key(wish, named, locks)


def carry_out(host: Host, prepared: Prepared, on_event: Callable[[Event | ProofResult], None]) -> InstallResult:
    """Run the plan. The environment is usable only if its proofs pass and the check finds no error in it."""
    from envdoc import installer

    resolved = prepared.resolved
    if resolved is None or resolved.plan is None:
        raise ValueError("there is no plan to carry out")
    result = installer.execute(
        resolved.plan,
        host,
        installer.Options(engine=prepared.wish.engine),
        on_event=on_event,
        prove=_Prover(host, resolved, on_event),
        explain_log=_explain(resolved),
    )
    if result.usable and prepared.wish.wish.profile != "auto":
        wish_file.write(host, resolved.plan, _wished(host, prepared.wish))
    return result


@dataclass(frozen=True, slots=True)
class _Prover:
    """Check again, then prove; called by the installer's last step."""

    host: Host
    resolved: Resolved
    on_event: Callable[[Event | ProofResult], None]

    def __call__(self, python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        from envdoc import smoke

        checked = self._check(python)
        self.on_event(checked)
        capabilities = {"capabilities": list(self._capabilities())}
        proved = smoke.prove(
            self.host, python, proofs, arguments={"torch-arch-list": capabilities}, on_event=self._tell
        )
        return (checked, *proved)

    def _tell(self, event: object) -> None:
        result = getattr(event, "result", None)
        if isinstance(result, ProofResult):
            self.on_event(result)

    def _capabilities(self) -> tuple[str, ...]:
        """The GPUs it must have code for: this machine's, else both ends of what the profile is for."""
        bounds = self.resolved.profile.gpus if self.resolved.profile else None
        return self.resolved.resolution.gpus or ((bounds.min, bounds.max) if bounds else ())

    def _check(self, python: str) -> ProofResult:
        from envdoc.workflow.check import judge

        machine = obtain(self.host, MachineWish(python=python))
        mine = judge(machine, self.resolved.profile, only=ENVIRONMENT_CHECKS).checks
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


def environment_of(wish: InstallWish) -> str:
    return wish.environment or default_environment(wish.wish.profile)
