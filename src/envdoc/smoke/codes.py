"""The codes of smoke's findings: how severe, whether the machine itself is broken, and the way out.

Each has its page in docs/findings/.
"""

from __future__ import annotations

from dataclasses import dataclass

from envdoc.model.finding import Command, Finding, Remediation, Severity, Shell


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    text: str  # what to do, imperative
    command: str = ""
    severity: Severity = Severity.ERROR
    machine_broken: bool = False  # no package can help: exit 75, another runner may do
    shell: Shell = Shell.ANY


_ALL = (
    Code("proof-failed", "Read the last lines of the proof's output, then check the environment", "envdoc check"),
    Code(
        "proof-timed-out", "Look for another job on the GPU or the disk; allow a slow machine more time", "nvidia-smi"
    ),
    Code("proof-crashed", "Reinstall the package that the proof is for: its binary does not fit", "envdoc check"),
    Code("proof-killed", "Free memory, or allow the container more: the out-of-memory killer ends processes so"),
    Code("nothing-proved", "Install what the proofs are for, or ask for others", "envdoc smoke --list"),
    Code("import-failed", "Mend what the error names, then run the proof again", "envdoc check"),
    Code("command-failed", "Read the command's own output, then check the environment", "envdoc check"),
    Code("no-kernel-image", "Install a build that has code for this GPU", "envdoc resolve"),
    Code("cpu-torch", "Install a CUDA build of torch", "envdoc resolve"),
    Code(
        "wrong-numbers", "Reinstall the package that the proof is for; if it stays, try another GPU: it may be faulty"
    ),
    Code(
        "slow-path",
        "Find what turns the fast path off: an old build, a forced precision, a power cap",
        "nvidia-smi -q",
    ),
    Code(
        "slower-than-card",
        "Look for heat, a power limit or another job on the GPU",
        "nvidia-smi -q -d PERFORMANCE,POWER",
        Severity.WARNING,
    ),
    Code(
        "gpu-memory-held",
        "End the process that holds the GPU's memory, hide that GPU, or take another runner",
        "nvidia-smi",
        machine_broken=True,
    ),
    Code("cuda-oom", "Free GPU memory, or take a smaller model or batch", "nvidia-smi"),
    Code("loss-not-falling", "Check the versions of torch, transformers, peft and bitsandbytes", "envdoc check"),
    Code(
        "missing-cuda-library",
        "Take foreign folders off LD_LIBRARY_PATH, then reinstall torch",
        "unset LD_LIBRARY_PATH",
        shell=Shell.BASH,
    ),
    Code("collective-failed", "Look at the network interface and the firewall between the ranks", "envdoc check"),
    Code(
        "windows-libuv",
        "Train on one GPU, or in WSL 2: torchrun of this torch needs libuv, which its Windows builds lack",
    ),
    Code(
        "torchrun-no-store",
        "Start the ranks of several GPUs without torchrun: they meet through `env://`",
        severity=Severity.WARNING,
    ),
    Code(
        "no-gpu-visible",
        "Give the job a GPU, or ask for the proofs that need none",
        "envdoc smoke --cpu",
        machine_broken=True,
    ),
    Code("driver-library-mismatch", "Reboot: the driver was updated under the running kernel", machine_broken=True),
    Code("cuda-init-failed", "Reboot, or run the job on another machine", machine_broken=True),
    Code(
        "gpu-lost",
        "Power the machine down and up, then look at its log",
        "dmesg | grep -i xid",
        machine_broken=True,
        shell=Shell.BASH,
    ),
    Code(
        "gpu-ecc-errors",
        "Take the GPU out of service and reset it",
        "nvidia-smi -q -d ECC,ROW_REMAPPER",
        machine_broken=True,
    ),
    Code("gpu-reset-needed", "Reset the GPU, or reboot", "nvidia-smi --gpu-reset", machine_broken=True),
    Code(
        "library-path-shadows",
        "Take the folder off LD_LIBRARY_PATH",
        "unset LD_LIBRARY_PATH",
        Severity.WARNING,
        shell=Shell.BASH,
    ),
    Code(
        "cudnn-version-mismatch",
        "Take the other cuDNN off LD_LIBRARY_PATH and LD_PRELOAD: torch brings its own",
        "unset LD_LIBRARY_PATH LD_PRELOAD",
        shell=Shell.BASH,
    ),
    Code("python-dev-headers-missing", "Install Python's headers: Triton compiles against them", "envdoc check"),
    Code("triton-no-c-compiler", "Install a C compiler: Triton needs one at run time", "envdoc check"),
    Code(
        "pcie-link-narrow",
        "Reseat the card, or look at the slot and the riser",
        "nvidia-smi -q -d PCIE",
        Severity.WARNING,
    ),
    Code(
        "clocks-throttled",
        "Look at cooling, power supply and power limit",
        "nvidia-smi -q -d PERFORMANCE",
        Severity.WARNING,
    ),
    Code(
        "no-peer-access",
        "Nothing for training to fail by: copies go through the host",
        "nvidia-smi topo -p2p r",
        Severity.INFO,
    ),
    Code("sources-disagree", "Reboot, then compare again", "nvidia-smi", Severity.WARNING),
)

CODES: dict[str, Code] = {row.code: row for row in _ALL}


def finding(code: str, summary: str, evidence: tuple[str, ...] = ()) -> Finding:
    """A finding of a known code; one that a proof made up becomes `proof-failed`."""
    row = CODES.get(code, CODES["proof-failed"])
    commands = (Command(row.command, row.shell),) if row.command else ()
    return Finding(
        code=row.code,
        severity=row.severity,
        summary=summary,
        evidence=evidence,
        remediation=Remediation(row.text, commands),
        machine_broken=row.machine_broken,
    )
