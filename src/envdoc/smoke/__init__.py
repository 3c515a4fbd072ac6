"""Proofs that run inside the target environment, each in its own bounded process.

`prove` runs them, `visible` tells which GPUs they may use, `verdict` says what they mean together.
A new proof is a script in `proofs/` (`run(kit) -> str`) and a row in `registry.py`; nothing else knows it.
"""

from envdoc.smoke.base import Group, Level, Proof, ProofEvent
from envdoc.smoke.codes import aimed
from envdoc.smoke.gpus import Visible, VisibleGpu, visible
from envdoc.smoke.registry import PROOFS
from envdoc.smoke.run import of_level, prove
from envdoc.smoke.verdict import Verdict, verdict

__all__ = [
    "PROOFS",
    "Group",
    "Level",
    "Proof",
    "ProofEvent",
    "Verdict",
    "Visible",
    "VisibleGpu",
    "aimed",
    "of_level",
    "prove",
    "verdict",
    "visible",
]
