"""Driver and GPUs: each source on its own, in health and in sickness."""

from __future__ import annotations

import pytest
from probe_machines import H200, INFORMATION, PROC_VERSION, SMI_H200, h200, recorded, smi_run

from envdoc.knowledge.tables import load
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Gpu, GpuProcess, PcieLink
from envdoc.model.value import replace
from envdoc.probe import gpus_kernel, gpus_nvml, gpus_smi
from envdoc.probe.gpus_smi import FULL, MINIMAL, PLAIN
from envdoc.rules import capability, error_codes

_DEVICE = "/sys/bus/pci/devices/0000:00:06.0/device"

H200_BY_SMI = Gpu(
    index=0,
    name=known("NVIDIA H200", "nvidia-smi"),
    compute_capability=known("9.0", "nvidia-smi"),
    memory_total_mib=known(143771, "nvidia-smi"),
    memory_used_mib=known(0, "nvidia-smi"),
    uuid=known("GPU-00000000-0000-0000-0000-000000000000", "nvidia-smi"),
    bus_id=known("00000000:00:06.0", "nvidia-smi"),
    pci_device=known("2335", "nvidia-smi"),
    driver_model=missing(Why.UNSUPPORTED, "nvidia-smi"),
    pcie=known(PcieLink(5, 5, 16, 16), "nvidia-smi"),
    ecc_enabled=known(True, "nvidia-smi"),
    ecc_uncorrected=known(0, "nvidia-smi"),
    mig_enabled=known(False, "nvidia-smi"),
    persistence=known(True, "nvidia-smi"),
    compute_mode=known("Default", "nvidia-smi"),
    display_active=known(False, "nvidia-smi"),
    temperature_c=known(41, "nvidia-smi"),
    power_limit_w=known(700, "nvidia-smi"),
)


def test_smi_tells_every_field_of_an_h200() -> None:
    assert gpus_smi.probe(h200()) == gpus_smi.SmiAnswer(
        smi=known("/usr/bin/nvidia-smi", "nvidia-smi"),
        driver=known("580.159.04", "nvidia-smi"),
        gpus=known((H200_BY_SMI,), "nvidia-smi"),
    )


def test_an_old_driver_that_refuses_fields_is_asked_for_fewer() -> None:
    refusal = 'Field "driver_model.current" is not a valid field to query.\n'
    older = 'Field "compute_cap" is not a valid field to query.\n'
    row = "0, Tesla V100-SXM2-16GB, 470.82.01, 16160, 3, GPU-1, 00000000:00:1E.0, 0x1DB110DE\n"
    host = recorded(
        which={"nvidia-smi": "/usr/bin/nvidia-smi"},
        runs=[
            smi_run("/usr/bin/nvidia-smi", refusal, FULL, 2),
            smi_run("/usr/bin/nvidia-smi", older, PLAIN, 2),
            smi_run("/usr/bin/nvidia-smi", row, MINIMAL),
        ],
    )
    answer = gpus_smi.probe(host)
    assert answer.driver == known("470.82.01", "nvidia-smi")
    gpu = answer.gpus.or_else(())[0]
    assert gpu.name == known("Tesla V100-SXM2-16GB", "nvidia-smi")
    assert gpu.compute_capability == missing(Why.UNSUPPORTED, "nvidia-smi", "this driver does not know compute_cap")
    assert capability.of(replace(gpu, name=missing(Why.FAILED, "nvidia-smi")), load()) == "7.0"


@pytest.mark.parametrize("cell", ["0x2D0410DE", "0x2d0410de"])
def test_the_device_id_is_the_high_word(cell: str) -> None:
    row = SMI_H200.replace("0x233510DE", cell)
    gpu = gpus_smi.probe(h200(runs=[smi_run("/usr/bin/nvidia-smi", row)])).gpus.or_else(())[0]
    assert gpu.pci_device == known("2d04", "nvidia-smi")


