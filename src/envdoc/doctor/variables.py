"""Environment variables: what they hide, shadow or spoil."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import gpus, named, on_linux, on_windows, visible, visible_gpus
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
    if len(kinds) < 2 or order == "PCI_BUS_ID":
        return passed(order or "one kind of GPU")
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


@check("variable-values", "Variables have clean values", codes=("variable-stray-blank", "variable-quotes"))
def variable_values(case: Case) -> Outcome:
    env = case.machine.env
    findings = [each for name, value in env.items() if name != "PATH" for each in _clean(case, name, value)]
    return found(*findings, seen=f"{len(env)} looked at")


def _clean(case: Case, name: str, value: str) -> Iterator[Finding]:
    bare = value.strip()
    if bare != value and bare:
        yield finding(
            Severity.WARNING,
            "variable-stray-blank",
            f"{name} has a stray blank: programs compare its value exactly",
            evidence=(shown(name, value), "in cmd, `set X=1 && ...` stores the blank before `&&`"),
            fix="Set it again without the blank",
            commands=() if "hidden" in shown(name, value) else set_variable(name, bare, windows=on_windows(case)),
        )
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        yield finding(
            Severity.WARNING,
            "variable-quotes",
            f"{name} has quotes in its value",
            evidence=(shown(name, value), 'in cmd, the quotes of `set X="1"` become part of the value'),
            fix="Set it again without them",
            commands=()
            if "hidden" in shown(name, value)
            else set_variable(name, bare[1:-1], windows=on_windows(case)),
        )


@check(
    "library-path",
    "LD_LIBRARY_PATH",
    codes=("library-path-shadows", "library-path-stubs"),
    applies=on_linux,
)
def library_path(case: Case) -> Outcome:
    value = case.machine.env.get("LD_LIBRARY_PATH", "")
    entries = [each for each in value.split(":") if each]
    findings = [each for entry in entries for each in _shadowing(case, entry)]
    return found(*findings, seen=value or "not set")


def _shadowing(case: Case, entry: str) -> Iterator[Finding]:
    parts = entry.rstrip("/").split("/")
    if "stubs" in parts:
        yield _on_path(
            case, "library-path-stubs", Severity.ERROR, entry, "a stub of libcuda that only serves linking"
        )
        return
    if case.machine.os.wsl.or_else(0) and entry.rstrip("/").startswith(("/usr/lib/x86_64", "/lib/x86_64")):
        what = "Linux driver libraries, which WSL must not use (Windows' own are in /usr/lib/wsl/lib)"
        yield _on_path(case, "library-path-shadows", Severity.WARNING, entry, what)
        return
    build = case.machine.target.torch.value
    if build is None or build.cuda is None or "compat" in parts:
        return
    release = _release_of(case, entry)
    if release and release != build.cuda:
        what = f"libraries of CUDA {release} in front of torch's own ({build.cuda})"
        yield _on_path(case, "library-path-shadows", Severity.WARNING, entry, what)
    elif any(word in entry.lower() for word in ("cudnn", "nccl", "tensorrt")):
        yield _on_path(
            case, "library-path-shadows", Severity.WARNING, entry, "other cuDNN, NCCL or TensorRT libraries"
        )


def _release_of(case: Case, entry: str) -> str:
    """The CUDA release whose libraries a folder holds, as far as paths tell; "" for none."""
    for toolkit in case.machine.toolkits.found.or_else(()):
        if entry == toolkit.root or entry.startswith(toolkit.root.rstrip("/") + "/"):
            return toolkit.release
    match = re.search(r"/cuda-(\d+\.\d+)(/|$)", entry)
    return match[1] if match else ""


def _on_path(case: Case, code: str, severity: Severity, entry: str, what: str) -> Finding:
    kept = ":".join(e for e in case.machine.env.get("LD_LIBRARY_PATH", "").split(":") if e and e != entry)
    commands = (
        set_variable("LD_LIBRARY_PATH", kept, windows=False)
        if kept
        else unset_variable("LD_LIBRARY_PATH", windows=False)
    )
    return finding(
        severity,
        code,
        f"LD_LIBRARY_PATH puts {what}",
        evidence=(f"entry: {entry}",),
        fix="Take the entry off; torch's wheels find their own libraries",
        commands=commands,
    )


def visible_count(case: Case) -> int:
    """How many GPUs a program would see; 0 where none."""
    try:
        return len(visible_gpus(case))
    except NotCheckedError:
        return 0
