"""The computer around the GPU: shared memory, disk, memory."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import in_container, need, on_linux, untold, visible_count, what_why
from envdoc.doctor.picks import install_command
from envdoc.doctor.words import found, passed, per_shell
from envdoc.findings import finding, text
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.rules.quoting import command

# Docker gives 64 MiB; the documented remedy for DataLoader workers and NCCL is --shm-size=1g or more.
SHM_LEAST_MIB = 1024
_SHM = "/dev/shm"  # noqa: S108 - its name, nothing is written there
# Below this even a 1B model with its tokenizer and data set does not load.
MEMORY_LEAST_MIB = 8 * 1024


@check("shared-memory", codes=("shm-small",), applies=on_linux)
def shared_memory(case: Case) -> Outcome:
    shm = need(case.machine.hardware.shm, _SHM)
    if shm.total_mib >= SHM_LEAST_MIB:
        return passed(f"{shm.total_mib / 1024:.1f} GiB")
    several = case.machine.gpus.value is not None and visible_count(case) > 1
    container = in_container(case)
    return found(
        finding(
            "shm-small",
            summary=text("shm-small", "several" if several else "summary", path=_SHM, total=shm.total_mib),
            evidence=(text("checks", "space", path=shm.path, free=shm.free_mib, total=shm.total_mib),),
            fix=text("shm-small", "fix-container") if container else text("shm-small", "fix"),
            commands=(Command("docker run --gpus all --shm-size=8g IMAGE"),)
            if container
            else per_shell(bash="sudo mount -o remount,size=8G /dev/shm"),
        )
    )


@check("disk-space", codes=("disk-low",))
def disk_space(case: Case) -> Outcome:
    profile = case.profile
    if profile is None or not profile.disk_mib:
        raise NotCheckedError(text("checks", "disk-no-profile"))
    fact = case.machine.hardware.disks.get("env")
    if fact is None:
        raise NotCheckedError(text("checks", "disk-not-asked"))
    disk = need(fact, "what-space")
    if case.machine.target.torch.known:
        return passed(text("checks", "disk-installed", free=f"{disk.free_mib / 1024:.1f}"))
    wanted = profile.disk_mib + profile.download_mib
    if disk.free_mib >= wanted:
        return passed(
            text(
                "checks",
                "disk-needs",
                free=f"{disk.free_mib / 1024:.1f}",
                profile=profile.id,
                wanted=f"{wanted / 1024:.1f}",
            )
        )
    return found(
        finding(
            "disk-low",
            severity=Severity.ERROR if disk.free_mib < profile.disk_mib else Severity.WARNING,
            free=f"{disk.free_mib / 1024:.1f}",
            profile=profile.id,
            disk=f"{profile.disk_mib / 1024:.1f}",
            download=f"{profile.download_mib / 1024:.1f}",
            evidence=(text("checks", "space", path=disk.path, free=disk.free_mib, total=disk.total_mib),),
            commands=(*per_shell(bash="df -h", powershell="Get-PSDrive"), Command("uv cache clean")),
        )
    )


@check("memory", codes=("memory-small", "memory-in-use"))
def memory(case: Case) -> Outcome:
    hardware = case.machine.hardware
    total = need(hardware.memory_total_mib, "what-main-memory")
    limit, free = hardware.memory_limit_mib.value, hardware.memory_available_mib
    usable = min(total, limit) if limit else total
    told = f"{usable / 1024:.0f} GiB"
    if limit and limit < total:
        told = text("checks", "memory-limited", usable=f"{usable / 1024:.0f}", total=f"{total / 1024:.0f}")
    asked = {"what-limit": hardware.memory_limit_mib, "what-free-memory": free}
    unseen = [what_why(what, fact) for what, fact in asked.items() if untold(fact)]
    evidence = [text("checks", "total-mib", total=total), text("checks", "limit-mib", limit=limit) if limit else ""]
    if usable < MEMORY_LEAST_MIB:
        return found(_small(told, [*evidence, _swap(hardware.swap_mib)]), unseen=unseen)
    if free.value is not None and free.value < MEMORY_LEAST_MIB:
        return found(_in_use(free.value, told, [*evidence, _swap(hardware.swap_mib)]), unseen=unseen)
    if free.value is not None:
        told = text("checks", "memory-free", told=told, free=f"{free.value / 1024:.0f}")
    return found(seen=told, unseen=unseen)


def _swap(fact: Fact[int]) -> str:
    return text("checks", "swap-mib", fact=fact.value) if fact.value is not None else ""


def _small(told: str, evidence: list[str]) -> Finding:
    return finding(
        "memory-small",
        told=told,
        evidence=evidence,
    )


def _in_use(free: int, told: str, evidence: list[str]) -> Finding:
    return finding(
        "memory-in-use",
        free=f"{free / 1024:.1f}",
        told=told,
        evidence=[*evidence, text("memory-in-use", "free", free=free)],
        commands=per_shell(bash="ps aux --sort=-rss", powershell="Get-Process | Sort-Object WS -Descending"),
    )


@check("environment-marker", codes=("install-unfinished", "proof-outdated"), beyond_listings=True)
def environment_marker(case: Case) -> Outcome:
    fact = case.machine.target.marker
    if fact.why is Why.ABSENT:
        return passed(text("checks", "not-by-envdoc"))
    marker = need(fact, "what-mark-in")
    state = marker.get("state", "")
    if state == "usable":
        return _proved(case, marker)
    return found(
        finding(
            "install-unfinished",
            evidence=(
                text("install-unfinished", "state", state=state or text("checks", "unknown")),
                text("checks", "profile-named", profile=marker.get("profile", "?")),
            ),
            commands=install_command(case),
        )
    )


def _proved(case: Case, marker: dict[str, str]) -> Outcome:
    """Proved with which torch, and whether that is still the one that is there."""
    day, then = marker.get("proved", "").partition("T")[0], marker.get("torch", "")
    torch = case.machine.target.torch.value
    now = torch.version if torch else text("checks", "no-torch")
    if not then or now.partition("+")[0] == then.partition("+")[0]:
        return passed(text("checks", "proved", profile=marker.get("profile", "?"), day=day, now=now))
    return found(
        finding(
            "proof-outdated",
            day=day,
            then=then,
            now=now,
            evidence=(
                text("checks", "profile-named", profile=marker.get("profile", "?")),
                text("proof-outdated", "proved", day=marker.get("proved", "")),
            ),
            commands=(
                *command("envdoc", "smoke", "--env", case.machine.target.prefix, system=case.machine.os.system),
                *install_command(case),
            ),
        )
    )
