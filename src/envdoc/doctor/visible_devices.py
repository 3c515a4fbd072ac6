"""CUDA_VISIBLE_DEVICES and the order of the GPUs."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import gpus, named, not_told, on_windows, untold, visible
from envdoc.doctor.words import found, listed, passed, set_variable, shown, unset_variable
from envdoc.findings import finding, text
from envdoc.model.finding import Finding

_NAME = "CUDA_VISIBLE_DEVICES"
_TROUBLE = {
    "missing": ("visible-devices-missing", "summary"),
    "syntax": ("visible-devices-syntax", "summary"),
    "duplicate": ("visible-devices-duplicate", "summary"),
    "ambiguous": ("visible-devices-syntax", "summary-ambiguous"),
}


@check(
    "visible-devices",
    codes=(
        "visible-devices-hide-all",
        "visible-devices-hide",
        "visible-devices-missing",
        "visible-devices-syntax",
        "visible-devices-duplicate",
    ),
    gpu=True,
    beyond_listings=True,
)
def visible_devices(case: Case) -> Outcome:
    value = case.machine.env.get(_NAME)
    if value is None:
        return passed(text("checks", "not-set-all-visible"))
    every, seen = gpus(case), visible(case)
    for kind, entry in seen.problems:
        if kind == "unknown":
            raise NotCheckedError(text("checks", "uuid-unknown", entry=entry[:8]))
        return found(_trouble(case, value, kind, entry, len(seen.indices)))
    hidden = [gpu for gpu in every if gpu.index not in seen.indices]
    if not seen.indices:
        return found(_hides_all(case, value))
    if hidden:
        return found(_hides(value, listed(named(gpu) for gpu in hidden)))
    return passed(text("checks", "all-visible", value=repr(value)))


def _trouble(case: Case, value: str, kind: str, entry: str, left: int) -> Finding:
    code, summary = _TROUBLE[kind]
    there = ", ".join(str(gpu.index) for gpu in gpus(case))
    return finding(
        code,
        summary=summary,
        value=repr(value),
        entry=repr(entry),
        left=text("checks", "gpus-visible-1" if left == 1 else "gpus-visible", count=left),
        evidence=(
            shown(_NAME, value),
            text("checks", "gpus-there", there=there),
            text("visible-devices-missing", "stops"),
        ),
        commands=(
            *set_variable(_NAME, there.replace(" ", ""), windows=on_windows(case)),
            *unset_variable(_NAME, windows=on_windows(case)),
        ),
    )


def _hides_all(case: Case, value: str) -> Finding:
    return finding(
        "visible-devices-hide-all",
        name=_NAME,
        value=repr(value),
        evidence=(shown(_NAME, value),),
        commands=unset_variable(_NAME, windows=on_windows(case)),
    )


def _hides(value: str, hidden: str) -> Finding:
    return finding(
        "visible-devices-hide",
        name=_NAME,
        value=repr(value),
        hidden=hidden,
        evidence=(shown(_NAME, value),),
    )


@check("device-order", codes=("device-order-differs",), gpu=True)
def device_order(case: Case) -> Outcome:
    every = gpus(case)
    order = case.machine.env.get("CUDA_DEVICE_ORDER", "")
    kinds = {gpu.name.value for gpu in every if gpu.name.value}
    if len(every) < 2 or order == "PCI_BUS_ID":
        return passed(order or text("checks", "one-gpu"))
    if len(kinds) < 2:
        unseen = [not_told(named(gpu), "name", gpu.name) for gpu in every if untold(gpu.name)]
        return found(seen=text("checks", "one-kind"), unseen=unseen)
    return found(
        finding(
            "device-order-differs",
            evidence=[f"nvidia-smi: {named(gpu)}" for gpu in every],
            commands=set_variable("CUDA_DEVICE_ORDER", "PCI_BUS_ID", windows=on_windows(case)),
        )
    )
