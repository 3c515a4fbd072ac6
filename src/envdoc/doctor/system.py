"""The computer around the GPU: shared memory, disk, memory."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import in_container, need, on_linux, untold, visible_count
from envdoc.doctor.picks import install_command
from envdoc.doctor.words import finding, found, passed, per_shell
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.rules.quoting import command

# Docker gives 64 MiB; the documented remedy for DataLoader workers and NCCL is --shm-size=1g or more.
SHM_LEAST_MIB = 1024
_SHM = "/dev/shm"  # noqa: S108 - its name, nothing is written there
# Below this even a 1B model with its tokenizer and data set does not load.
MEMORY_LEAST_MIB = 8 * 1024


@check("shared-memory", _SHM, codes=("shm-small",), applies=on_linux)
def shared_memory(case: Case) -> Outcome:
    shm = need(case.machine.hardware.shm, _SHM)
    if shm.total_mib >= SHM_LEAST_MIB:
        return passed(f"{shm.total_mib / 1024:.1f} GiB")
    several = case.machine.gpus.value is not None and visible_count(case) > 1
    container = in_container(case)
    return found(
        finding(
            Severity.WARNING,
            "shm-small",
            f"{_SHM} has only {shm.total_mib} MiB: DataLoader workers "
            f"{'and NCCL ' if several else ''}can die with `Bus error`",
            evidence=(f"{shm.path}: {shm.free_mib} of {shm.total_mib} MiB free",),
            fix="Give the container more shared memory"
            if container
            else "Enlarge it, or set `dataloader_num_workers: 0`",
            commands=(Command("docker run --gpus all --shm-size=8g IMAGE"),)
            if container
            else per_shell(bash="sudo mount -o remount,size=8G /dev/shm"),
            links=("https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html#shared-memory",),
        )
    )


@check("disk-space", "Disk for the environment", codes=("disk-low",))
def disk_space(case: Case) -> Outcome:
    profile = case.profile
    if profile is None or not profile.disk_mib:
        raise NotCheckedError("no profile is named, so what is needed is not known")
    fact = case.machine.hardware.disks.get("env")
    if fact is None:
        raise NotCheckedError("space for the environment was not asked")
    disk = need(fact, "space for the environment")
    if case.machine.target.torch.known:
        return passed(f"{disk.free_mib / 1024:.1f} GiB free; the stack is installed")
    wanted = profile.disk_mib + profile.download_mib
    if disk.free_mib >= wanted:
        return passed(f"{disk.free_mib / 1024:.1f} GiB free, `{profile.id}` needs {wanted / 1024:.1f}")
    return found(
        finding(
            Severity.ERROR if disk.free_mib < profile.disk_mib else Severity.WARNING,
            "disk-low",
            f"{disk.free_mib / 1024:.1f} GiB free, profile `{profile.id}` needs {profile.disk_mib / 1024:.1f} GiB "
            f"and {profile.download_mib / 1024:.1f} GiB of downloads",
            evidence=(f"{disk.path}: {disk.free_mib} of {disk.total_mib} MiB free",),
            fix="Make room (`uv cache clean`, `hf cache ls`), or put the environment on another disk",
            commands=(*per_shell(bash="df -h", powershell="Get-PSDrive"), Command("uv cache clean")),
        )
    )


@check("memory", "Main memory", codes=("memory-small", "memory-in-use"))
def memory(case: Case) -> Outcome:
    hardware = case.machine.hardware
    total = need(hardware.memory_total_mib, "main memory")
    limit, free = hardware.memory_limit_mib.value, hardware.memory_available_mib
    usable = min(total, limit) if limit else total
    told = f"{usable / 1024:.0f} GiB" + (f" (limited, of {total / 1024:.0f})" if limit and limit < total else "")
    asked = {"limit": hardware.memory_limit_mib, "free memory": free}
    unseen = [f"{what}: {fact.reason()}" for what, fact in asked.items() if untold(fact)]
    evidence = [f"total: {total} MiB", f"limit: {limit} MiB" if limit else ""]
    if usable < MEMORY_LEAST_MIB:
        return found(_small(told, [*evidence, _swap(hardware.swap_mib)]), unseen=unseen)
    if free.value is not None and free.value < MEMORY_LEAST_MIB:
        return found(_in_use(free.value, told, [*evidence, _swap(hardware.swap_mib)]), unseen=unseen)
    return found(seen=told + (f", {free.value / 1024:.0f} free" if free.value is not None else ""), unseen=unseen)


def _swap(fact: Fact[int]) -> str:
    return f"swap: {fact.value} MiB" if fact.value is not None else ""


def _small(told: str, evidence: list[str]) -> Finding:
    return finding(
        Severity.WARNING,
        "memory-small",
        f"Only {told} of main memory: a model is loaded through it before it reaches the GPU",
        evidence=evidence,
        fix="Give the container or virtual machine more memory, or use smaller models",
    )


def _in_use(free: int, told: str, evidence: list[str]) -> Finding:
    return finding(
        Severity.WARNING,
        "memory-in-use",
        f"Only {free / 1024:.1f} of {told} of main memory are free: loading a model may end in `Killed`",
        evidence=[*evidence, f"free: {free} MiB"],
        fix="End what holds it, then look again",
        commands=per_shell(bash="ps aux --sort=-rss", powershell="Get-Process | Sort-Object WS -Descending"),
    )


@check("environment-marker", "envdoc's own mark", codes=("install-unfinished", "proof-outdated"))
def environment_marker(case: Case) -> Outcome:
    fact = case.machine.target.marker
    if fact.why is Why.ABSENT:
        return passed("not made by envdoc")
    marker = need(fact, "envdoc's mark in the environment")
    state = marker.get("state", "")
    if state == "usable":
        return _proved(case, marker)
    return found(
        finding(
            Severity.ERROR,
            "install-unfinished",
            "envdoc began to install here and did not end: the environment is not proved",
            evidence=(f"state: {state or 'unknown'}", f"profile: {marker.get('profile', '?')}"),
            fix="Run the installation again; it goes on where it stopped",
            commands=install_command(case),
        )
    )


def _proved(case: Case, marker: dict[str, str]) -> Outcome:
    """Proved with which torch, and whether that is still the one that is there."""
    day, then = marker.get("proved", "").partition("T")[0], marker.get("torch", "")
    torch = case.machine.target.torch.value
    now = torch.version if torch else "no torch"
    if not then or now.partition("+")[0] == then.partition("+")[0]:
        return passed(f"profile `{marker.get('profile', '?')}`, proved on {day} with torch {now}")
    return found(
        finding(
            Severity.WARNING,
            "proof-outdated",
            f"Proved on {day} with torch {then}; since then torch changed to {now}",
            evidence=(f"profile: {marker.get('profile', '?')}", f"proved: {marker.get('proved', '')}"),
            fix="Prove it anew, or bring the environment back to its profile",
            commands=(
                *command("envdoc", "smoke", "--env", case.machine.target.prefix, system=case.machine.os.system),
                *install_command(case),
            ),
        )
    )
