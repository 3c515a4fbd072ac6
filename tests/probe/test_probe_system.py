"""Operating system and hardware, read from files and the registry of recorded machines."""

from __future__ import annotations

import pytest
from probe_machines import H200, found, h200, recorded

from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Disk, Hardware, OperatingSystem, System
from envdoc.probe import cgroup, hardware, system, windows
from envdoc.probe.ask import Ask

CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"


def test_ubuntu_in_a_container() -> None:
    assert system.probe(h200(), Ask()) == OperatingSystem(
        system=System.LINUX,
        arch="x86_64",
        name=known("Ubuntu 24.04.3 LTS", "/etc/os-release"),
        version=known("24.04", "/etc/os-release"),
        kernel=known("6.18.44-fc-v657-gpu", "/proc/sys/kernel/osrelease"),
        libc=known("glibc 2.39", "/lib/x86_64-linux-gnu/libc.so.6"),
        wsl=known(0, "/proc/sys/kernel/osrelease"),
        container=known("docker", "/.dockerenv"),
        code_page=missing(Why.UNSUPPORTED),
    )


@pytest.mark.parametrize(
    ("release", "files", "expected"),
    [
        ("5.15.167.4-microsoft-standard-WSL2", {}, 2),
        ("4.4.0-19041-Microsoft", {}, 1),
        ("6.6.0-mine", {"/dev/dxg": "", "/usr/lib/wsl/lib/libcuda.so.1": ""}, 2),
        ("6.6.0-mine", {"/dev/dxg": ""}, 0),
    ],
)
def test_wsl(release: str, files: dict[str, str], expected: int) -> None:
    host = recorded(files={"/proc/sys/kernel/osrelease": release, **files})
    assert system.probe(host, Ask()).wsl.value == expected


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"environ": {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "files": {"/.dockerenv": ""}}, "kubernetes"),
        ({"files": {"/run/.containerenv": ""}}, "podman"),
        ({"files": {"/run/systemd/container": "lxc\n"}}, "lxc"),
        ({"files": {"/proc/1/cgroup": "0::/kubepods/burstable/pod1\n"}}, "kubernetes"),
        ({"files": {"/proc/1/cgroup": "0::/init.scope\n"}}, "none"),
    ],
)
def test_containers(tables: dict[str, object], expected: str) -> None:
    assert system.container(recorded(**tables)).value == expected


def test_musl_and_an_unknown_library() -> None:
    loader = "/lib/ld-musl-x86_64.so.1"
    host = recorded(files={loader: "x"}, searches={loader: found((rb"1\.[12]\.\d{1,2}", "1.2.5"))})
    assert system.libc(host) == known("musl 1.2.5", loader)
    assert system.libc(recorded()).why is Why.ABSENT


def test_no_release_file_is_a_reason() -> None:
    told = system.probe(recorded(), Ask())
    assert told.name == missing(Why.ABSENT, "/usr/lib/os-release", "no PRETTY_NAME")
    assert told.kernel.why is Why.ABSENT


def windows_11(code_page: str = "936") -> dict[str, dict[str, object]]:
    return {
        CURRENT: {
            "ProductName": "Windows 10 Pro",
            "CurrentBuild": "26100",
            "CurrentMajorVersionNumber": 10,
            "CurrentMinorVersionNumber": 0,
            "UBR": 4061,
        },
        r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage": {"ACP": code_page},
        r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0": {"ProcessorNameString": "AMD Ryzen 9 9950X  "},
    }


def test_windows_11_calls_itself_10() -> None:
    told = system.probe(recorded("windows", registry=windows_11()), Ask())
    assert told.name == known("Windows 11 Pro", "registry")
    assert told.version == known("10.0.26100", "registry")
    assert told.kernel == known("10.0.26100.4061", "registry")
    assert told.code_page == known(936, "registry")
    assert hardware.probe(recorded("windows", cpus=32, registry=windows_11()), Ask()).cpu.value == "AMD Ryzen 9 9950X"


def test_windows_without_its_keys() -> None:
    told = system.probe(recorded("windows"), Ask())
    assert (told.name.why, told.version.why, told.code_page.why) == (Why.ABSENT, Why.ABSENT, Why.ABSENT)


def test_hardware_of_the_h200_machine() -> None:
    host = h200(folders={**H200["folders"], "/sys/class/net": ["eth0", "lo"]})
    assert hardware.probe(host, Ask()) == Hardware(
        cpu=known("Intel(R) Xeon(R) Processor", "/proc/cpuinfo"),
        cores=known(16),
        memory_total_mib=known(128800, "/proc/meminfo"),
        memory_available_mib=known(126976, "/proc/meminfo"),
        memory_limit_mib=missing(Why.ABSENT, "cgroup", "no limit"),
        swap_mib=known(0, "/proc/meminfo"),
        interfaces=known(("eth0", "lo"), "/sys/class/net"),
        shm=known(Disk("/dev/shm", 131072, 131072, "tmpfs"), "/dev/shm"),
    )


