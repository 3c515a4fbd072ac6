"""The minted machines of tests/machines, each from documents that its note names. Mint them again with
`python tools/mint_machine.py --all` after a change here or in the tables."""

from __future__ import annotations

from typing import Any

from mint_parts import package
from mint_recipe import Recipe

from envdoc.model.facts import Fact, Why, known, missing, readings
from envdoc.model.machine import (
    CudaInit,
    Driver,
    Python,
    PythonKind,
    System,
    Target,
    TargetKind,
)

WINDOWS = System.WINDOWS
W11 = "Windows 11 Pro"
_5060 = "NVIDIA GeForce RTX 5060 Ti"
_DUAL = "two RTX 5060 Ti 16 GB with driver 576 (CUDA release notes table 3: 576.x offers CUDA 12.9)"
_PYPI_WINDOWS = "the Python package index's Windows wheels of torch are CPU builds (opened: 2.8.0, 2.15.0)"


def _gone(code: str) -> Fact[Any]:
    """NVML that answers by an error."""
    return missing(Why.FAILED, "nvml", code, code)


_SMI_MISMATCH = "Failed to initialize NVML: Driver/library version mismatch"

# What a Mac has otherwise than the Linux that all recipes begin with.
MAC: dict[str, object] = {
    "os.version": known("24.5.0"), "os.kernel": known("24.5.0"), "os.libc": missing(Why.UNSUPPORTED, "libc"),
    "hardware.shm": missing(Why.UNSUPPORTED, "/dev/shm"),
    "driver.kernel_module": missing(Why.UNSUPPORTED, "/sys"), "driver.pci": missing(Why.UNSUPPORTED, "/sys"),
}  # fmt: skip

