"""What a card should give, by its name: the table `gpu_performance`."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.gpunames import OTHERS, words
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class PerformanceRow(Row):
    """Dense TFLOP/s by number format, and GB/s of the GPU's own memory; 0 where the vendor gives none."""

    names: tuple[str, ...]  # ("h100 pcie",)
    memory_gbs: float
    fp32_tflops: float = 0.0
    tf32_tflops: float = 0.0
    fp16_tflops: float = 0.0
    bf16_tflops: float = 0.0
    fp8_tflops: float = 0.0


_FIGURES = ("memory_gbs", "fp32_tflops", "tf32_tflops", "fp16_tflops", "bf16_tflops", "fp8_tflops")


@cache
def rows() -> tuple[PerformanceRow, ...]:
    """The table's rows. Our YAML keeps figures as text, so that versions stay what people wrote."""
    flat = table.flatten(table.read("gpu_performance"))
    return tuple(
        table.make(PerformanceRow, {key: float(value) if key in _FIGURES else value for key, value in row.items()})
        for row in flat
    )


def find(name: str) -> PerformanceRow | None:
    """The row of a GPU by its name as the driver tells it; None where no row means this very card."""
    said = words(name)
    best: tuple[int, PerformanceRow] | None = None
    for row in rows():
        for own in map(words, row.names):
            if own <= said and not (said - own) & OTHERS and (best is None or len(own) > best[0]):
                best = len(own), row
    return best[1] if best else None


def expected(name: str, figure: str) -> float:
    """`expected("NVIDIA H200", "bf16_tflops")` is 989.0; 0.0 where nothing is known."""
    row = find(name)
    return float(getattr(row, figure)) if row else 0.0
