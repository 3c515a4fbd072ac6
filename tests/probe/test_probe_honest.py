"""What a probe could not see is a reason, and never the answer that suits it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from probe_machines import H200, h200, recorded
from test_probe_pythons import ELF, PYENV, pyenv_host

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import System
from envdoc.probe import Ask, cgroup, collect, driver, gpus_smi, hardware, index_config, library_path, remember
from envdoc.probe import system as system_probe
from envdoc.probe.gpus_kernel import KernelAnswer
from envdoc.probe.gpus_nvml import NvmlAnswer
from envdoc.probe.shims import behind
from envdoc.rules import error_codes

DENIED = {"why": "denied", "detail": "Permission denied", "code": "EACCES"}


def test_a_control_group_that_cannot_be_read_is_not_no_container() -> None:
    host = recorded(files={"/proc/1/cgroup": DENIED})
    assert system_probe.container(host) == missing(Why.DENIED, "/proc/1/cgroup", "Permission denied", "EACCES")
    assert system_probe.container(recorded(files={"/proc/1/cgroup": "0::/init.scope\n"})).value == "none"


@pytest.mark.parametrize(
    ("tables", "kind"),
    [
        ({"environ": {"APPTAINER_CONTAINER": "/images/train.sif"}}, "apptainer"),
        ({"environ": {"SINGULARITY_CONTAINER": "/images/train.sif"}}, "singularity"),
        ({"folders": {"/.singularity.d": ["env", "labels.json"]}}, "apptainer"),
    ],
)
def test_containers_of_clusters(tables: dict[str, object], kind: str) -> None:
    assert system_probe.container(recorded(**tables)).value == kind


def test_a_memory_limit_that_cannot_be_read_is_not_none() -> None:
    host = recorded(files={"/sys/fs/cgroup/memory.max": DENIED})
    assert cgroup.memory_limit_mib(host) == missing(
        Why.DENIED, "/sys/fs/cgroup/memory.max", "Permission denied", "EACCES"
    )
    lower = recorded(
        files={"/sys/fs/cgroup/memory.max": DENIED, "/sys/fs/cgroup/memory/memory.limit_in_bytes": "4194304"}
    )
    assert cgroup.memory_limit_mib(lower).value == 4


def test_a_mount_point_with_a_blank() -> None:
    mounts = "/dev/vda / ext4 rw 0 0\nnas /mnt/my\\040disk fuse.sshfs rw 0 0\n"
    host = h200(
        files={**H200["files"], "/proc/self/mounts": mounts}, disks={"/mnt/my disk": {"free_mib": 1, "total_mib": 2}}
    )
    told = hardware.disk(host, "/mnt/my disk")
    assert told.value is not None
    assert told.value.filesystem == "fuse.sshfs"


@pytest.mark.parametrize("cell", ["[Unknown Error]", "[GPU is lost]", "[GPU requires reset]"])
@pytest.mark.parametrize("field", ["name", "driver_version", "compute_cap", "memory.total", "uuid"])
def test_an_error_of_nvidia_smi_is_no_value(cell: str, field: str) -> None:
    fact = gpus_smi._cell({field: cell}, field, str)
    assert fact == missing(Why.FAILED, "nvidia-smi", cell.strip("[]"), error_codes.code_of(cell))
    assert fact.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST"),
        ("exit 18: Failed to initialize NVML: Driver/library version mismatch", "NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
        ("Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.", "NVML_ERROR_GPU_IS_LOST"),
        (
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
            "NVML_ERROR_DRIVER_NOT_LOADED",
        ),
        ("no answer in 5 s", ""),
    ],
)
def test_names_behind_the_words(text: str, code: str) -> None:
    assert error_codes.code_of(text) == code


def test_folders_of_the_library_path_that_cannot_be_read_are_named() -> None:
    host = recorded(
        environ={"LD_LIBRARY_PATH": "/mine:/closed:/nowhere:/empty"},
        folders={"/mine": ["libcudnn.so.9", "libnccl.so.2", "notes.txt"], "/closed": DENIED, "/empty": []},
    )
    assert library_path.probe(host) == library_path.LibraryPath(
        {"/mine": ("libcudnn.so.9", "libnccl.so.2")},
        {"/closed": missing(Why.DENIED, "/closed", "Permission denied", "EACCES")},
    )


def test_pips_file_of_the_active_environment_outranks_the_users() -> None:
    files = {
        "/home/u/.config/pip/pip.conf": "[global]\nindex-url = https://users/simple\n",
        "/v/pip.conf": "[global]\nindex-url = https://environments/simple\n",
    }
    active = recorded(environ={"HOME": "/home/u", "VIRTUAL_ENV": "/v"}, files=files)
    assert index_config.package_index(active) == "https://environments/simple"
    assert index_config.package_index(recorded(environ={"HOME": "/home/u"}, files=files)) == "https://users/simple"


@pytest.mark.parametrize(
    ("links", "files", "expected"),
    [
        ({".": "/w/deep/er"}, {"/w/.python-version": "3.12.1\n"}, "3.12.1"),
        ({".": "/w"}, {"/w/.python-version": "# ours\n3.12\n"}, "3.12.1"),
        ({".": "/w"}, {"/w/.python-version": "3.12.1\n", f"{PYENV}/version": "2.7.18\n"}, "3.12.1"),
        ({".": "/elsewhere"}, {"/w/.python-version": "3.12.1\n"}, "3.11.7"),
    ],
)
def test_pyenv_takes_the_nearest_version_file(links: dict[str, str], files: dict[str, str], expected: str) -> None:
    host = pyenv_host(links=links, files=files)
    assert behind(host, f"{PYENV}/shims/python") == f"{PYENV}/versions/{expected}/bin/python"


def test_a_variable_outranks_the_file() -> None:
    environ = {"HOME": "/root", "PATH": f"{PYENV}/shims", "PYENV_VERSION": "2.7.18"}
    host = pyenv_host(links={".": "/w"}, files={"/w/.python-version": "3.12.1\n"}, environ=environ)
    assert behind(host, f"{PYENV}/shims/python") == f"{PYENV}/versions/2.7.18/bin/python"


@pytest.mark.parametrize("shim", ["python.bat", "python", "python3.bat"])
def test_pyenv_of_windows(shim: str) -> None:
    root = r"C:\Users\u\.pyenv\pyenv-win"
    files = {
        rf"{root}\version": "3.11.7\n",
        rf"{root}\versions\3.11.7\python.exe": ELF,
        rf"{root}\versions\3.12.1\python.exe": ELF,
        rf"{root}\shims\{shim}": "@echo off\n",
    }
    host = recorded("windows", environ={"USERPROFILE": r"C:\Users\u"}, files=files, links={".": r"C:\w"})
    assert host.system is System.WINDOWS
    assert behind(host, rf"{root}\shims\{shim}") == rf"{root}\versions\3.11.7\python.exe"


def test_an_override_of_none_leaves_nothing_that_says_otherwise() -> None:
    machine = collect(h200(environ={**H200["environ"], "ENVDOC_OVERRIDE_GPUS": ""}), Ask())
    gone = missing(Why.ABSENT, "ENVDOC_OVERRIDE_GPUS", "overridden")
    assert (machine.gpus, machine.driver.pci, machine.driver.device_nodes, machine.driver.cuda_init) == (gone,) * 4
    assert machine.driver.version.known, "the driver was not overridden"


def test_a_time_in_the_future_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = remember.Memory(str(tmp_path))
    monkeypatch.setattr("envdoc.probe.remember.time.time", lambda: 2000.0)
    memory.put("key", 1)
    assert memory.get("key", seconds=60) == (1, 0.0)
    monkeypatch.setattr("envdoc.probe.remember.time.time", lambda: 1000.0)  # the clock was set back
    assert memory.get("key", seconds=60) is None
    monkeypatch.setattr("envdoc.probe.remember.time.time", lambda: 2061.0)
    assert memory.get("key", seconds=60) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' own number for a loop of links has no errno of its own")
def test_errno_has_its_name(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    fact = LocalHost({}).read(str(loop))
    assert (fact.why, fact.code) == (Why.FAILED, "ELOOP")
    assert known(1).code == ""


@pytest.mark.parametrize("told", ["\ufffd\ufffd no version", "", "N/A", "Driver"])
def test_an_answer_that_is_no_driver_version_contradicts_nobody(told: str) -> None:
    """A damaged library's, read as two encodings, looked like a library and a driver that do not go together."""
    other = gpus_smi.SmiAnswer(driver=known("576.88", "nvidia-smi"))
    made = driver.assemble(NvmlAnswer(driver=known(told, "nvml")), other, KernelAnswer(), missing(Why.NOT_ASKED))
    assert made.version.facts[0] == missing(Why.FAILED, "nvml", "it told no version")
    assert made.version.value == "576.88"
