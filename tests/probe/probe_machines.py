"""Machines made by hand for the probes' tests, as recordings: what is not listed does not exist.

The Linux one follows a real H200 machine word for word; the others are put together from documents.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from envdoc.host import cuda_init
from envdoc.host.recorded import RecordedHost
from envdoc.host.recording import search_name
from envdoc.host.records import short_argv
from envdoc.probe.gpus_smi import FULL

SMI_H200 = (
    "0, NVIDIA H200, 580.159.04, 143771, 0, GPU-00000000-0000-0000-0000-000000000000, 00000000:00:06.0, "
    "0x233510DE, 9.0, [N/A], 5, 5, 16, 16, Enabled, 0, Disabled, Enabled, Default, Disabled, 41, 700.00\n"
)
PROC_VERSION = (
    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (nixbld@)  \n"
    "GCC version:  gcc version 15.3.0 (GCC) \n"
)
INFORMATION = (
    "Model: \t\t NVIDIA H200\nIRQ:   \t\t 43\nGPU UUID: \t GPU-00000000-0000-0000-0000-000000000000\n"
    "Video BIOS: \t 96.00.d0.00.01\nBus Type: \t PCIe\nBus Location: \t 0000:00:06.0\nDevice Minor: \t 0\n"
)
OS_RELEASE = 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n'
CUDA_OK = json.dumps(
    {
        "result": 0,
        "name": "CUDA_SUCCESS",
        "library": "/usr/local/nvidia/lib64/libcuda.so.580.159.04",
        "version": "13.0",
        "devices": [{"name": "NVIDIA H200", "capability": "9.0", "memory_total_mib": 143155}],
    }
)


def recorded(system: str = "linux", **tables: Any) -> RecordedHost:
    """A recorded host of these tables; see `envdoc.host.recorded` for their shape."""
    return RecordedHost({"schema": 1, "origin": "minted", "system": system, "arch": "x86_64", **tables})


def smi_run(program: str, stdout: str, fields: tuple[str, ...] = FULL, returncode: int = 0) -> dict[str, Any]:
    """An answer to one of nvidia-smi's csv queries."""
    argv = [program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
    return {"argv": argv, "env": {"CUDA_VISIBLE_DEVICES": ""}, "returncode": returncode, "stdout": stdout}


def cuda_run(answer: str = CUDA_OK, **more: Any) -> dict[str, Any]:
    """The libcuda child's answer."""
    argv = short_argv(cuda_init.argv(sys.executable), sys.executable)
    env = {"CUDA_VISIBLE_DEVICES": "", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    return {"argv": argv, "env": env, "returncode": 0, "stdout": answer, **more}


def found(*searches: tuple[bytes, str]) -> Mapping[str, Any]:
    """Answers to searches for a first match in one file."""
    return {search_name(pattern, True): [match] for pattern, match in searches}


def h200(**changes: Any) -> RecordedHost:
    """Ubuntu 24.04, one H200, driver 580.159.04, toolkit 13.0 (its tables replaced by `changes`)."""
    return recorded(**{**H200, **changes})


H200: dict[str, Any] = {
    "cpus": 16,
    "environ": {
        "HOME": "/root",
        "PATH": "/usr/local/cuda/bin:/usr/bin",
        "CUDA_HOME": "/usr/local/cuda",
        "CUDA_VISIBLE_DEVICES": "7",
        "LD_LIBRARY_PATH": "/usr/local/nvidia/lib64:/usr/local/nvidia/lib",
        "SHELL": "/bin/bash",
    },
    "which": {"nvidia-smi": "/usr/bin/nvidia-smi", "nvcc": "/usr/local/cuda/bin/nvcc", "g++": "/usr/bin/g++"},
    "links": {
        "/usr/local/cuda/bin/nvcc": "/usr/local/cuda-13.0/bin/nvcc",
        "/usr/bin/g++": "/usr/bin/x86_64-linux-gnu-g++-13",
        "/usr/bin/python3": "/usr/bin/python3.12",
    },
    "stats": {"/usr/local/cuda-13.0/bin/nvcc": {"size": 30153384, "is_dir": False, "is_link": False, "mtime": 0.0}},
    "files": {
        "/etc/os-release": OS_RELEASE,
        "/proc/sys/kernel/osrelease": "6.18.44-fc-v657-gpu\n",
        "/proc/sys/kernel/random/boot_id": "11111111-2222-3333-4444-555555555555\n",
        "/proc/meminfo": "MemTotal:       131891396 kB\nMemAvailable:   130023424 kB\nSwapTotal:             0 kB\n",
        "/proc/cpuinfo": "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Processor\n",
        "/proc/1/cgroup": "0::/process_api/core\n",
        "/proc/self/mounts": "/dev/vda / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n",
        "/.dockerenv": "",
        "/lib/x86_64-linux-gnu/libc.so.6": "\x7fELF",
        "/proc/driver/nvidia/version": PROC_VERSION,
        "/proc/driver/nvidia/gpus/0000:00:06.0/information": INFORMATION,
        "/sys/module/nvidia/version": "580.159.04\n",
        "/sys/bus/pci/devices/0000:00:05.0/vendor": "0x1af4\n",
        "/sys/bus/pci/devices/0000:00:06.0/vendor": "0x10de\n",
        "/sys/bus/pci/devices/0000:00:06.0/class": "0x030200\n",
        "/sys/bus/pci/devices/0000:00:06.0/device": "0x2335\n",
        "/usr/local/cuda/bin/nvcc": "\x7fELF",
        "/usr/local/cuda-13.0/bin/nvcc": "\x7fELF",
        "/usr/local/cuda-13.0/version.json": '{"cuda": {"version": "13.0.2"}, "cuda_nvcc": {"version": "13.0.88"}}',
        "/usr/bin/python3": "\x7fELF\x02",
        "/usr/bin/python3.12": "\x7fELF\x02",
        "/usr/lib/python3.12/EXTERNALLY-MANAGED": "[externally-managed]\n",
        "/usr/include/python3.12/Python.h": "",
        "/usr/include/python3.12/patchlevel.h": '#define PY_VERSION              "3.12.3"\n',
        "/dev/shm/x": "",
    },
    "folders": {"/dev": ["null", "nvidia-uvm", "nvidia0", "nvidiactl", "shm"]},
    "disks": {
        "/dev/shm": {"free_mib": 131072, "total_mib": 131072},
        "/usr": {"free_mib": 65536, "total_mib": 258048},
    },
    "searches": {"/lib/x86_64-linux-gnu/libc.so.6": found((rb"release version \d+\.\d+", "release version 2.39"))},
    "runs": [smi_run("/usr/bin/nvidia-smi", SMI_H200), cuda_run()],
    "nvml": {
        "init": "13.580.159.04",
        "system": {"DriverVersion": "580.159.04", "CudaDriverVersion": 13000},
        "devices": [
            {
                "Name": "NVIDIA H200",
                "CudaComputeCapability": [9, 0],
                "MemoryInfo": {"total": 150754820096, "free": 150109880320, "used": 644939776},
                "MemoryInfo_v2": {"version": 33554472, "total": 150754820096, "free": 150754820096, "used": 0},
                "UUID": "GPU-00000000-0000-0000-0000-000000000000",
                "PciInfo": {"busId": "00000000:00:06.0", "pciDeviceId": 0x233510DE},
                "CurrPcieLinkGeneration": 5,
                "MaxPcieLinkGeneration": 5,
                "CurrPcieLinkWidth": 16,
                "MaxPcieLinkWidth": 16,
                "EccMode": [1, 1],
                "TotalEccErrors(1, 0)": 0,
                "RemappedRows": [0, 0, 0, 0],
                "MigMode": [0, 0],
                "PersistenceMode": 1,
                "ComputeMode": 0,
                "DisplayActive": 0,
                "Temperature(0)": 41,
                "PowerManagementLimit": 700000,
                "ComputeRunningProcesses": [{"pid": 4242, "usedGpuMemory": 1073741824}],
                "GraphicsRunningProcesses": [],
            }
        ],
    },
}
