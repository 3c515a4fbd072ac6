"""libcuda itself: whether cuInit works. NVML and nvidia-smi can be well while it fails."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.driver import install_driver
from envdoc.doctor.look import gpus, has_gpu, in_container, need, on_windows, untold, visible
from envdoc.doctor.words import finding, found, passed, per_shell, set_variable, shown, unset_variable
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import CudaInit

_SUCCESS, _NO_DEVICE, _NOT_READY, _MISMATCH, _COMPAT = 0, 100, 802, 803, 804
_RESULTS = "https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html"

# What a CUresult says about the machine: cause, and whether only a reboot or an administrator can help.
_CAUSES = {
    34: ("a stub of libcuda was loaded instead of the driver's own", False),
    46: ("the GPU is busy or unavailable, another process may hold it alone", False),
    _NO_DEVICE: ("the driver shows no GPU to CUDA", False),
    101: ("CUDA_VISIBLE_DEVICES or the driver names a GPU that is not there", False),
    304: ("an operating-system call failed, often missing rights on /dev/nvidia-uvm", False),
    _MISMATCH: ("the loaded driver and libcuda have different versions", True),
    999: ("an unknown error, common after suspend or when nvidia-uvm hangs", True),
}


@check(
    "cuda-init",
    "CUDA initialises",
    codes=("cuda-init-failed", "cuda-not-ready", "cuda-compat-unsupported", "libcuda-missing", "libcuda-unusable"),
    gpu=True,
    decisive=True,
)
def cuda_init(case: Case) -> Outcome:
    fact = case.machine.driver.cuda_init
    if not has_gpu(case) and not untold(case.machine.gpus):
        raise NotCheckedError("no GPU to initialise")
    return _judged(case, fact.value) if fact.value is not None else _unanswered(case, fact)


def _unanswered(case: Case, fact: Fact[CudaInit]) -> Outcome:
    """libcuda itself said nothing: it is not there, the loader refuses it, it hangs, it died."""
    if fact.why is Why.ABSENT and case.machine.driver.version.known:
        return found(_missing(case, fact.reason()))
    if fact.why is Why.TIMED_OUT:
        return found(_failed(case, "cuInit did not answer", "the GPU or driver hangs", fact.reason(), broken=True))
    if fact.why is Why.FAILED and fact.code in _UNUSABLE:
        return found(_unusable(case, fact))
    if fact.why is Why.FAILED and fact.code == "died":
        return found(_failed(case, "cuInit ended its process", "libcuda crashes", fact.reason(), broken=False))
    need(fact, "cuInit")
    raise NotCheckedError(f"cuInit: {fact.reason()}")


_UNUSABLE = {
    "not-loadable": "A file stands where the driver's CUDA library (libcuda) is looked for, and cannot be loaded",
    "no-cuinit": "The first libcuda that the loader finds is not the driver's: it has no cuInit",
}


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
        Severity.ERROR,
        "libcuda-unusable",
        _UNUSABLE[fact.code],
        evidence=(f"the loader: {fact.detail}", shown("LD_LIBRARY_PATH", path) if path else ""),
        fix="Take its folder off LD_LIBRARY_PATH, so that the driver's own is found"
        if folders
        else "Remove that file, or install the driver again: its own libcuda is whole",
        commands=commands or install_driver(case) or per_shell(bash="ldconfig -p | grep libcuda"),
    )


def _judged(case: Case, init: CudaInit) -> Outcome:
    if init.result == _SUCCESS:
        return passed(f"cuInit well, {len(init.devices)} GPU{'s' * (len(init.devices) != 1)}{_age(init)}")
    told = f"cuInit: {init.result} {init.name}, library {init.library}"
    if init.result == _NO_DEVICE and case.machine.gpus.value and not visible(case).indices:
        raise NotCheckedError("CUDA_VISIBLE_DEVICES hides every GPU")
    if init.result == _NOT_READY:
        return found(_not_ready(told))
    if init.result == _COMPAT:
        return found(_compat(case, told))
    cause, broken = _CAUSES.get(init.result, ("the driver refuses CUDA", False))
    return found(_failed(case, f"cuInit fails with {init.result} {init.name}", cause, told, broken=broken))


def _age(init: CudaInit) -> str:
    """` (remembered, 4 min ago)`, "" for an answer of now."""
    if init.age_seconds <= 0:
        return ""
    minutes, seconds = divmod(round(init.age_seconds), 60)
    return f" (remembered, {f'{minutes} min' if minutes else f'{seconds} s'} ago)"


def _failed(case: Case, what: str, cause: str, told: str, *, broken: bool) -> Finding:
    reboot = per_shell(bash="sudo reboot", cmd="shutdown /r /t 0")
    rights = per_shell(bash="ls -l /dev/nvidia*; sudo modprobe nvidia-uvm") if not on_windows(case) else ()
    driver = case.machine.driver
    well = driver.version.value if driver.nvml.known else None
    nodes = ", ".join(driver.device_nodes.value or ())
    return finding(
        Severity.ERROR,
        "cuda-init-failed",
        f"{what}: {cause}",
        evidence=(
            told,
            f"NVML is well meanwhile: driver {well}" if well else "",
            f"device nodes: {nodes}" if nodes else "",
        ),
        fix="Reboot; no package can mend this" if broken else "Mend the cause; reinstalling torch does not help",
        commands=reboot if broken else rights,
        links=(_RESULTS,),
        broken=broken,
    )


def _not_ready(told: str) -> Finding:
    return finding(
        Severity.ERROR,
        "cuda-not-ready",
        "CUDA is not ready: this NVSwitch system needs nvidia-fabricmanager of the driver's own version",
        evidence=(told,),
        fix="Start the service on the host; if it refuses, install the one whose version equals the driver's",
        commands=per_shell(bash="sudo systemctl enable --now nvidia-fabricmanager"),
        links=("https://docs.nvidia.com/datacenter/tesla/fabric-manager-user-guide/", _RESULTS),
        broken=True,
    )


def _compat(case: Case, told: str) -> Finding:
    path = case.machine.env.get("LD_LIBRARY_PATH", "")
    return finding(
        Severity.ERROR,
        "cuda-compat-unsupported",
        "A cuda-compat libcuda is loaded, newer than the driver, on a GPU that has no forward compatibility",
        evidence=(told, shown("LD_LIBRARY_PATH", path) if path else ""),
        fix="Update the driver (in a container: the host's), or take the compat folder off LD_LIBRARY_PATH",
        commands=(*install_driver(case), *(unset_variable("LD_LIBRARY_PATH", windows=False) if path else ())),
        links=("https://docs.nvidia.com/deploy/cuda-compatibility/", _RESULTS),
    )


def _missing(case: Case, told: str) -> Finding:
    container = in_container(case)
    return finding(
        Severity.ERROR,
        "libcuda-missing",
        "The driver is there, but its CUDA library (libcuda) is not",
        evidence=(told, f"GPUs: {len(gpus(case))}" if case.machine.gpus.value else ""),
        fix="Start the container with the compute capability: `-e NVIDIA_DRIVER_CAPABILITIES=compute,utility`"
        if container
        else "Install the driver's compute libraries (on Ubuntu `libnvidia-compute-<branch>`)",
        commands=(Command("docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility IMAGE"),)
        if container
        else install_driver(case),
    )
