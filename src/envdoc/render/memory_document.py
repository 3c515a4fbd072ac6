"""`envdoc memory --format json`."""

from __future__ import annotations

from typing import Any

from envdoc.model.memory import Fit, MemoryAnswer
from envdoc.render.document import envelope

_PARTS = ("weights", "adapters", "gradients", "optimizer", "activations", "logits", "framework")


def memory_document(answer: MemoryAnswer, code: int) -> dict[str, Any]:
    """The estimate by parts in MiB, and each GPU with the changes that make the run fit."""
    told = answer.estimate
    return envelope(
        "memory",
        code,
        model=answer.model,
        source=answer.source,
        parameters=told.parameters,
        estimate={
            "parts_mib": {name: round(float(getattr(told.parts, name)), 1) for name in _PARTS},
            "allocated_mib": round(told.allocated_mib, 1),
            "device_mib": round(told.device_mib, 1),
            "low_mib": round(told.low_mib, 1),
            "high_mib": round(told.high_mib, 1),
            "host_mib": round(told.host_mib, 1),
        },
        fits=[_fit(each) for each in answer.fits],
    )


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        "gpu": fit.gpu.name,
        "free_mib": fit.gpu.free_mib,
        "fits": fit.fits,
        "tight": fit.tight,
        "change": list(fit.changes),
        "after_mib": round(fit.after_mib, 1),
    }
