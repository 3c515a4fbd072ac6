"""One broken machine a finding code: a machine file, what is changed in it, and the profile it is judged by."""

from __future__ import annotations

from dataclasses import dataclass, field

from mint_parts import package

from envdoc.model.facts import NOT_IN_LISTING, Why, known, missing, readings
from envdoc.model.machine import (
    CudaInit,
    Disk,
    ExtensionBuild,
    GpuProcess,
    Leftover,
    Listing,
    ListingDoubt,
    ListingPart,
    Origin,
    PythonKind,
    TargetKind,
    Tool,
    Toolkit,
    TorchBuild,
    VisualStudio,
)

T4, GTX, V100, A100, B200 = "linux-t4-535", "linux-1080ti-580", "linux-v100-580", "linux-a100-525", "linux-b200-580"
WIN, WIN_CPU, WIN126 = "win11-2x5060ti-576-cu128", "win11-2x5060ti-576-cpu-torch", "win11-2x5060ti-576-cu126"
R4090, GBK, STUB, NONE = "win11-4090-610", "win11-gbk", "win11-laptop-store-stub", "linux-no-gpu"
PACKAGES = "linux-3090-broken-packages"
PEFT = package("peft", "0.17.0", "transformers>=4.40")


@dataclass(frozen=True)
class Broken:
    code: str
    machine: str
    changes: dict[str, object] = field(default_factory=dict)
    profile: str = ""
    required: tuple[str, ...] = ()


def _with(*names_versions: object) -> dict[str, object]:
    """torch 2.8.0 of the package index, and these packages."""
    stack = [package("torch", "2.8.0"), package("torchvision", "0.23.0"), package("numpy", "2.2.6")]
    return {"target.packages": known((*stack, *names_versions), "site-packages")}


_SHORT = "/opt/empty/libcuda.so.1: file too short"


def _toolkit(version: str, *ways: str) -> dict[str, object]:
    release = ".".join(version.split(".")[:2])
    root = f"/usr/local/cuda-{release}"
    return {
        "toolkits.found": known((Toolkit(root, version, f"{root}/bin/nvcc", ways or ("PATH",)),), "folders"),
        "toolkits.torch_guess": known(root, "nvcc on PATH"),
    }


def _init(result: int, name: str) -> dict[str, object]:
    return {"driver.cuda_init": known(CudaInit(result, name, "libcuda.so.1", ""), "libcuda")}


def _flash(**built: object) -> dict[str, object]:
    extension = ExtensionBuild("flash-attn", "2.8.3", **built)  # type: ignore[arg-type]
    return {**_with(package("flash-attn", "2.8.3")), "target.extensions": {"flash-attn": extension}}


def _bnb(version: str, *cuda: str) -> dict[str, object]:
    extension = ExtensionBuild("bitsandbytes", version, (), cuda)
    return {**_with(package("bitsandbytes", version)), "target.extensions": {"bitsandbytes": extension}}


def _env(**variables: str) -> dict[str, object]:
    return {"env": variables}


def _listed(*doubts: ListingDoubt) -> dict[str, object]:
    return {"origin": Origin.LISTED, "listing": Listing((ListingPart("nvidia-smi", 1, 20),), doubts)}


