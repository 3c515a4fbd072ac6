"""Several sources tell the same thing: they must agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import untold, visible_gpus, what_why
from envdoc.doctor.words import found
from envdoc.findings import finding, text
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Finding
from envdoc.model.machine import Gpu

# Sources round and reserve differently: NVML 143771 MiB, libcuda 143155 MiB on the same H200.
_CODE = "sources-disagree"
_MEMORY_TOLERANCE = 0.03


@check("sources-agree", codes=("sources-disagree", "cuda-sees-fewer-gpus"), gpu=True, beyond_listings=True)
def sources_agree(case: Case) -> Outcome:
    told = {name: fact.value for name, fact in case.machine.gpu_sources.items() if fact.value}
    if len(told) < 2 and not case.machine.driver.cuda_init.known:
        raise NotCheckedError(text("checks", "few-sources"))
    unseen = list(_silent(case, told))
    differences = [*_gpu_differences(told), *_cuda_differences(case)]
    findings = [_disagree(differences)] if differences else []
    findings += _fewer(case)
    return found(*findings, seen=", ".join(told) or text("checks", "one-source"), unseen=unseen)


def _silent(case: Case, told: dict[str, tuple[Gpu, ...]]) -> Iterator[str]:
    """Who did not answer, and what those that did left out: nobody knows whether they agree there."""
    driver = case.machine.driver
    asked: dict[str, Fact[Any]] = {**case.machine.gpu_sources, "libcuda": driver.cuda_init}
    yield from (what_why(name, fact) for name, fact in asked.items() if untold(fact))
    if driver.cuda.facts and untold(driver.cuda.best):
        yield what_why("what-cuda", driver.cuda.best)
    for name, gpus in told.items() if len(told) > 1 else ():
        for gpu in gpus:
            facts = {"name": gpu.name, "capability": gpu.compute_capability, "uuid": gpu.uuid}
            sizes: dict[str, Fact[Any]] = {**facts, "memory-size": gpu.memory_total_mib}
            for what, fact in sizes.items():
                if untold(fact) and fact.why is not Why.NOT_ASKED:
                    yield text(
                        "checks",
                        "gpu-quantity",
                        gpu=gpu.index,
                        what=text("checks", f"what-{what}"),
                        source=name,
                        why=fact.reason(),
                    )


def _gpu_differences(told: dict[str, tuple[Gpu, ...]]) -> Iterator[str]:
    """What differs from the first source, as `name: nvml says X, nvidia-smi says Y`."""
    if not told:
        return
    first, *others = told
    for other in others:
        if len(told[first]) != len(told[other]):
            yield text(_CODE, "gpus", first=first, left=len(told[first]), other=other, right=len(told[other]))
            continue
        for one, two in zip(told[first], told[other], strict=True):
            for what, left, right in _quantities(one, two):
                yield text(
                    _CODE,
                    "gpu",
                    gpu=one.index,
                    what=text("checks", f"what-{what}"),
                    first=first,
                    left=left,
                    other=other,
                    right=right,
                )


def _quantities(one: Gpu, two: Gpu) -> Iterator[tuple[str, object, object]]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("name", one.name.value, two.name.value),
        ("capability", one.compute_capability.value, two.compute_capability.value),
        ("uuid", one.uuid.value, two.uuid.value),
    )
    for what, left, right in pairs:
        if left is not None and right is not None and left != right:
            yield what, left, right
    left_mib, right_mib = one.memory_total_mib.value, two.memory_total_mib.value
    if left_mib and right_mib and abs(left_mib - right_mib) > left_mib * _MEMORY_TOLERANCE:
        yield "memory-size", f"{left_mib} MiB", f"{right_mib} MiB"


def _cuda_differences(case: Case) -> Iterator[str]:
    """NVML and libcuda of one driver offer the same CUDA; a cuda-compat library in front makes them differ."""
    known = [fact for fact in case.machine.driver.cuda.facts if fact.known]
    for fact in known[1:]:
        if fact.value != known[0].value:
            yield text(_CODE, "cuda", first=known[0].source, left=known[0].value, other=fact.source, right=fact.value)


def _disagree(differences: list[str]) -> Finding:
    return finding(
        "sources-disagree",
        evidence=differences[:8],
    )


def _fewer(case: Case) -> list[Finding]:
    init = case.machine.driver.cuda_init.value
    if init is None or init.result != 0 or not case.machine.gpus.value:
        return []
    try:
        expected = len(visible_gpus(case))
    except NotCheckedError:
        return []
    if len(init.devices) >= expected or any(gpu.mig_enabled.value for gpu in case.machine.gpus.value):
        return []
    return [
        finding(
            "cuda-sees-fewer-gpus",
            count=len(init.devices),
            expected=expected,
            evidence=[f"libcuda: {device.name}" for device in init.devices]
            or [text("cuda-sees-fewer-gpus", "no-device")],
        )
    ]
