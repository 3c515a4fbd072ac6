"""The tables, loaded when first asked for, and the look-ups that several rooms share."""

from __future__ import annotations

from envdoc.knowledge.rows import (
    AdviceRow,
    BitsandbytesRow,
    BreakRow,
    CompanionRow,
    DriverBranchRow,
    DriverFloorRow,
    GpuRow,
    MirrorRow,
    NativeDriverRow,
    StackRow,
    ToolkitRow,
    TorchRow,
)


class Knowledge:
    """All tables. Each property reads its file once, when first asked for."""

    @property
    def torch(self) -> tuple[TorchRow, ...]:
        raise NotImplementedError

    @property
    def companions(self) -> tuple[CompanionRow, ...]:
        raise NotImplementedError

    @property
    def driver_floors(self) -> tuple[DriverFloorRow, ...]:
        raise NotImplementedError

    @property
    def native_drivers(self) -> tuple[NativeDriverRow, ...]:
        raise NotImplementedError

    @property
    def driver_branches(self) -> tuple[DriverBranchRow, ...]:
        raise NotImplementedError

    @property
    def gpus(self) -> tuple[GpuRow, ...]:
        raise NotImplementedError

    @property
    def toolkits(self) -> tuple[ToolkitRow, ...]:
        raise NotImplementedError

    @property
    def bitsandbytes(self) -> tuple[BitsandbytesRow, ...]:
        raise NotImplementedError

    @property
    def stacks(self) -> tuple[StackRow, ...]:
        raise NotImplementedError

    @property
    def breaks(self) -> tuple[BreakRow, ...]:
        raise NotImplementedError

    @property
    def advice(self) -> tuple[AdviceRow, ...]:
        raise NotImplementedError

    @property
    def mirrors(self) -> tuple[MirrorRow, ...]:
        raise NotImplementedError

    def gpu_named(self, name: str) -> GpuRow | None:
        """The row of a GPU by its marketing name ("NVIDIA GeForce RTX 5060 Ti", "5060ti", "H200")."""
        raise NotImplementedError

    def driver_floor(self, cuda_tag: str, system: str) -> str:
        """Least driver for `cu128` on a system by minor-version compatibility; "" for "cpu"."""
        raise NotImplementedError

    def native_driver(self, cuda_tag: str, system: str) -> str:
        """The driver from which `cu128` needs no minor-version compatibility; "" where unknown."""
        raise NotImplementedError

    def companion(self, torch: str) -> CompanionRow | None:
        """What belongs to an exact torch, local tag ignored."""
        raise NotImplementedError


def load() -> Knowledge:
    """The one shared Knowledge of this process (tables load lazily)."""
    raise NotImplementedError
