"""CUDA_VISIBLE_DEVICES and the order of the GPUs."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import gpus, named, on_windows, untold, visible
from envdoc.doctor.words import finding, found, listed, passed, set_variable, shown, unset_variable
from envdoc.model.finding import Finding, Severity

_NAME = "CUDA_VISIBLE_DEVICES"
_GUIDE = "https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html"
_TROUBLE = {
    "missing": ("visible-devices-missing", "names a GPU that is not there"),
    "syntax": ("visible-devices-syntax", "has an entry that is neither an index nor a UUID"),
    "duplicate": ("visible-devices-duplicate", "names a GPU twice, which hides all of them"),
    "ambiguous": ("visible-devices-syntax", "has a UUID beginning that fits several GPUs"),
}


@check(
    "visible-devices",
    "CUDA_VISIBLE_DEVICES",
    codes=(
        "visible-devices-hide-all",
        "visible-devices-hide",
        "visible-devices-missing",
        "visible-devices-syntax",
        "visible-devices-duplicate",
    ),
    gpu=True,
)
def visible_devices(case: Case) -> Outcome:
    value = case.machine.env.get(_NAME)
    if value is None:
        return passed("not set: every GPU is visible")
    every, seen = gpus(case), visible(case)
    for kind, entry in seen.problems:
        if kind == "unknown":
            raise NotCheckedError(f"the UUID {entry[:8]}… cannot be compared: the GPUs' UUIDs are not known")
        return found(_trouble(case, value, kind, entry, len(seen.indices)))
    hidden = [gpu for gpu in every if gpu.index not in seen.indices]
    if not seen.indices:
        return found(_hides_all(case, value))
    if hidden:
        return found(_hides(value, listed(named(gpu) for gpu in hidden)))
    return passed(f"{value!r}: every GPU is visible")


def _trouble(case: Case, value: str, kind: str, entry: str, left: int) -> Finding:
    code, what = _TROUBLE[kind]
    there = ", ".join(str(gpu.index) for gpu in gpus(case))
    return finding(
        Severity.ERROR,
        code,
        f"{_NAME}={value!r} {what}: {entry!r}; {left} GPU{'s' * (left != 1)} stay visible",
        evidence=(shown(_NAME, value), f"GPUs: {there}", "CUDA stops reading at the first entry it cannot use"),
        fix="Name GPUs that are there, or remove the variable",
        commands=(
            *set_variable(_NAME, there.replace(" ", ""), windows=on_windows(case)),
            *unset_variable(_NAME, windows=on_windows(case)),
        ),
        links=(_GUIDE,),
    )


def _hides_all(case: Case, value: str) -> Finding:
    return finding(
        Severity.ERROR,
        "visible-devices-hide-all",
        f"{_NAME}={value!r} hides every GPU",
        evidence=(shown(_NAME, value),),
        fix="Remove the variable",
        commands=unset_variable(_NAME, windows=on_windows(case)),
        links=(_GUIDE,),
    )


def _hides(value: str, hidden: str) -> Finding:
    return finding(
        Severity.INFO,
        "visible-devices-hide",
        f"{_NAME}={value!r} hides {hidden}",
        evidence=(shown(_NAME, value),),
        links=(_GUIDE,),
    )


@check("device-order", "GPU numbers agree with nvidia-smi", codes=("device-order-differs",), gpu=True)
def device_order(case: Case) -> Outcome:
    every = gpus(case)
    order = case.machine.env.get("CUDA_DEVICE_ORDER", "")
    kinds = {gpu.name.value for gpu in every if gpu.name.value}
    if len(every) < 2 or order == "PCI_BUS_ID":
        return passed(order or "one GPU")
    if len(kinds) < 2:
        unseen = [f"{named(gpu)}: name not told: {gpu.name.reason()}" for gpu in every if untold(gpu.name)]
        return found(seen="one kind of GPU", unseen=unseen)
    return found(
        finding(
            Severity.INFO,
            "device-order-differs",
            "CUDA numbers different GPUs by speed, nvidia-smi by slot: GPU 0 may be another one",
            evidence=[f"nvidia-smi: {named(gpu)}" for gpu in every],
            fix="Let CUDA number them by slot too",
            commands=set_variable("CUDA_DEVICE_ORDER", "PCI_BUS_ID", windows=on_windows(case)),
            links=(_GUIDE,),
        )
    )
