"""libcuda itself: whether cuInit works. NVML and nvidia-smi can be well while it fails."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.driver import install_driver
from envdoc.doctor.look import gpus, has_gpu, in_container, need, on_windows, untold, visible
from envdoc.doctor.words import found, passed, per_shell, set_variable, shown, unset_variable
from envdoc.findings import finding, text
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command, Finding
from envdoc.model.machine import CudaInit

_CODE = "cuda-init-failed"
_SUCCESS, _NO_DEVICE, _NOT_READY, _MISMATCH, _COMPAT = 0, 100, 802, 803, 804

# What a CUresult says about the machine: cause, and whether only a reboot or an administrator can help.
_CAUSES = {
    34: ("cause-stub", False),
    46: ("cause-busy", False),
    _NO_DEVICE: ("cause-no-device", False),
    101: ("cause-not-there", False),
    304: ("cause-system", False),
    _MISMATCH: ("cause-versions", True),
    999: ("cause-unknown", True),
}


@check(
    "cuda-init",
    codes=("cuda-init-failed", "cuda-not-ready", "cuda-compat-unsupported", "libcuda-missing", "libcuda-unusable"),
    gpu=True,
    decisive=True,
)
def cuda_init(case: Case) -> Outcome:
    fact = case.machine.driver.cuda_init
    if not has_gpu(case) and not untold(case.machine.gpus):
        raise NotCheckedError(text("checks", "no-gpu-to-initialise"))
    return _judged(case, fact.value) if fact.value is not None else _unanswered(case, fact)


def _unanswered(case: Case, fact: Fact[CudaInit]) -> Outcome:
    """libcuda itself said nothing: it is not there, the loader refuses it, it hangs, it died."""
    if fact.why is Why.ABSENT and case.machine.driver.version.known:
        return found(_missing(case, fact.reason()))
    if fact.why is Why.TIMED_OUT:
        return found(_failed(case, text(_CODE, "no-answer"), fact.reason(), broken=True))
    if fact.why is Why.FAILED and fact.code in _UNUSABLE:
        return found(_unusable(case, fact))
    if fact.why is Why.FAILED and fact.code == "died":
        return found(_failed(case, text(_CODE, "crashes"), fact.reason(), broken=False))
    need(fact, "cuInit")
    raise NotCheckedError(text("checks", "cuinit-why", why=fact.reason()))


_UNUSABLE = {"not-loadable": "summary", "no-cuinit": "no-cuinit"}


def _unusable(case: Case, fact: Fact[CudaInit]) -> Finding:
    path = case.machine.env.get("LD_LIBRARY_PATH", "")
    folders = [folder for folder in path.split(":") if folder and f"{folder.rstrip('/')}/libcuda" in fact.detail]
    kept = ":".join(each for each in path.split(":") if each and each not in folders)
    commands: tuple[Command, ...] = ()
    if folders:
        commands = (
            set_variable("LD_LIBRARY_PATH", kept, windows=False)
            if kept
            else unset_variable("LD_LIBRARY_PATH", windows=False)
        )
    return finding(
        "libcuda-unusable",
        summary=_UNUSABLE[fact.code],
        evidence=(
            text("libcuda-unusable", "loader", detail=fact.detail),
            shown("LD_LIBRARY_PATH", path) if path else "",
        ),
        fix="fix-path" if folders else "fix",
        commands=commands or install_driver(case) or per_shell(bash="ldconfig -p | grep libcuda"),
    )


def _judged(case: Case, init: CudaInit) -> Outcome:
    if init.result == _SUCCESS:
        count = len(init.devices)
        gpus = text("checks", "gpus-1" if count == 1 else "gpus-several", count=count)
        return passed(text("checks", "cuinit-well", gpus=gpus, age=_age(init)))
    told = text(_CODE, "told", result=init.result, name=init.name, library=init.library)
    if init.result == _NO_DEVICE and case.machine.gpus.value and not visible(case).indices:
        raise NotCheckedError(text("checks", "all-hidden"))
    if init.result == _NOT_READY:
        return found(_not_ready(told))
    if init.result == _COMPAT:
        return found(_compat(case, told))
    cause, broken = _CAUSES.get(init.result, ("cause-refused", False))
    summary = text(_CODE, "summary", result=init.result, name=init.name, cause=text(_CODE, cause))
    return found(_failed(case, summary, told, broken=broken))


def _age(init: CudaInit) -> str:
    """`4 min`, "" for an answer of now."""
    if init.age_seconds <= 0:
        return ""
    minutes, seconds = divmod(round(init.age_seconds), 60)
    return text("checks", "minutes", minutes=minutes) if minutes else text("checks", "seconds", seconds=seconds)


def _failed(case: Case, summary: str, told: str, *, broken: bool) -> Finding:
    reboot = per_shell(bash="sudo reboot", cmd="shutdown /r /t 0")
    rights = per_shell(bash="ls -l /dev/nvidia*; sudo modprobe nvidia-uvm") if not on_windows(case) else ()
    driver = case.machine.driver
    well = driver.version.value if driver.nvml.known else None
    nodes = ", ".join(driver.device_nodes.value or ())
    return finding(
        _CODE,
        summary=summary,
        evidence=(
            told,
            text("cuda-init-failed", "well", well=well) if well else "",
            text("cuda-init-failed", "nodes", nodes=nodes) if nodes else "",
        ),
        fix="fix-reboot" if broken else "fix",
        commands=reboot if broken else rights,
        machine_broken=broken,
    )


def _not_ready(told: str) -> Finding:
    return finding(
        "cuda-not-ready",
        evidence=(told,),
        commands=per_shell(bash="sudo systemctl enable --now nvidia-fabricmanager"),
    )


def _compat(case: Case, told: str) -> Finding:
    path = case.machine.env.get("LD_LIBRARY_PATH", "")
    return finding(
        "cuda-compat-unsupported",
        evidence=(told, shown("LD_LIBRARY_PATH", path) if path else ""),
        commands=(*install_driver(case), *(unset_variable("LD_LIBRARY_PATH", windows=False) if path else ())),
    )


def _missing(case: Case, told: str) -> Finding:
    container = in_container(case)
    return finding(
        "libcuda-missing",
        evidence=(
            told,
            text("checks", "named", name="GPUs", told=len(gpus(case))) if case.machine.gpus.value else "",
        ),
        fix="fix-container" if container else "fix",
        commands=(Command("docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility IMAGE"),)
        if container
        else install_driver(case),
    )