@pytest.mark.parametrize("odd", [0x2D048086, "x", None])
def test_an_id_that_is_not_nvidias_is_a_reason(odd: object) -> None:
    device = {**H200["nvml"]["devices"][0], "PciInfo": {"busId": "00000000:00:06.0", "pciDeviceId": odd}}
    gpu = gpus_nvml.probe(h200(nvml={**H200["nvml"], "devices": [device]})).gpus.or_else(())[0]
    assert (gpu.bus_id.value, gpu.pci_device.why) == ("00000000:00:06.0", Why.FAILED)
    row = SMI_H200.replace("0x233510DE", "0x2D048086")
    assert gpus_smi.probe(h200(runs=[smi_run("/usr/bin/nvidia-smi", row)])).gpus.or_else(())[0].pci_device == (
        missing(Why.FAILED, "nvidia-smi", "0x2D048086")
    )


def test_the_kernels_gpus_have_their_device_id() -> None:
    gpu = gpus_kernel.probe(h200(files={**H200["files"], _DEVICE: "0x2335\n"})).gpus.or_else(())[0]
    assert gpu.pci_device == known("2335", _DEVICE)
    odd = gpus_kernel.probe(h200(files={**H200["files"], _DEVICE: "?\n"})).gpus.or_else(())[0]
    assert odd.pci_device == missing(Why.FAILED, _DEVICE, "no device id in it")


@pytest.mark.parametrize(
    ("entry", "device"),
    [
        ("0000:01:00.0 10de:2d04", "2d04"),
        (r"pci\ven_10de&dev_2d04", "2d04"),
        (r"PCI\VEN_10DE&DEV_2D04&SUBSYS_205E1462&REV_A1", "2d04"),
        ("0000:01:00.0 8086:2d04", ""),
        ("", ""),
    ],
)
def test_device_of_what_stands_on_the_bus(entry: str, device: str) -> None:
    assert capability.device_on_bus(entry) == device


def test_the_driver_then_the_id_then_the_name_tell_the_capability() -> None:
    gpu = Gpu(0, name=known("NVIDIA GeForce RTX 3060"), pci_device=known("2d04"), compute_capability=known("9.9"))
    assert capability.of(gpu, load()) == "9.9"
    asked: Fact[str] = missing(Why.UNSUPPORTED)
    assert capability.of(replace(gpu, compute_capability=asked), load()) == "12.0"
    assert capability.of(replace(gpu, compute_capability=asked, pci_device=known("ffff")), load()) == "8.6"


@pytest.mark.parametrize(
    ("stdout", "code", "why", "detail"),
    [
        ("No devices were found\n", 6, Why.ABSENT, "No devices were found"),
        (
            "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 575.51\n",
            18,
            Why.FAILED,
            "exit 18: Failed to initialize NVML: Driver/library version mismatch",
        ),
        (
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it runs.\n",
            9,
            Why.FAILED,
            "exit 9: NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it "
            "runs.",
        ),
        ("", 0, Why.FAILED, "exit 0: no output"),
    ],
)
def test_why_smi_has_no_gpus(stdout: str, code: int, why: Why, detail: str) -> None:
    host = recorded(which={"nvidia-smi": "/bin/smi"}, runs=[smi_run("/bin/smi", stdout, returncode=code)])
    assert gpus_smi.probe(host).gpus == missing(why, "nvidia-smi", detail, error_codes.code_of(detail))


def test_a_hung_smi_is_a_fact() -> None:
    run = {**smi_run("/bin/smi", ""), "why": "timed-out", "detail": "killed after 10 s"}
    del run["returncode"]
    host = recorded(which={"nvidia-smi": "/bin/smi"}, runs=[run])
    assert gpus_smi.probe(host).smi == missing(Why.TIMED_OUT, "nvidia-smi", "killed after 10 s")