_GONE = missing(Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND")
_NO_DRIVER = {
    "gpus": _GONE, "gpu_sources": {}, "driver.version": readings(_GONE),
    "driver.kernel_module": missing(Why.ABSENT, "/sys"), "driver.cuda_init": missing(Why.ABSENT, "libcuda"),
}  # fmt: skip

_ABSENT = missing(Why.ABSENT, "PATH")
_TOOLS = {"cmake": known(Tool("/usr/bin/cmake", "3.28.3"), "PATH")}

BROKEN = (
    # the GPUs
    Broken("no-gpu", NONE),
    Broken("gpu-hidden-from-container", T4, {**_NO_DRIVER, "driver.nvml": _GONE, "os.container": known("docker")}),
    Broken("gpu-lost", "linux-gpu-lost"),
    Broken("gpu-ecc-errors", B200, {"gpus.value.3.ecc_uncorrected": known(2, "nvml")}),
    Broken("gpu-reset-needed", B200, {"gpus.value.3.remapped_rows_pending": known(True, "nvml")}),
    Broken(
        "gpu-memory-held", T4,
        {
            "gpus.value.0.memory_used_mib": known(9000),
            "gpus.value.0.processes": known((GpuProcess(7, "python", 8990),)),
        },
    ),
    Broken("gpu-compute-prohibited", T4, {"gpus.value.0.compute_mode": known("Prohibited")}),
    Broken("gpu-exclusive", T4, {"gpus.value.0.compute_mode": known("Exclusive_Process")}),
    Broken("gpu-mig", A100, {"gpus.value.0.mig_enabled": known(True)}),
    Broken("gpu-not-driven", T4, {"gpus": known((), "nvml"), "gpu_sources": {}}),
    # the driver
    Broken("no-driver", NONE),
    Broken(
        "driver-not-loaded", T4,
        {**_NO_DRIVER, "driver.nvml": missing(Why.FAILED, "nvml", "NVML_ERROR_DRIVER_NOT_LOADED")},
    ),
    Broken(
        "wsl-driver-blocked", "wsl2-4070",
        {
            "gpus": missing(Why.FAILED, "nvml", "NVML_ERROR_OPERATING_SYSTEM"),
            "driver.nvml": missing(Why.FAILED, "nvml", "NVML_ERROR_OPERATING_SYSTEM"),
            "driver.version": readings(missing(Why.FAILED, "nvml", "NVML_ERROR_OPERATING_SYSTEM")),
        },
    ),
    Broken("nouveau-driver", T4, {**_NO_DRIVER, "driver.nvml": _GONE, "driver.nouveau": known(True)}),
    Broken("driver-library-mismatch", "linux-driver-mismatch"),
    Broken("driver-too-old", A100),
    Broken("driver-minor-compatible", T4),
    Broken("driver-dropped-gpu", GTX, {"driver.version": readings(known("590.48.01", "nvml"))}),
    Broken("driver-too-old-for-gpu", WIN, {"driver.version": readings(known("566.36", "nvml"))}),
    Broken("cuda-init-failed", "linux-cuinit-803"),
    Broken("cuda-not-ready", B200, _init(802, "CUDA_ERROR_SYSTEM_NOT_READY")),
    Broken(
        "cuda-compat-unsupported", T4,
        {**_init(804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"), **_env(LD_LIBRARY_PATH="/usr/local/cuda/compat")},
    ),
    Broken("libcuda-missing", T4, {"driver.cuda_init": missing(Why.ABSENT, "libcuda", "no such library")}),
    Broken("sources-disagree", T4, {"gpu_sources.nvidia-smi.value.0.name": known("Tesla P4", "nvidia-smi")}),
    Broken("cuda-sees-fewer-gpus", B200, {"driver.cuda_init.value.devices": ()}),
    # variables
    Broken("visible-devices-hide-all", T4, _env(CUDA_VISIBLE_DEVICES="-1")),
    Broken("visible-devices-hide", WIN),
    Broken("visible-devices-missing", B200, _env(CUDA_VISIBLE_DEVICES="0,8")),
    Broken("visible-devices-syntax", B200, _env(CUDA_VISIBLE_DEVICES='"0"')),
    Broken("visible-devices-duplicate", B200, _env(CUDA_VISIBLE_DEVICES="1,1")),
    Broken("device-order-differs", "linux-1080-5090-580"),
    Broken("variable-stray-blank", GBK),
    Broken("variable-quotes", R4090, _env(CUDA_PATH='"C:\\CUDA"')),
    Broken("library-path-shadows", "wsl2-4070"),
    Broken("library-path-stubs", T4, _env(LD_LIBRARY_PATH="/usr/local/cuda/lib64/stubs")),
    # Python
    Broken("python-missing", STUB, {"pythons": missing(Why.ABSENT, "PATH")}),
    Broken("python-store-stub", STUB),
    Broken("python-broken", T4, {"target.python.value.version": ""}),
    Broken("python-32bit", R4090, {"target.python.value.bits": 32}),
    Broken("python-free-threaded", T4, {"target.python.value.free_threaded": True}),
    Broken("python-not-cpython", T4, {"target.python.value.implementation": "pypy"}),
    Broken("python-embedded", R4090, {"target.python.value.kind": PythonKind.EMBEDDED}),
    Broken("python-store", R4090, {"target.python.value.kind": PythonKind.STORE}),
    Broken("python-too-new", NONE, {"target.python.value.version": "3.17.0"}),
    Broken("python-too-old", T4, {"target.python.value.version": "3.6.9"}, "turing-dc"),
    Broken("python-headers-missing", T4, {"target.python.value.headers": known(False)}),
    Broken("shared-python", T4, {"target.kind": TargetKind.SYSTEM}),
    # torch
    Broken("nothing-installed", NONE),
    Broken("torch-missing", NONE, {"target.marker": known({"state": "usable", "profile": "cpu"})}),
    Broken("torch-unreadable", T4, {"target.torch": missing(Why.FAILED, "torch/version.py", "no version in it")}),
    Broken("torch-cpu-build", WIN_CPU),
    Broken("torch-rocm-build", T4, {"target.torch": known(TorchBuild("2.8.0+rocm6.4", None, hip="6.4"))}),
    Broken("gpu-not-in-torch-build", WIN126),
    Broken("torch-files-mixed", T4, {"target.packages.value.0": package("torch", "2.7.1")}),
    Broken("torch-companion-mismatch", PACKAGES),
    Broken(
        "torch-variants-mixed", WIN,
        {"target.packages.value.2": package("torchvision", "0.22.1+cpu")},
    ),
    Broken(
        "torch-companion-unreleased", T4,
        {**_with(package("torchaudio", "2.11.0")), "target.torch.value.version": "2.12.1+cu130"},
    ),
    # packages
    Broken("dependency-conflict", T4, _with(PEFT, package("transformers", "4.30.0"))),
    Broken("dependency-missing", T4, _with(PEFT)),
    Broken(
        "package-python-mismatch", T4,
        {"target.packages.value.0.requires_python": ">=3.13"},
    ),
    Broken("duplicate-distribution", T4, _with(package("torch", "2.7.1"))),
    Broken(
        "half-removed-distribution", T4,
        {"target.leftovers": (Leftover("/home/user/envs/train/lib/site-packages/~orch", "tilde", "~orch"),)},
    ),
    Broken("known-break", PACKAGES),
    Broken("stack-bounds-broken", T4, _with(package("llamafactory", "0.9.5"), package("peft", "0.21.0"))),
    Broken(
        "mixed-cuda-wheels", B200, _with(package("nvidia-nccl-cu13", "2.28.9"), package("nvidia-nccl-cu12", "2.27.3"))
    ),
    Broken("foreign-cuda-wheels", B200, _with(package("nvidia-cufft-cu12", "11.3.3.83"))),
    Broken("bitsandbytes-foreign", WIN, {"target.packages.value.1": package("bitsandbytes-windows", "0.37.5")}),
    Broken("bitsandbytes-no-binary", T4, _bnb("0.45.2", "12.4", "12.6")),
    Broken("bitsandbytes-fallback", T4, {**_bnb("0.50.2", "12.6"), "target.torch.value.cuda": "12.9"}),
    Broken("bitsandbytes-avoid", T4, _bnb("0.46.0", "12.8")),
    Broken("bitsandbytes-gpu-uncovered", GTX),
    Broken("bnb-cuda-version-set", T4, _env(BNB_CUDA_VERSION="124")),
    Broken("flash-attn-mismatch", A100, _flash(torch="2.7", python="cp312", cuda=("12",))),
    Broken("flash-attn-gpu-uncovered", T4, _flash(torch="2.8", python="cp312", cuda=("12",))),
    # builds
    Broken("cuda-home-missing", T4, {**_toolkit("12.8.93", "folder"), **_env(CUDA_HOME="/usr/local/cuda-12.4")}),
    Broken(
        "cuda-home-guessed", T4, {**_toolkit("13.0.88"), "toolkits.torch_guess": known("/usr/local", "nvcc on PATH")}
    ),
    Broken("toolkit-runtime-mismatch", T4, _toolkit("13.0.88")),
    Broken("nvcc-gpu-unknown", B200, _toolkit("12.4.131")),
    Broken(
        "host-compiler-too-new", T4,
        {**_toolkit("12.4.131"), "build.host_compiler": known(Tool("/usr/bin/g++", "14.2.0"), "PATH")},
    ),
    Broken("triton-no-compiler", T4, {"build.tools.gcc": missing(Why.ABSENT, "PATH")}),
    Broken("msvc-missing", R4090),
    # the computer
    Broken("shm-small", T4, {"hardware.shm": known(Disk("/dev/shm", 60, 64, "tmpfs"))}),
    Broken("disk-low", NONE, {"hardware.disks.env": known(Disk("/home", 900, 50000))}, "cpu"),
    Broken("memory-small", T4, {"hardware.memory_limit_mib": known(4096)}),
    Broken("memory-in-use", T4, {"hardware.memory_available_mib": known(300)}),
    Broken("could-not-look", T4, {"driver.version": readings(missing(Why.TIMED_OUT, "nvml", "no answer in 5 s"))}),
    Broken("required-not-checked", T4, required=("disk-space",)),
    Broken("libcuda-unusable", T4, {"driver.cuda_init": missing(Why.FAILED, "libcuda", _SHORT, "not-loadable")}),
    Broken("glibc-too-old", T4, {"os.libc": known("glibc 2.17")}),
    Broken("musl", T4, {"os.libc": known("musl 1.2.5")}),
    Broken("install-unfinished", T4, {"target.marker": known({"state": "building", "profile": "rtx20"})}),
    Broken(
        "proof-outdated", T4,
        {"target.marker": known({"state": "usable", "torch": "2.6.0", "proved": "2026-11-01T08:00:00"})},
    ),
    Broken("hub-endpoint-bad", GBK),
    Broken("hub-mirror-xet", T4, _env(HF_ENDPOINT="https://hf-mirror.com")),
    Broken("hub-endpoint-not-https", T4, _env(HF_ENDPOINT="http://mirror.example")),
    Broken("hub-disk-low", T4, {"hub.disk": known(Disk("/home", 900, 50000))}),
    Broken(
        "interface-missing", T4,
        {**_env(NCCL_SOCKET_IFNAME="enp"), "hardware.interfaces": known(("eth0", "lo"), "/sys/class/net")},
    ),
    Broken("hub-offline", T4, _env(HF_HUB_OFFLINE="1")),
    Broken(
        "hub-transfer-missing", T4,
        {**_with(package("huggingface-hub", "0.34.4")), **_env(HF_HUB_ENABLE_HF_TRANSFER="1")},
    ),
    # Windows
    Broken("windows-long-paths-off", GBK),
    Broken("windows-page-file-small", GBK),
    Broken("windows-vc-runtime-missing", R4090, {"windows.vc_runtime": missing(Why.ABSENT, "registry", "no key")}),
    Broken("windows-code-page", GBK),
    Broken("windows-no-symlinks", GBK),
    Broken("windows-wddm", R4090),
    Broken("windows-no-nccl", WIN_CPU),
    Broken("windows-torchrun-libuv", WIN_CPU),
    Broken("windows-use-libuv", GBK),
    Broken(
        "openmp-duplicate", R4090,
        {"target.kind": TargetKind.CONDA, "target.packages.value.1": package("mkl", "2025.2.0")},
    ),
    Broken("openmp-duplicates-allowed", R4090, _env(KMP_DUPLICATE_LIB_OK="TRUE")),
    Broken("windows-workers", WIN),
    # the rest
    Broken("path-has-blanks", R4090, {"target.prefix": "C:\\Users\\Max Muster\\env"}),
    Broken("advice-wrong", R4090, _env(NCCL_P2P_DISABLE="1")),
    Broken("foreign-envdoc", T4, _with(package("envdoc", "0.0.5"))),
    Broken("pynvml-providers", T4, _with(package("pynvml", "11.5.3"), package("nvidia-ml-py", "13.610.43"))),
    # builds, where somebody asks
    Broken("cmake-missing", T4, {"build.tools": {"cmake": _ABSENT}}, required=("build-tools",)),
    Broken(
        "compiler-missing", T4, {"build.tools": _TOOLS, "build.host_compiler": _ABSENT}, required=("build-tools",)
    ),
    Broken(
        "cuda-toolkit-missing", T4, {"build.tools": _TOOLS, "toolkits.found": _ABSENT}, required=("build-tools",)
    ),
    # machines that were read from a listing
    Broken("listing-unclear", T4, _listed(ListingDoubt("driver", "58O.95.05", "580.95.05", 3))),
    Broken(
        "listing-incomplete", T4, {**_listed(), "target.python": missing(Why.NOT_ASKED, code=NOT_IN_LISTING)}
    ),
    # profiles
    Broken("system-outside-profile", "linux-gb10-580-aarch64", {}, "rtx40"),
    Broken("gpu-outside-profile", T4, {}, "rtx50-cu128"),
    Broken("profile-torch-mismatch", T4, {"target.torch.value.version": "2.12.1+cu128"}, "turing-dc"),
    Broken("profile-cuda-mismatch", WIN126, {}, "rtx50-cu128"),
    Broken("profile-cpu-superset", "linux-h200-580", {}, "cpu"),
    Broken("driver-too-old-for-profile", T4, {}, "rtx50-cu130"),
    Broken("profile-component-missing", WIN, {}, "rtx50-cu128"),
)  # fmt: skip

_STUDIO = VisualStudio("C:\\VS", "17.14", "Visual Studio Build Tools 2022", "14.44.35207", True)
_WHOLE = [package(name, "1.0") for name in ("huggingface-hub", "bitsandbytes", "llamafactory", "liger-kernel")]

# Machines on which a check that finds something nearly everywhere finds nothing.
WELL = (
    Broken("cmake-missing", T4, {"build.tools": _TOOLS, **_toolkit("12.4.131", "PATH")}, required=("build-tools",)),
    Broken(
        "interface-missing",
        T4,
        {**_env(NCCL_SOCKET_IFNAME="eth"), "hardware.interfaces": known(("eth0", "lo"), "/sys/class/net")},
    ),
    Broken("flash-attn-gpu-uncovered", A100, _flash(torch="2.11", arch_list=("sm_80", "sm_90"))),
    Broken("msvc-missing", R4090, {"build.visual_studio": known((_STUDIO,), "vswhere")}),
    Broken("windows-wddm", R4090, {"gpus.value.0.driver_model": known("TCC")}),
    Broken("profile-component-missing", R4090, _with(*_WHOLE), "rtx40"),
)
