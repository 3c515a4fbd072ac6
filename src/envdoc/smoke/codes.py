"""The codes that proofs find, and what to paste for each. Their words are in the catalogue: the summary says what the
proof saw, the remedy is the code's `proof-fix`, else its `fix`.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.findings import entry
from envdoc.findings import finding as of_code
from envdoc.model.finding import Command, Finding, Severity, Shell
from envdoc.model.text import Text
from envdoc.model.value import replace
from envdoc.rules import commands
from envdoc.rules.quoting import own_system

_LOOK, _CPU = Command("envdoc check"), Command("envdoc smoke --cpu")
COMMANDS: dict[str, Command | None] = {
    "proof-failed": _LOOK,
    "proof-timed-out": None,  # `timed_out` says what
    "proof-crashed": _LOOK,
    "proof-killed": None,
    "nothing-proved": Command("envdoc smoke --list"),
    "import-failed": _LOOK,
    "command-failed": _LOOK,
    "llama-cpp-on-cpu": _LOOK,
    "no-kernel-image": Command("envdoc resolve"),
    "gpu-not-in-torch-build": Command("envdoc resolve"),
    "torch-cpu-build": Command("envdoc resolve"),
    "wrong-numbers": None,
    "slow-path": Command("nvidia-smi -q"),
    "slower-than-card": Command("nvidia-smi -q -d PERFORMANCE,POWER"),
    "gpu-memory-held": Command("nvidia-smi"),
    "cuda-oom": Command("nvidia-smi"),
    "training-does-not-start": Command("envdoc check --train FILE"),
    "loss-not-falling": _LOOK,
    "missing-cuda-library": Command("unset LD_LIBRARY_PATH", Shell.BASH),
    "collective-failed": _LOOK,
    "windows-torchrun-libuv": None,
    "torchrun-no-store": None,
    "no-gpu-visible": _CPU,
    "driver-library-mismatch": None,
    "cuda-init-failed": None,
    "gpu-lost": Command("dmesg | grep -i xid", Shell.BASH),
    "gpu-ecc-errors": Command("nvidia-smi -q -d ECC,ROW_REMAPPER"),
    "gpu-reset-needed": Command("nvidia-smi --gpu-reset"),
    "library-path-shadows": Command("unset LD_LIBRARY_PATH", Shell.BASH),
    "cudnn-version-mismatch": Command("unset LD_LIBRARY_PATH LD_PRELOAD", Shell.BASH),
    "python-headers-missing": _LOOK,
    "triton-no-compiler": _LOOK,
    "pcie-link-narrow": Command("nvidia-smi -q -d PCIE"),
    "clocks-throttled": Command("nvidia-smi -q -d PERFORMANCE"),
    "no-peer-access": Command("nvidia-smi topo -p2p r"),
    "sources-disagree": Command("nvidia-smi"),
}

# Where a proof met what is only a warning or a note for who merely looks at the machine.
_SEVERE = ("gpu-memory-held", "windows-torchrun-libuv", "python-headers-missing", "triton-no-compiler")


def timed_out(summary: Text, proof: str, python: str, *, gpu: bool) -> Finding:
    """A proof that ran over its time, by this Python. Who else works on the GPU is asked only where it saw one; where
    it saw none, none is asked for."""
    words = ("envdoc", "smoke", *(() if gpu else ("--cpu",)), "--python", python, "--only", proof)
    again = commands.command(*words, "--timeout-factor", "3", system=own_system())
    asked = (Command("nvidia-smi"), *again) if gpu else again
    return of_code("proof-timed-out", summary=summary, fix="gpu-fix" if gpu else "fix", commands=asked)


def aimed(found: Finding, python: str) -> Finding:
    """The finding with its lines about an environment aimed at the Python that was proved."""
    told = found.remediation
    every = tuple(line for each in told.commands for line in _aimed(each, python))
    return found if every == told.commands else replace(found, remediation=replace(told, commands=every))


def _aimed(line: Command, python: str) -> tuple[Command, ...]:
    if line not in (_LOOK, _CPU):
        return (line,)
    return commands.command(*line.command.split(), "--python", python, system=own_system())


def finding(code: str, summary: Text, evidence: Iterable[str] = ()) -> Finding:
    """A finding of a known code; one that a proof made up becomes `proof-failed`."""
    code = code if code in COMMANDS else "proof-failed"
    command = COMMANDS[code]
    return of_code(
        code,
        summary=summary,
        fix="proof-fix" if "proof-fix" in entry(code).texts else "fix",
        evidence=evidence,
        commands=(command,) if command else (),
        severity=Severity.ERROR if code in _SEVERE else None,
    )
