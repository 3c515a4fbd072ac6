"""Checks on machines that tell a part: what was seen, what was not, and what that comes to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from doctor_cases import case_of, read_machine

from envdoc.doctor import examine
from envdoc.model.facts import Why, known, missing, readings
from envdoc.model.finding import CheckResult, CheckStatus, Report
from envdoc.model.machine import CudaInit
from envdoc.model.value import replace

Judge = Callable[..., Report]
UNKNOWN = missing(Why.FAILED, "nvml", "NVML_ERROR_UNKNOWN", "NVML_ERROR_UNKNOWN")
LOST = missing(Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST")
NOT_SUPPORTED = missing(Why.UNSUPPORTED, "nvml", "NVML_ERROR_NOT_SUPPORTED", "NVML_ERROR_NOT_SUPPORTED")
TWO = "win11-2x5060ti-576-cu128"


def one(report: Report, check: str) -> CheckResult:
    return next(each for each in report.checks if each.id == check)


def test_health_of_a_gpu_that_does_not_tell(judge: Judge) -> None:
    changes = {"gpus.value.0.ecc_uncorrected": UNKNOWN, "gpus.value.0.remapped_rows_pending": UNKNOWN}
    health = one(judge("linux-a100-525", changes), "gpu-health")
    assert (health.status, health.blind) == (CheckStatus.NOT_CHECKED, True)
    assert "uncorrected ECC errors not told: failed (nvml, NVML_ERROR_UNKNOWN)" in health.reason
    none = {"gpus.value.0.ecc_uncorrected": NOT_SUPPORTED, "gpus.value.0.remapped_rows_pending": NOT_SUPPORTED}
    assert one(judge("linux-a100-525", none), "gpu-health").status is CheckStatus.PASS


@pytest.mark.parametrize("fact", ["memory_used_mib", "compute_mode", "processes", "bus_id", "mig_enabled", "pcie"])
def test_a_gpu_that_is_lost_behind_its_name(fact: str, judge: Judge) -> None:
    """Name, UUID and size are remembered by the driver; the card is gone."""
    report = judge(TWO, {f"gpus.value.1.{fact}": LOST})
    assert [each.code for each in one(report, "gpu-health").findings] == ["gpu-lost"]


def test_one_of_two_gpus_does_not_tell_its_memory(judge: Judge) -> None:
    free = one(judge("linux-1080-5090-580", {"gpus.value.1.memory_used_mib": UNKNOWN}), "gpu-free")
    assert free.status is CheckStatus.NOT_CHECKED
    assert free.reason.startswith("GPU 0: ")
    assert "; GPU 1 (" in free.reason
    assert ": memory in use not told: failed (nvml, NVML_ERROR_UNKNOWN)" in free.reason


def test_a_compute_mode_that_was_not_told(judge: Judge) -> None:
    mode = one(judge("linux-t4-535", {"gpus.value.0.compute_mode": UNKNOWN}), "gpu-mode")
    assert (mode.status, mode.blind) == (CheckStatus.NOT_CHECKED, True)


@pytest.mark.parametrize(("share", "agree"), [(0.99, True), (0.975, True), (0.96, False), (0.5, False)])
def test_sources_agree_within_three_in_a_hundred(share: float, agree: bool, judge: Judge) -> None:
    total = read_machine("linux-t4-535").gpus.value[0].memory_total_mib.value  # type: ignore[index]
    told = {"gpu_sources.nvidia-smi.value.0.memory_total_mib": known(int(total * share), "nvidia-smi")}  # type: ignore[operator]
    machine = read_machine("linux-t4-535")
    smi = machine.gpu_sources["nvidia-smi"].value[0]  # type: ignore[index]
    lower = replace(smi, memory_total_mib=next(iter(told.values())))
    sources = {**machine.gpu_sources, "nvidia-smi": known((lower,), "nvidia-smi")}
    codes = {each.code for each in judge("linux-t4-535", {"gpu_sources": sources}).findings}
    assert ("sources-disagree" in codes) is not agree


C124, C128, BLAS = "/usr/local/cuda-12.4/lib64", "/usr/local/cuda-12.8/lib64", ("libcublas.so.12",)
OWN = "in front of torch's own"
LIBRARIES = {"/opt/mine": ("libcudnn.so.9", "libnccl.so.2")}


@pytest.mark.parametrize(
    ("path", "libraries", "said"),
    [
        ("/opt/mine", LIBRARIES, f"other libraries {OWN}: libcudnn.so.9 and libnccl.so.2"),
        ("/opt/x", {"/opt/x": BLAS}, f"libraries of an unknown CUDA release {OWN} (12.8): libcublas.so.12"),
        (C124, {C124: BLAS}, f"libraries of CUDA 12.4 {OWN} (12.8)"),
        (C128, {C128: BLAS}, ""),
        ("/usr/local/nvidia/lib64", {"/usr/local/nvidia/lib64": ("libcuda.so.1",)}, ""),
        ("/home/user/envs/train/lib", {"/home/user/envs/train/lib": ("libcudnn.so.9",)}, ""),
        ("/opt/empty", {}, ""),
    ],
)  # fmt: skip
def test_libraries_before_torchs_own(
    path: str, libraries: dict[str, tuple[str, ...]], said: str, judge: Judge
) -> None:
    report = judge("linux-t4-535", {"env": {"LD_LIBRARY_PATH": path}, "library_path": libraries})
    summaries = [each.summary for each in one(report, "library-path").findings]
    assert summaries == ([f"LD_LIBRARY_PATH puts {said}"] if said else [])


def test_a_folder_that_could_not_be_read_is_no_pass(judge: Judge) -> None:
    denied = missing(Why.DENIED, "/closed", "Permission denied", "EACCES")
    changes = {"env": {"LD_LIBRARY_PATH": "/closed"}, "library_path_unread": {"/closed": denied}}
    told = one(judge("linux-t4-535", changes), "library-path")
    assert (told.status, told.reason) == (
        CheckStatus.NOT_CHECKED,
        "/closed; /closed: denied (/closed, Permission denied)",
    )


@pytest.mark.parametrize(
    ("name", "value", "missing_one"),
    [
        ("NCCL_SOCKET_IFNAME", "eth", False),
        ("NCCL_SOCKET_IFNAME", "eth0,ib", False),
        ("NCCL_SOCKET_IFNAME", "=eth0", False),
        ("NCCL_SOCKET_IFNAME", "=eth", True),
        ("NCCL_SOCKET_IFNAME", "enp5s0", True),
        ("NCCL_SOCKET_IFNAME", "^docker,lo", False),
        ("NCCL_SOCKET_IFNAME", "^eth,lo", True),
        ("GLOO_SOCKET_IFNAME", "eth0", False),
        ("GLOO_SOCKET_IFNAME", "eth", True),
        ("TP_SOCKET_IFNAME", "ib0", True),
    ],
)
def test_interfaces(name: str, value: str, missing_one: bool, judge: Judge) -> None:
    there = known(("eth0", "lo"), "/sys/class/net")
    report = judge("linux-t4-535", {"env": {name: value}, "hardware.interfaces": there})
    told = one(report, "network-interfaces")
    assert [each.code for each in told.findings] == (["interface-missing"] if missing_one else [])
    dark = missing(Why.DENIED, "/sys/class/net", "Permission denied")
    assert one(judge("linux-t4-535", {"env": {name: value}, "hardware.interfaces": dark}), "network-interfaces").blind


def test_a_remembered_cuinit_says_so_and_since_when(judge: Judge) -> None:
    init = read_machine("linux-t4-535").driver.cuda_init.value
    assert init is not None
    for age, said in ((0.0, ""), (42.0, " (remembered, 42 s ago)"), (250.0, " (remembered, 4 min ago)")):
        remembered = known(replace(init, age_seconds=age), "libcuda, remembered")
        told = one(judge("linux-t4-535", {"driver.cuda_init": remembered}), "cuda-init")
        assert told.reason == f"cuInit well, 1 GPU{said}"


@pytest.mark.parametrize(
    ("init", "forward"),
    [
        (CudaInit(0, "CUDA_SUCCESS", "/usr/local/cuda/compat/libcuda.so.1", "13.0"), True),
        (CudaInit(0, "CUDA_SUCCESS", "libcuda.so.1", "12.2"), False),
        (CudaInit(804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "libcuda.so.1", "13.0"), False),
    ],
)
def test_a_compat_package_in_front_makes_an_old_driver_new_enough(
    init: CudaInit, forward: bool, judge: Judge
) -> None:
    torch = replace(read_machine("linux-t4-535").target.torch.value, version="2.9.1+cu130", cuda="13.0")  # type: ignore[type-var]
    changes = {"target.torch": known(torch), "driver.cuda_init": known(init, "libcuda")}
    told = one(judge("linux-t4-535", changes), "driver-runtime")
    assert (told.status is CheckStatus.PASS) is forward
    if forward:
        assert told.reason == "driver 535.247.01 runs cu130 by its forward compatibility package"


def test_a_version_that_only_the_registry_tells_is_no_mismatch(judge: Judge) -> None:
    both = readings(known("576.88", "nvml"), known("581.29", "registry"))
    assert one(judge(TWO, {"driver.version": both}), "driver-consistent").status is CheckStatus.PASS
    loaded = readings(known("576.88", "nvml"), known("581.29", "nvidia-smi"))
    assert one(judge(TWO, {"driver.version": loaded}), "driver-consistent").status is CheckStatus.FAIL


def test_a_card_given_to_a_container_without_its_libraries_is_not_hidden(judge: Judge) -> None:
    changes = {
        "os.container": known("docker", "/.dockerenv"),
        "driver.device_nodes": known(("/dev/nvidia0", "/dev/nvidiactl"), "/dev"),
        "driver.pci": known(("0000:01:00.0 10de:2684",), "/sys/bus/pci/devices"),
    }
    codes = {each.code for each in judge("linux-no-gpu", changes).findings}
    assert "gpu-hidden-from-container" not in codes
    assert "no-gpu" not in codes


def test_required_checks_run_whatever_only_says(judge: Judge) -> None:
    report = judge("linux-t4-535", only=("gpu-present",), require=("cuda-init", "disk-space"))
    assert [each.id for each in report.checks] == ["gpu-present", "cuda-init", "disk-space", "decisive"]
    assert [each.id for each in report.checks if each.required] == ["cuda-init", "disk-space"]
    assert [each.code for each in report.findings] == ["required-not-checked"]


def test_decisive_checks_speak_for_those_that_ran_only() -> None:
    dark = {"driver.cuda_init": missing(Why.DENIED, "libcuda", "Permission denied", "EACCES")}
    other = examine(case_of("linux-t4-535", dark), only=("gpu-present",))
    assert [each.id for each in other.checks] == ["gpu-present"]
    asked = examine(case_of("linux-t4-535", dark), only=("cuda-init",))
    assert [each.code for each in asked.findings] == ["could-not-look"]
    assert examine(case_of("linux-t4-535", dark), only=("cuda-init",), skip=("could-not-look",)).findings == ()
