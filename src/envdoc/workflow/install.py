"""`envdoc install`: resolve, plan, then (with consent) do, check again and prove."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from envdoc.host.base import Host
from envdoc.model.finding import CheckResult, CheckStatus, Finding, Severity
from envdoc.model.machine import Machine
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.model.value import dataclass, replace
from envdoc.workflow import again, change, wish_file
from envdoc.workflow.context import knowledge
from envdoc.workflow.gpu_proof import gpus_answer
from envdoc.workflow.machine import imagine, obtain
from envdoc.workflow.resolve import Resolved, decide, heeding
from envdoc.workflow.sources import credentials, source_states
from envdoc.workflow.wishes import InstallWish, MachineWish

if TYPE_CHECKING:
    from envdoc.installer import Event
    from envdoc.installer.secrets import Credential
    from envdoc.smoke import ProofEvent

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
# What can be seen of an environment without torch that only other programs were added to.
WITHOUT_TORCH = ("package-copies", "package-leftovers")
# Those of them that always have something to look at; the others speak of packages that need not be there.
MUST_BE_SEEN = ("torch-build", "torch-whole", "package-copies", "package-leftovers")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be done; nothing was changed yet."""

    wish: InstallWish
    resolved: Resolved
    credentials: tuple[Credential, ...] = ()  # of the sources; for the engine alone


def prepare(host: Host, wish: InstallWish) -> Prepared:
    """Probe, ask the sources what they offer, decide and plan; with a bundle nothing is asked but the machine."""
    if wish.offline:
        from envdoc.workflow.offline import from_bundle

        return Prepared(wish, from_bundle(host, wish))
    told = credentials(host, wish.wish.mirrors)  # a mirror that is none is refused before anything is looked at
    if wish.mend or change.is_change(host, wish):
        return Prepared(wish, change.resolved(host, wish), told)
    machine = obtain(host, MachineWish(env=wish.environment if wish.adopt else ""))
    if wish.what_if.asked:
        machine = imagine(machine, wish.what_if, knowledge())
    states = source_states(host, wish.wish.mirrors, online=True)
    decided = partial(decide, environment=wish.environment, adopt=wish.adopt, must_plan=True)
    return Prepared(wish, heeding(host, machine, wish.wish, states, decided, online=True), told)


def carry_out(
    host: Host, prepared: Prepared, on_event: Callable[[Event | ProofEvent | ProofResult], None]
) -> InstallResult:
    """Run the plan. The environment is usable only if its proofs pass and the check finds no error in it."""
    from envdoc import installer
    from envdoc.probe.engine_config import engine_variables

    resolved = prepared.resolved
    if resolved.plan is None:
        raise ValueError("there is no plan to carry out")
    result = installer.execute(
        resolved.plan,
        host,
        installer.Options(
            engine=prepared.wish.engine,
            offline=bool(prepared.wish.offline),
            credentials=prepared.credentials,
            variables=engine_variables(host),
        ),
        on_event=on_event,
        prove=_Prover(host, resolved, on_event),
        explain_log=_explain(resolved),
    )
    if result.usable and prepared.wish.wish.profile != "auto" and not prepared.wish.offline:
        with contextlib.suppress(OSError):  # only the quick answer of a second run is lost
            wish_file.write(host, resolved.plan, again.wished(host, prepared.wish))
    return result


@dataclass(frozen=True, slots=True)
class _Prover:
    """Check again, then prove; called by the installer's last step."""

    host: Host
    resolved: Resolved
    on_event: Callable[[Event | ProofEvent | ProofResult], None]

    def __call__(self, python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        from envdoc import smoke

        machine = obtain(self.host, MachineWish(python=python))
        checked = self._check(machine)
        self.on_event(checked)
        capabilities = {"capabilities": list(self._capabilities())}
        proved = smoke.prove(
            self.host, python, proofs, arguments={"torch-arch-list": capabilities}, on_event=self._tell
        )
        origin = self.resolved.machine.origin  # of the machine that it is for
        answered = gpus_answer(replace(machine, origin=origin), self.resolved.profile, proved)
        if answered is not None:
            self.on_event(answered)
        return (checked, *proved, *([answered] if answered else []))

    def _tell(self, event: ProofEvent) -> None:
        self.on_event(event.result or event)

    def _capabilities(self) -> tuple[str, ...]:
        """The GPUs it must have code for: this machine's, else both ends of what the profile is for."""
        bounds = self.resolved.profile.gpus if self.resolved.profile else None
        return self.resolved.resolution.gpus or ((bounds.min, bounds.max) if bounds else ())

    def _check(self, machine: Machine) -> ProofResult:
        from envdoc.workflow.check import judge

        made = self.resolved
        if made.in_place and not machine.target.torch.known:
            return checked_again(judge(machine, None, only=WITHOUT_TORCH).checks, WITHOUT_TORCH)
        return checked_again(judge(machine, made.profile, only=ENVIRONMENT_CHECKS, locks=made.locks).checks)


def checked_again(checks: tuple[CheckResult, ...], must: tuple[str, ...] = MUST_BE_SEEN) -> ProofResult:
    """The checks as one proof: it fails on errors and crashes, and where what must be seen could not be looked at."""
    errors = tuple(f for result in checks for f in result.findings if f.severity is Severity.ERROR)
    status = {result.id: result.status for result in checks}
    crashed = [f"{each} crashed" for each, how in status.items() if how is CheckStatus.CRASH]
    blind = (None, CheckStatus.NOT_CHECKED)
    unseen = [f"{each} was not checked" for each in must if status.get(each) in blind]
    reason = ", ".join([*(f.code for f in errors), *crashed, *(unseen if not errors and not crashed else ())])
    ended = ProofStatus.FAILED if reason else ProofStatus.PASSED
    return ProofResult("check", "Check the environment again", ended, reason=reason, findings=errors)


def _explain(resolved: Resolved) -> Callable[[str], tuple[Finding, ...]]:
    """A failing step's log, explained by the same engine as `envdoc diagnose`."""

    def explain(log: str) -> tuple[Finding, ...]:
        from envdoc.workflow.diagnose import explain_log

        return explain_log(log, resolved.machine)

    return explain
