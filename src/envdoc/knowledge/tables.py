"""The tables, loaded when first asked for, and the look-ups that several rooms share."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from envdoc.knowledge import gpunames, table, torchtable
from envdoc.knowledge.rows import (
    AdviceRow,
    BitsandbytesRow,
    BreakRow,
    CompanionRow,
    DriverBranchRow,
    DriverFloorRow,
    GpuMemoryRow,
    GpuRow,
    MirrorRow,
    ModelRow,
    NativeDriverRow,
    StackRow,
    ToolkitRow,
    TorchRow,
)
from envdoc.model.cuda import cuda_of, version_tuple

if TYPE_CHECKING:
    from envdoc.knowledge.buildrows import PrerequisiteRow, ToolkitWheelsRow


class Knowledge:
    """All tables. Each property reads its file once, when first asked for."""

    @cached_property
    def torch(self) -> tuple[TorchRow, ...]:
        return torchtable.rows(table.read("torch"))

    @cached_property
    def companions(self) -> tuple[CompanionRow, ...]:
        return table.rows(CompanionRow, table.read("companions"))

    @cached_property
    def driver_floors(self) -> tuple[DriverFloorRow, ...]:
        return table.rows(DriverFloorRow, table.read("driver_floors"))

    @cached_property
    def native_drivers(self) -> tuple[NativeDriverRow, ...]:
        return table.rows(NativeDriverRow, table.read("native_drivers"))

    @cached_property
    def driver_branches(self) -> tuple[DriverBranchRow, ...]:
        return table.rows(DriverBranchRow, table.read("driver_branches"))

    @cached_property
    def gpus(self) -> tuple[GpuRow, ...]:
        return table.rows(GpuRow, table.read("gpus"))

    @cached_property
    def toolkits(self) -> tuple[ToolkitRow, ...]:
        return table.rows(ToolkitRow, table.read("toolkits"))

    @cached_property
    def prerequisites(self) -> tuple[PrerequisiteRow, ...]:
        from envdoc.knowledge.buildrows import PrerequisiteRow  # most runs build nothing

        return table.rows(PrerequisiteRow, table.read("prerequisites"))

    @cached_property
    def toolkit_wheels(self) -> tuple[ToolkitWheelsRow, ...]:
        from envdoc.knowledge.buildrows import ToolkitWheelsRow

        return table.rows(ToolkitWheelsRow, table.read("toolkit_wheels"))

    @cached_property
    def bitsandbytes(self) -> tuple[BitsandbytesRow, ...]:
        return table.rows(BitsandbytesRow, table.read("bitsandbytes"))

    @cached_property
    def stacks(self) -> tuple[StackRow, ...]:
        return table.rows(StackRow, table.read("stacks"))

    @cached_property
    def breaks(self) -> tuple[BreakRow, ...]:
        return table.rows(BreakRow, table.read("breaks"))

    @cached_property
    def advice(self) -> tuple[AdviceRow, ...]:
        return table.rows(AdviceRow, table.read("advice"))

    @cached_property
    def mirrors(self) -> tuple[MirrorRow, ...]:
        return table.rows(MirrorRow, table.read("mirrors"))

    @cached_property
    def models(self) -> tuple[ModelRow, ...]:
        return table.rows(ModelRow, table.read("models"))

    @cached_property
    def gpu_memory(self) -> tuple[GpuMemoryRow, ...]:
        return table.rows(GpuMemoryRow, table.read("gpu_memory"))

    def gpu_named(self, name: str) -> GpuRow | None:
        """The row of a GPU by its marketing name ("NVIDIA GeForce RTX 5060 Ti", "5060ti", "H200"); None where nobody
        bears it, or cards of different chips do."""
        return gpunames.find(self.gpus, name) or self._listed(name)

    def gpu_with(self, device: str) -> GpuRow | None:
        """The row of a GPU by its PCI device id ("2d04"): certain where a name is not."""
        from envdoc.knowledge import cards

        card = cards.by_id(device)
        return self._of_capability(card.capability) if card else None

    def _listed(self, name: str) -> GpuRow | None:
        """By the names of the public list of PCI ids, which is read only for cards that nobody else knows."""
        from envdoc.knowledge import cards

        if gpunames.ambiguous(self.gpus, name):
            return None
        found = cards.capabilities(name)
        return self._of_capability(found[0]) if len(found) == 1 else None

    def _of_capability(self, capability: str) -> GpuRow | None:
        return next((row for row in self.gpus if row.capability == capability), None)

    def driver_floor(self, cuda_tag: str, system: str) -> str:
        """Least driver for `cu128` on a system by minor-version compatibility; "" for "cpu"."""
        cuda = cuda_of(cuda_tag)
        if cuda is None:
            return ""
        major = version_tuple(cuda)[0]
        row = next((row for row in self.driver_floors if row.cuda_major == major), None)
        if row is None:
            return ""
        return row.windows if system == "windows" else row.linux

    def native_driver(self, cuda_tag: str, system: str) -> str:
        """The driver from which `cu128` needs no minor-version compatibility; "" where unknown."""
        row = next((row for row in self.native_drivers if row.cuda == cuda_of(cuda_tag)), None)
        if row is None:
            return ""
        return row.windows if system == "windows" else row.linux

    def companion(self, torch: str) -> CompanionRow | None:
        """What belongs to an exact torch, local tag ignored."""
        public = torch.partition("+")[0]
        return next((row for row in self.companions if row.torch == public), None)


@cache
def load() -> Knowledge:
    """The one shared Knowledge of this process (tables load lazily)."""
    return Knowledge()