def test_smi_of_windows_is_found_though_path_does_not_lead_there() -> None:
    program = r"C:\Windows\System32\nvidia-smi.exe"
    host = recorded("windows", files={program: "MZ"}, environ={"SystemRoot": r"C:\Windows"})
    assert gpus_smi.find(host) == program
    assert gpus_smi.find(recorded("windows")) == ""


def test_cells_that_hold_reasons() -> None:
    row = SMI_H200.replace("Enabled, 0,", "[Insufficient Permissions], [GPU is lost],").replace(
        "41", "[Unknown Error]"
    )
    gpu = gpus_smi.probe(h200(runs=[smi_run("/usr/bin/nvidia-smi", row)])).gpus.or_else(())[0]
    assert gpu.ecc_enabled == missing(
        Why.DENIED, "nvidia-smi", "Insufficient Permissions", "NVML_ERROR_NO_PERMISSION"
    )
    assert gpu.ecc_uncorrected == missing(Why.FAILED, "nvidia-smi", "GPU is lost", "NVML_ERROR_GPU_IS_LOST")
    assert gpu.temperature_c == missing(Why.FAILED, "nvidia-smi", "Unknown Error", "NVML_ERROR_UNKNOWN")


def test_banners_are_no_rows() -> None:
    banner = "| NVIDIA-SMI 610.11   KMD Version: 610.11   CUDA UMD Version: 13.4 |\n"
    assert gpus_smi.parse(banner + SMI_H200, FULL) == gpus_smi.parse(SMI_H200, FULL)


def test_nvml_tells_what_smi_tells_and_more() -> None:
    answer = gpus_nvml.probe(h200(files={**H200["files"], "/proc/4242/comm": "python3\n"}), thorough=True)
    assert (answer.nvml, answer.driver, answer.cuda) == (
        known("13.580.159.04", "nvml"),
        known("580.159.04", "nvml"),
        known("13.0", "nvml"),
    )
    gpu = answer.gpus.or_else(())[0]
    both = """
        name compute_capability memory_total_mib uuid bus_id pci_device pcie ecc_enabled mig_enabled persistence
        compute_mode display_active temperature_c power_limit_w
    """
    for name in both.split():
        assert getattr(gpu, name).value == getattr(H200_BY_SMI, name).value, name
    assert gpu.remapped_rows_pending == known(False, "nvml")
    assert gpu.memory_used_mib == known(0, "nvml")
    assert gpu.processes == known((GpuProcess(4242, "python3", 1024),), "nvml")


def test_memory_used_by_the_call_of_older_drivers() -> None:
    device = {name: value for name, value in H200["nvml"]["devices"][0].items() if name != "MemoryInfo_v2"}
    gpu = gpus_nvml.probe(h200(nvml={**H200["nvml"], "devices": [device]})).gpus.or_else(())[0]
    assert gpu.memory_used_mib == known(615, "nvml")


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        (
            {"why": "failed", "detail": "NVML_ERROR_LIB_RM_VERSION_MISMATCH"},
            missing(Why.FAILED, "nvml", "NVML_ERROR_LIB_RM_VERSION_MISMATCH", "NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
        ),
        (
            {"why": "absent", "detail": "NVML_ERROR_LIBRARY_NOT_FOUND"},
            missing(Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND"),
        ),
    ],
)
def test_nvml_that_does_not_start_says_its_error_in_every_fact(init: object, expected: Fact[str]) -> None:
    answer = gpus_nvml.probe(recorded(nvml={"init": init}))
    assert answer == gpus_nvml.NvmlAnswer(expected, expected, expected, expected)  # type: ignore[arg-type]


