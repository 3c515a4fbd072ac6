"""What a proof is, and what is told while proofs run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from envdoc.findings import text
from envdoc.model.results import ProofResult
from envdoc.model.text import Text

IMPORT = "import:"  # `import:torch`: a proof that is made for any module
# Seconds for packages to load, whatever the proof: from a cold disk, or past a scanner that reads every file, a large
# one takes minutes. It counts apart from the proof's own limit, so that a kernel that hangs is stopped in its time.
LOADING = 600.0


class Level(StrEnum):
    """How much time a proof may take; each level holds the ones before it, but for TRAIN, asked for by itself."""

    QUICK = "quick"  # seconds
    FULL = "full"  # minutes
    TRAIN = "train"  # a tiny model, trained
    CONFIG = "config"  # the user's own training file with a tiny model; asked for with that file alone


class Group(StrEnum):
    """What a proof needs of the machine, and so when it is run."""

    CPU = "cpu"  # once, no GPU needed
    CPU_INSTEAD = "cpu-instead"  # the stand-in of a GPU proof: only where proofs without a GPU are asked for
    EACH_GPU = "each-gpu"  # once on each visible GPU, which is then the only one that the child sees
    ALL_GPUS = "all-gpus"  # once, the child sees every visible GPU


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of the registry: a script of `smoke/proofs/` and what it is run with.

    `needs` are importable modules: without one of them the proof is not-checked, with that reason.
    `timeout` is in seconds on a usual machine, once the packages of `needs` are loaded, which has `LOADING` seconds;
    with `programs` they are loaded by programs that the proof starts, and both limits are one.
    `capability` is the least compute capability that has the feature.
    """

    name: str  # "matmul-bf16"
    script: str  # "matmul": smoke/proofs/matmul.py
    args: Mapping[str, Any] = field(default_factory=dict)
    level: Level = Level.QUICK
    group: Group = Group.CPU
    needs: tuple[str, ...] = ()
    capability: str = ""
    timeout: float = 60.0
    programs: bool = False
    expects: str = ""  # column of the table gpu_performance that the measured figure is set against
    systems: tuple[str, ...] = ()  # "windows" only, say; empty: all

    @property
    def title(self) -> Text:
        """`bf16 matrix product`: what is shown, of the words `smoke`."""
        if self.name.startswith(IMPORT):
            return text("smoke", "title-import", module=self.name.removeprefix(IMPORT))
        return text("smoke", f"title-{self.name}")


@dataclass(frozen=True, slots=True)
class ProofEvent:
    """Told before (`result` is None) and after each proof. `number` counts from 1 to `total`."""

    name: str
    title: str
    gpu: int | None
    number: int
    total: int
    result: ProofResult | None = None
