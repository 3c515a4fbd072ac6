"""What a training run needs of memory: the wish, the estimate by parts, and whether a GPU has the room."""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.value import dataclass


class Method(StrEnum):
    FULL = "full"
    LORA = "lora"
    QLORA = "qlora"


class Strategy(StrEnum):
    """How several GPUs share the work. `ds-z2` and `ds-z3` are DeepSpeed's ZeRO stages."""

    DDP = "ddp"
    FSDP = "fsdp"
    ZERO2 = "ds-z2"
    ZERO3 = "ds-z3"


@dataclass(frozen=True, slots=True)
class Run:
    """One training run. `batch` is per GPU, `length` in tokens (`cutoff_len`); no `targets`: all linear layers."""

    method: Method
    batch: int = 1
    length: int = 2048
    rank: int = 8
    targets: frozenset[str] | None = None
    checkpointing: bool = True
    liger: bool = False
    pure_bf16: bool = False
    gpus: int = 1
    strategy: Strategy = Strategy.DDP
    offload: bool = False

    @property
    def tokens(self) -> int:
        """Tokens of one step on one GPU."""
        return self.batch * self.length

    @property
    def full(self) -> bool:
        return self.method is Method.FULL

    @property
    def deepspeed(self) -> bool:
        return self.strategy in (Strategy.ZERO2, Strategy.ZERO3)


@dataclass(frozen=True, slots=True)
class Parts:
    """MiB on one GPU at the fullest moment; `framework` is the context and the allocator's unused blocks."""

    weights: float
    adapters: float
    gradients: float
    optimizer: float
    activations: float
    logits: float
    framework: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """One run on one GPU. `allocated_mib` is what torch's allocator peaks at, `device_mib` what nvidia-smi shows;
    `low_mib` and `high_mib` bound the latter. `host_mib` is one rank's memory on the host."""

    parts: Parts
    moment: str
    allocated_mib: float
    device_mib: float
    low_mib: float
    high_mib: float
    host_mib: float
    parameters: int


@dataclass(frozen=True, slots=True)
class GpuRoom:
    """A GPU's memory in MiB. `free_mib` is what a run may take: all of it where nobody said what is in use."""

    name: str
    total_mib: int
    free_mib: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether the run fits this GPU, and the changes that make it fit: their names, in order, and the run after them.
    `tight`: its estimate fits, its upper bound does not."""

    gpu: GpuRoom
    fits: bool
    tight: bool
    changes: tuple[str, ...] = ()
    after: Run | None = None
    after_mib: float = 0.0


@dataclass(frozen=True, slots=True)
class MemoryAnswer:
    """What `envdoc memory` says. `source` is where the sizes come from; GPUs that are alike share one of `fits`."""

    model: str
    source: str
    run: Run
    estimate: Estimate
    fits: tuple[Fit, ...]
