"""Does it fit, and which change makes it fit: the gentlest one first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from envdoc.model.memory import Estimate, Fit, GpuRoom, Method, Run, Strategy
from envdoc.model.value import replace
from envdoc.training.memory.estimate import estimate
from envdoc.training.memory.shape import Shape

# (the change's name in the words, the run after it): what costs least of speed or of quality comes first.
_CHANGES: tuple[tuple[str, Callable[[Run], Run]], ...] = (
    ("checkpointing", lambda run: replace(run, checkpointing=True)),
    ("liger", lambda run: replace(run, liger=True)),
    ("batch", lambda run: replace(run, batch=1)),
    ("length-2048", lambda run: replace(run, length=min(run.length, 2048))),
    ("zero3", lambda run: replace(run, strategy=Strategy.ZERO3) if _can_shard(run) else run),
    ("length-1024", lambda run: replace(run, length=min(run.length, 1024))),
    (
        "lora",
        lambda run: (
            replace(run, method=Method.LORA, pure_bf16=False, strategy=Strategy.DDP, offload=False)
            if run.full
            else run
        ),
    ),
    ("qlora", lambda run: replace(run, method=Method.QLORA, pure_bf16=False, strategy=Strategy.DDP, offload=False)),
    ("length-512", lambda run: replace(run, length=min(run.length, 512))),
)


def fit(shape: Shape, run: Run, gpu: GpuRoom) -> Fit:
    """The run on this GPU; where it does not fit, the first changes (one after the other) with which it does."""
    told = estimate(shape, run)
    if _room(told, gpu):
        return Fit(gpu, True, told.high_mib > gpu.free_mib)
    for names in _ways(run):
        if _safe(shape, run, names, gpu):
            needed = _needed(shape, run, names, gpu)
            after = _changed(run, needed)
            return Fit(gpu, False, False, needed, after, estimate(shape, after).device_mib)
    return Fit(gpu, False, False)


def _room(told: Estimate, gpu: GpuRoom) -> bool:
    return told.device_mib <= gpu.free_mib


def _safe(shape: Shape, run: Run, names: tuple[str, ...], gpu: GpuRoom) -> bool:
    """Whether the changed run fits with its upper bound."""
    return estimate(shape, _changed(run, names)).high_mib <= gpu.free_mib


def _needed(shape: Shape, run: Run, names: tuple[str, ...], gpu: GpuRoom) -> tuple[str, ...]:
    """The changes without those that it fits without: the harshest is left out first, if it can be."""
    for name in reversed(names):
        fewer = tuple(each for each in names if each != name)
        if fewer and _safe(shape, run, fewer, gpu):
            names = fewer
    return names


def _changed(run: Run, names: tuple[str, ...]) -> Run:
    for name, change in _CHANGES:
        if name in names:
            run = change(run)
    return run


def _ways(run: Run) -> Iterator[tuple[str, ...]]:
    """Each change alone, then all changes up to each one together."""
    names = tuple(name for name, change in _CHANGES if change(run) != run)
    yield from ((name,) for name in names)
    yield from (names[:count] for count in range(2, len(names) + 1))


def _can_shard(run: Run) -> bool:
    return run.gpus > 1 and run.full