def test_disks_by_purpose() -> None:
    host = recorded(
        environ={"HOME": "/home/u", "TMPDIR": "/scratch", "UV_CACHE_DIR": "/cache"},
        disks={
            path: {"free_mib": n, "total_mib": 10} for n, path in enumerate(("/env", "/scratch", "/cache", "/hub"))
        },
        files={"/proc/self/mounts": "/dev/a / ext4 rw 0 0\nnas /hub nfs4 rw 0 0\nx /hubble xfs rw 0 0\n"},
    )
    told = {name: fact.value for name, fact in hardware.disks(host, "/env", "/hub").items()}
    assert told == {
        "env": Disk("/env", 0, 10, "ext4"),
        "tmp": Disk("/scratch", 1, 10, "ext4"),
        "cache": Disk("/cache", 2, 10, "ext4"),
        "hub": Disk("/hub", 3, 10, "nfs4"),
    }


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"/sys/fs/cgroup/memory.max": "max\n"}, None),
        ({"/sys/fs/cgroup/memory.max": "8589934592\n"}, 8192),
        ({"/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, None),
        ({"/sys/fs/cgroup/memory/memory.limit_in_bytes": "4294967296\n"}, 4096),
        (
            {
                "/proc/self/cgroup": "0::/user.slice/job.scope\n",
                "/sys/fs/cgroup/user.slice/job.scope/memory.max": "max\n",
                "/sys/fs/cgroup/user.slice/memory.max": "1073741824\n",
            },
            1024,
        ),
        (
            {
                "/proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/docker/x\n",
                "/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": "2147483648\n",
            },
            2048,
        ),
    ],
)
def test_memory_limits_of_both_versions(files: dict[str, str], limit: int | None) -> None:
    assert cgroup.memory_limit_mib(recorded(files=files)).value == limit


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"/sys/fs/cgroup/cpu.max": "max 100000\n"}, 8),
        ({"/sys/fs/cgroup/cpu.max": "250000 100000\n"}, 3),
        ({"/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, 2),
    ],
)
def test_cores_within_the_quota(files: dict[str, str], cores: int) -> None:
    assert cgroup.cores(recorded(cpus=8, files=files)).value == cores


def test_the_cpu_of_an_arm_board() -> None:
    host = recorded(
        files={"/proc/cpuinfo": "processor : 0\n", "/sys/firmware/devicetree/base/model": "NVIDIA Thor\0"}
    )
    assert hardware.probe(host, Ask()).cpu == known("NVIDIA Thor", "/sys/firmware/devicetree/base/model")


CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
MEMORY = CONTROL + r"\Session Manager\Memory Management"
RUNTIME = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\X64"


def test_windows_settings() -> None:
    host = recorded(
        "windows",
        registry={
            CONTROL + r"\FileSystem": {"LongPathsEnabled": 1},
            CONTROL + r"\GraphicsDrivers": {"HwSchMode": 2},
            MEMORY: {"PagingFiles": r"C:\pagefile.sys 16384 32768"},
            RUNTIME: {"Installed": 1, "Major": 14, "Minor": 44, "Bld": 35211},
        },
    )
    told = windows.probe(host)
    assert told.long_paths == known(True, "registry")
    assert told.hags == known(True, "registry")
    assert told.developer_mode == known(False, "registry")
    assert told.page_file_mib == known(32768, "registry")
    assert told.vc_runtime == known("14.44.35211", "registry")


def test_a_page_file_that_windows_manages() -> None:
    table = {MEMORY: {"PagingFiles": "?:\\pagefile.sys"}}
    size = {"size": 20 << 30, "is_dir": False, "is_link": False, "mtime": 0.0}
    seen = recorded("windows", registry=table, stats={r"C:\pagefile.sys": size})
    assert windows.probe(seen).page_file_mib == known(20480, "pagefile.sys")
    assert windows.probe(recorded("windows", registry=table)).page_file_mib.why is Why.DENIED
    assert windows.probe(recorded("windows", registry={MEMORY: {"PagingFiles": ""}})).page_file_mib.value == 0


def test_windows_settings_elsewhere() -> None:
    told = windows.probe(recorded())
    assert {fact.why for fact in (told.long_paths, told.page_file_mib, told.vc_runtime)} == {Why.UNSUPPORTED}
    assert windows.probe(recorded("windows")).vc_runtime == missing(Why.ABSENT, "registry", "not installed")
