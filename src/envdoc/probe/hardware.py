"""Processor, memory, shared memory and disks."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Disk, Hardware, System
from envdoc.probe import cgroup, paths
from envdoc.probe.ask import Ask

_NET = "/sys/class/net"
_SHM = "/dev/shm"  # noqa: S108 - looked at, not written to
_CPU_KEY = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"


def probe(host: Host, ask: Ask) -> Hardware:
    """Everything but the disks by purpose, which need to know the judged environment."""
    del ask
    if host.system is not System.LINUX:
        return _elsewhere(host)
    memory = host.read("/proc/meminfo")
    told = parse_meminfo(memory.or_else(""))
    return Hardware(
        cpu=_cpu(host),
        cores=cgroup.cores(host),
        memory_total_mib=_of(told, "MemTotal", memory),
        memory_available_mib=_of(told, "MemAvailable", memory),
        memory_limit_mib=cgroup.memory_limit_mib(host),
        swap_mib=_of(told, "SwapTotal", memory),
        shm=disk(host, _SHM) if paths.exists(host, _SHM) else missing(Why.ABSENT, _SHM),
        interfaces=_interfaces(host),
    )


def _elsewhere(host: Host) -> Hardware:
    from envdoc.probe.memory import memory

    cpu = host.registry(_CPU_KEY, "ProcessorNameString")
    total, available = memory(host)
    return Hardware(
        cpu=known(str(cpu.value).strip(), "registry") if cpu.value else missing(cpu.why or Why.ABSENT, "registry"),
        cores=known(host.cpu_count()),
        memory_total_mib=total,
        memory_available_mib=available,
        memory_limit_mib=missing(Why.UNSUPPORTED, "cgroup"),
        swap_mib=missing(Why.UNSUPPORTED),
        shm=missing(Why.UNSUPPORTED),
        interfaces=missing(Why.UNSUPPORTED, _NET),
    )


def _interfaces(host: Host) -> Fact[tuple[str, ...]]:
    """Names only: addresses are nobody's business."""
    names = host.listdir(_NET)
    if names.value is None:
        return missing(names.why or Why.FAILED, _NET, names.detail, names.code)
    return known(names.value, _NET)


def parse_meminfo(text: str) -> dict[str, int]:
    """`MemTotal:       131891396 kB` lines in MiB."""
    return {name: int(kib) >> 10 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}


def _of(told: dict[str, int], name: str, asked: Fact[str]) -> Fact[int]:
    if name in told:
        return known(told[name], asked.source or "/proc/meminfo")
    return missing(asked.why or Why.ABSENT, asked.source or "/proc/meminfo", asked.detail or f"no {name}", asked.code)


def _cpu(host: Host) -> Fact[str]:
    # The file repeats itself for each processor (megabytes on large machines): its head is enough.
    text = host.read("/proc/cpuinfo", limit=4096)
    found = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", text.or_else(""), re.MULTILINE)
    if found:
        return known(found[1].strip(), "/proc/cpuinfo")
    model = host.read("/sys/firmware/devicetree/base/model").or_else("").strip("\0\n ")
    if model:
        return known(model, "/sys/firmware/devicetree/base/model")
    return missing(text.why or Why.ABSENT, "/proc/cpuinfo", text.detail or "names no model", text.code)


def disks(host: Host, prefix: str, hub_home: str) -> dict[str, Fact[Disk]]:
    """Space by purpose: the judged environment, temporary files, package caches, model downloads."""
    env = host.environ
    tmp = env.get("TMPDIR") or env.get("TEMP") or env.get("TMP") or "/tmp"  # noqa: S108 - looked at, not written to
    cache = env.get("UV_CACHE_DIR") or env.get("PIP_CACHE_DIR") or paths.join(host, paths.cache_home(host), "uv")
    wanted = {"env": prefix, "tmp": tmp.strip(), "cache": cache.strip(), "hub": hub_home}
    return {purpose: disk(host, path) for purpose, path in wanted.items() if path}


def disk(host: Host, path: str) -> Fact[Disk]:
    """Space where `path` is, or would be."""
    usage = host.disk(path)
    if usage.value is None:
        return missing(usage.why or Why.FAILED, usage.source, usage.detail, usage.code)
    kind = _filesystem(host, path) if host.system is System.LINUX else ""
    return known(Disk(path, usage.value.free_mib, usage.value.total_mib, kind), usage.source)


def _filesystem(host: Host, path: str) -> str:
    """The type of the mount that holds `path`: the longest mount point that it begins with."""
    best, kind = "", ""
    for line in host.read("/proc/self/mounts").or_else("").splitlines():
        words = line.split(" ")  # "/dev/vda / ext4 rw,relatime 0 0", a blank in a path as "\\040"
        if len(words) < 3:
            continue
        mount = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[1])
        if len(mount) >= len(best) and _below(path, mount):
            best, kind = mount, words[2]
    return kind


def _below(path: str, mount: str) -> bool:
    return mount == "/" or path == mount or path.startswith(mount + "/")
