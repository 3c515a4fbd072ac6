"""Names of proofs -> jobs for the child: one for each GPU where a proof is per GPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.smoke.base import LOADING, Group, Level, Proof
from envdoc.smoke.gpus import VisibleGpu
from envdoc.smoke.registry import PROOFS

_SCRIPTS = Path(__file__).parent / "proofs"


@dataclass(frozen=True, slots=True)
class Job:
    """One proof on one GPU, on all of them, or on none."""

    proof: Proof
    gpu: VisibleGpu | None = None
    select: str = ""  # the child's CUDA_VISIBLE_DEVICES, "" hides every GPU
    expected: float = 0.0

    def told(self, number: int, timeout_factor: float) -> dict[str, Any]:
        """The job as the child reads it."""
        return {
            "id": number,
            "name": self.proof.name,
            "script": str(_SCRIPTS / f"{self.proof.script}.py"),
            "args": dict(self.proof.args),
            "needs": list(self.proof.needs),
            "gpu": self.gpu.index if self.gpu else None,
            "env": {"CUDA_VISIBLE_DEVICES": self.select},
            "alone": self.proof.group is not Group.CPU or self.proof.level in (Level.TRAIN, Level.CONFIG),
            "loads": [] if self.proof.programs else list(self.proof.needs),
            "loading": LOADING * timeout_factor,
            "timeout": (self.proof.timeout + LOADING * self.proof.programs) * timeout_factor,
            "expected": self.expected,
            "capability": self.proof.capability,
        }


_GPU_AT_IMPORT = {"unsloth"}  # its import raises NotImplementedError without an accelerator


def proof_named(name: str) -> Proof:
    """A row of the registry; `import:<module>` is made for any module.

    Raises:
        UsageError: no such proof; the hint lists near names.
    """
    if name.startswith("import:") and name[7:].replace(".", "").replace("_", "").isalnum():
        module = name[7:]
        group = Group.ALL_GPUS if module in _GPU_AT_IMPORT else Group.CPU
        return Proof(name, "import_module", {"module": module}, group=group, timeout=LOADING)
    if name in PROOFS:
        return PROOFS[name]
    import difflib

    near = ", ".join(difflib.get_close_matches(name, PROOFS, n=3)) or ", ".join(PROOFS)
    raise UsageError(text("errors", "no-proof", name=name), hint=text("errors", "did-you-mean", names=near))


def spread(proof: Proof, gpus: tuple[VisibleGpu, ...], arguments: Mapping[str, Any]) -> tuple[Job, ...]:
    """The jobs of a proof; none for a GPU proof where there is no GPU. `arguments` are added to its own."""
    if arguments:
        from dataclasses import replace

        proof = replace(proof, args={**proof.args, **arguments})
    every = ",".join(gpu.select for gpu in gpus)
    if proof.group is Group.EACH_GPU:
        return tuple(Job(proof, gpu, gpu.select, _expected(proof, gpu)) for gpu in gpus)
    if proof.group is Group.ALL_GPUS:
        return (Job(proof, None, every),) if gpus else ()
    return (Job(proof, None, "" if proof.group is Group.CPU_INSTEAD else every),)


def _expected(proof: Proof, gpu: VisibleGpu) -> float:
    """What this card should give, by the table; 0 where the proof measures nothing or the card has no row."""
    if not proof.expects or not gpu.name:
        return 0.0
    from envdoc.knowledge.performance import expected

    return expected(gpu.name, proof.expects)