def test_a_lost_gpu_keeps_its_place_with_a_reason() -> None:
    lost = {"why": "failed", "detail": "NVML_ERROR_GPU_IS_LOST"}
    nvml = {**H200["nvml"], "devices": [*H200["nvml"]["devices"], {"Name": lost, "MemoryInfo": lost}]}
    gpus = gpus_nvml.probe(h200(nvml=nvml)).gpus.or_else(())
    assert [gpu.index for gpu in gpus] == [0, 1]
    assert gpus[1].name == missing(Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST")
    assert gpus[1].memory_total_mib == missing(Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST")


def test_an_answer_of_another_shape_is_a_reason_not_a_crash() -> None:
    nvml = {**H200["nvml"], "devices": [{**H200["nvml"]["devices"][0], "CudaComputeCapability": 90}]}
    gpu = gpus_nvml.probe(h200(nvml=nvml)).gpus.or_else(())[0]
    assert gpu.compute_capability.why is Why.FAILED
    assert gpu.compute_capability.detail.startswith("answer not understood")


def test_nvml_without_devices() -> None:
    answer = gpus_nvml.probe(h200(nvml={**H200["nvml"], "devices": []}))
    assert answer.gpus == missing(Why.ABSENT, "nvml", "no devices were found")


def test_a_library_that_counts_nonsense_is_a_reason() -> None:
    answer = gpus_nvml.probe(h200(nvml={**H200["nvml"], "devices": [{}] * 1025}))
    assert answer.gpus == missing(Why.FAILED, "nvml", "a count of GPUs that cannot be")


def test_driver_models_of_windows_and_unknown_process_memory() -> None:
    device = {"DriverModel": [0, 0], "ComputeRunningProcesses": [{"pid": 7, "usedGpuMemory": None}]}
    gpu = gpus_nvml.probe(recorded("windows", nvml={"init": "1", "devices": [device]})).gpus.or_else(())[0]
    assert gpu.driver_model == known("WDDM", "nvml")
    assert gpu.processes == known((GpuProcess(7, "", None),), "nvml")


def test_the_kernel_tells_driver_and_gpus_without_nvml() -> None:
    source = "/proc/driver/nvidia/gpus"
    assert gpus_kernel.probe(h200()) == gpus_kernel.KernelAnswer(
        proc=known("580.159.04", "/proc/driver/nvidia/version"),
        module=Fact("580.159.04", "/sys/module/nvidia", detail="open"),
        nouveau=known(False, "/sys/module"),
        device_nodes=known(("/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidiactl"), "/dev"),
        pci=known(("0000:00:06.0 10de:2335",), "/sys/bus/pci/devices"),
        gpus=known(
            (
                Gpu(
                    0,
                    name=known("NVIDIA H200", source),
                    uuid=known("GPU-00000000-0000-0000-0000-000000000000", source),
                    bus_id=known("0000:00:06.0", source),
                    pci_device=known("2335", _DEVICE),
                ),
            ),
            source,
        ),
    )


def test_a_machine_without_nvidia() -> None:
    answer = gpus_kernel.probe(recorded(folders={"/dev": ["null"], "/sys/bus/pci/devices": []}))
    whys = [getattr(answer, name).why for name in ("proc", "module", "device_nodes", "pci", "gpus")]
    assert whys == [Why.ABSENT] * 5
    assert answer.nouveau == known(False, "/sys/module")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (PROC_VERSION, "580.159.04"),
        (
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.82.01  Wed Oct 27 21:21:55 UTC 2021\n",
            "470.82.01",
        ),
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.54  Tue\n", "535.54"),
        ("", ""),
    ],
)
def test_versions_in_proc(text: str, version: str) -> None:
    assert gpus_kernel.parse_proc_version(text) == version


def test_information_lines_hold_colons() -> None:
    assert gpus_kernel.parse_information(INFORMATION)["Bus Location"] == "0000:00:06.0"


@pytest.mark.parametrize(
    ("windows", "nvidia"),
    [("32.0.15.8129", "581.29"), ("31.0.15.5186", "551.86"), ("27.21.14.5671", "456.71"), ("", ""), ("1.2", "")],
)
def test_windows_driver_numbers(windows: str, nvidia: str) -> None:
    assert gpus_kernel.nvidia_version(windows) == nvidia
