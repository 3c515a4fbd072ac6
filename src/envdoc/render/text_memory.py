"""`envdoc memory` for a person: the parts as bars, the sums, and a line for each GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.memory import Fit, MemoryAnswer
from envdoc.model.text import joined
from envdoc.render.lines import Line

_PARTS = ("weights", "adapters", "gradients", "optimizer", "activations", "logits", "framework")
_BAR = 40  # columns of the longest bar


def memory_lines(answer: MemoryAnswer) -> Iterator[Line]:
    """The whole answer."""
    yield from _head(answer)
    yield Line()
    yield from _bars(answer)
    yield Line()
    told = answer.estimate
    yield Line(text("memory", "allocated", mib=gib(told.allocated_mib)))
    device = text("memory", "device", mib=gib(told.device_mib), low=gib(told.low_mib), high=gib(told.high_mib))
    yield Line(device, style="bold")
    yield Line(text("memory", "host", mib=gib(told.host_mib)))
    yield Line()
    for each in answer.fits:
        yield from _fit(each)
    if not answer.fits:
        yield Line(text("memory", "no-gpu"), mark="info")


def _head(answer: MemoryAnswer) -> Iterator[Line]:
    run = answer.run
    billions = f"{answer.estimate.parameters / 1e9:.2f} B"
    title = text(
        "memory",
        "title",
        model=answer.model,
        parameters=billions,
        method=run.method.value,
        batch=run.batch,
        length=run.length,
    )
    yield Line(title, style="bold")
    if run.gpus > 1:
        yield Line(text("memory", "on-gpus", count=run.gpus, strategy=run.strategy.value))
    yield Line(text("memory", "source", source=answer.source), style="dim")


def _bars(answer: MemoryAnswer) -> Iterator[Line]:
    sizes = {name: float(getattr(answer.estimate.parts, name)) for name in _PARTS}
    longest = max(sizes.values())
    for name, size in sizes.items():
        bar = "#" * round(_BAR * size / longest)
        yield Line(joined((f"{gib(size):>10}", f"{bar:<{_BAR}}", text("memory", name)), "  "))


def _fit(fit: Fit) -> Iterator[Line]:
    name, mark = ("not", "fail") if not fit.fits else ("tight", "warn") if fit.tight else ("fits", "pass")
    yield Line(text("memory", name, gpu=fit.gpu.name, free=gib(fit.gpu.free_mib)), mark=mark)
    if fit.fits:
        return
    if not fit.changes:
        yield Line(text("memory", "nothing"), mark="step", indent=2)
        return
    changes = joined(text("memory", each) for each in fit.changes)
    yield Line(text("memory", "with", changes=changes, mib=gib(fit.after_mib)), mark="step", indent=2)


def gib(mib: float) -> str:
    """`12.4 GiB`, `310 MiB`."""
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib:.0f} MiB"