RECIPES = (
    Recipe(
        "win11-2x5060ti-576-cpu-torch", f"{_DUAL}; {_PYPI_WINDOWS}", WINDOWS, os_name=W11, gpus=(_5060, _5060),
        driver="576.88", torch="2.8.0+cpu",
    ),
    Recipe(
        "win11-2x5060ti-576-cu126", f"{_DUAL}; torch 2.7.0+cu126 has no code for 12.0 (pytorch build_cuda.sh)",
        WINDOWS, os_name=W11, gpus=(_5060, _5060), driver="576.88", torch="2.7.0+cu126",
        packages={"bitsandbytes": "0.45.5", "llamafactory": "0.9.5"},
    ),
    Recipe(
        "win11-2x5060ti-576-cu128", f"{_DUAL}; a good environment", WINDOWS, os_name=W11, gpus=(_5060, _5060),
        driver="576.88", torch="2.7.1+cu128", packages={"bitsandbytes": "0.50.2", "llamafactory": "0.9.5"},
        env={"CUDA_VISIBLE_DEVICES": "0"},
    ),
    Recipe(
        "win11-4090-610", "RTX 4090 with a driver of branch 610, whose nvidia-smi banner changed", WINDOWS,
        os_name=W11, gpus=("NVIDIA GeForce RTX 4090",), driver="610.43", torch="2.8.0+cu128",
    ),
    Recipe(
        "win11-laptop-store-stub", "a laptop with no Python but the Store's alias (Microsoft's page on app execution "
        "aliases)", WINDOWS, os_name="Windows 11 Home", gpus=("NVIDIA GeForce RTX 4060 Laptop GPU",), driver="576.52",
        changes={
            "pythons": known((Python("C:\\Users\\user\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe", "",
                                     PythonKind.STORE_STUB),), "PATH"),
            "target": Target(TargetKind.NONE, "", "PATH", python=missing(Why.ABSENT, "PATH", "no Python on PATH")),
        },
    ),
    Recipe(
        "win11-gbk", "a Chinese Windows: ANSI code page 936, no long paths, small page file", WINDOWS,
        os_name="Windows 11 家庭中文版", code_page=936, gpus=("NVIDIA GeForce RTX 3060",), driver="551.86",
        torch="2.6.0+cu124", packages={"llamafactory": "0.9.4"},
        env={"HF_ENDPOINT": "https://hf-mirror.com "},
        changes={
            "windows.long_paths": known(False), "windows.page_file_mib": known(4096),
            "windows.developer_mode": known(False), "hardware.memory_total_mib": known(32768),
            "hardware.memory_available_mib": known(24576),
        },
    ),
    Recipe(
        "wsl2-4070", "WSL 2 on Windows 11 with an RTX 4070", os_name="Ubuntu 24.04.3 LTS", wsl=2,
        gpus=("NVIDIA GeForce RTX 4070",), driver="581.29", torch="2.8.0+cu128",
        env={"LD_LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu"},
    ),
    Recipe(
        "linux-v100-580", "Tesla V100 with the last branch that serves Volta; torch 2.11+cu128 dropped it "
        "(pytorch#172352)", gpus=("Tesla V100-SXM2-32GB",), driver="580.95.05", torch="2.11.0+cu128",
    ),
    Recipe(
        "linux-1080ti-580", "GTX 1080 Ti with torch from the Python package index, which dropped Pascal in 2.8",
        gpus=("NVIDIA GeForce GTX 1080 Ti",), driver="580.95.05", torch="2.8.0+cu128",
        packages={"bitsandbytes": "0.50.2"},
    ),
    Recipe(
        "linux-t4-535", "Tesla T4 with driver 535: minor-version compatibility for CUDA 12.8",
        gpus=("Tesla T4",), driver="535.247.01", torch="2.8.0+cu128",
    ),
    Recipe(
        "linux-1080-5090-580", "mixed generations; no stock Linux build covers 6.1 and 12.0",
        gpus=("NVIDIA GeForce GTX 1080", "NVIDIA GeForce RTX 5090"), driver="580.95.05", torch="2.8.0+cu128",
    ),
    Recipe(
        "linux-a100-525", "A100 with driver 525 and a CUDA 13.0 torch: the driver is too old",
        gpus=("NVIDIA A100-SXM4-80GB",), driver="525.147.05", torch="2.11.0+cu130",
    ),
    Recipe(
        "linux-b200-580", "eight B200 in good order", gpus=("NVIDIA B200",) * 8, driver="580.95.05",
        torch="2.9.1+cu130",
    ),
    Recipe(
        "linux-gb10-580-aarch64", "DGX Spark (GB10) with torch 2.11 cu130 for aarch64", arch="aarch64",
        os_name="Ubuntu 24.04.3 LTS", gpus=("NVIDIA GB10",), driver="580.95.05", torch="2.11.0+cu130",
    ),
    Recipe(
        "linux-driver-mismatch", "an unattended upgrade from 550.90.07 to 550.107.02 without a reboot "
        "(NVIDIA-Ubuntu-Driver-Guide#4)", driver="550.107.02",
        changes={
            "gpus": _gone("NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
            "driver": Driver(
                version=readings(
                    _gone("NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
                    missing(Why.FAILED, "nvidia-smi", _SMI_MISMATCH, "NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
                    known("550.90.07", "/proc/driver/nvidia/version"),
                ),
                nvml=_gone("NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
                kernel_module=known("550.90.07", "/sys/module/nvidia"),
                pci=known(("0000:01:00.0 10de:2684",), "/sys/bus/pci"),
                cuda_init=known(CudaInit(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "libcuda.so.1", ""), "libcuda"),
                smi=missing(Why.FAILED, "nvidia-smi", _SMI_MISMATCH, "NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
            ),
            "gpu_sources": {"nvml": _gone("NVML_ERROR_LIB_RM_VERSION_MISMATCH")},
        },
    ),
    Recipe(
        "linux-gpu-lost", "Xid 79: a GPU has fallen off the bus", gpus=("NVIDIA GeForce RTX 3090",) * 2,
        driver="570.124.06", torch="2.8.0+cu128",
        changes={
            "gpus.value.1.name": _gone("NVML_ERROR_GPU_IS_LOST"),
            "gpus.value.1.memory_total_mib": _gone("NVML_ERROR_GPU_IS_LOST"),
            "gpus.value.1.memory_used_mib": _gone("NVML_ERROR_GPU_IS_LOST"),
            "gpus.value.1.compute_capability": _gone("NVML_ERROR_GPU_IS_LOST"),
            "gpus.value.1.compute_mode": _gone("NVML_ERROR_GPU_IS_LOST"),
        },
    ),
    Recipe(
        "linux-cuinit-803", "NVML is well, cuInit returns 803 (a container whose libcuda is another driver's)",
        container="docker", gpus=("NVIDIA A100-SXM4-80GB",), driver="570.124.06", torch="2.8.0+cu128",
        changes={
            "driver.cuda_init": known(
                CudaInit(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "/usr/lib64/libcuda.so.1", ""), "libcuda"
            ),
        },
    ),
    Recipe(
        "linux-no-gpu", "an ordinary server without a GPU", python="3.11.9",
    ),
    Recipe(
        "linux-3090-broken-packages", "an environment of a fresh `pip install llamafactory` beside torch 2.8, with "
        "leftovers", gpus=("NVIDIA GeForce RTX 3090",), driver="580.95.05", torch="2.8.0+cu128",
        packages={"torchaudio": "2.11.0", "numpy": "1.26.4", "llamafactory": "0.9.3", "transformers": "4.52.4",
                  "huggingface-hub": "1.33.0", "pydantic": "2.12.0", "nvidia-nccl-cu12": "2.27.3"},
        changes={"target.packages.value.5": package("llamafactory", "0.9.3", "numpy<2", "pydantic<=2.10.6", "av")},
    ),
    Recipe(
        "macos-m3", "a Mac with Apple silicon and `pip install torch` in a virtual environment", system=System.DARWIN,
        arch="aarch64", os_name="macOS 15.5", python="3.12.10", torch="2.8.0+cpu", packages={"numpy": "2.2.6"},
        changes={**MAC, "target.torch.value.version": "2.8.0", "target.packages.value.0.version": "2.8.0"},
    ),
    Recipe(
        "macos-intel", "a Mac with an Intel processor, for which torch 2.2 was the last", system=System.DARWIN,
        os_name="macOS 13.7", python="3.12.10", changes=MAC,
    ),
)  # fmt: skip
