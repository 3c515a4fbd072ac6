"""Several GPUs: what launches and communicates, and what does not."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_windows, packages, public, torch, untold, visible_count
from envdoc.doctor.words import found, passed, run, set_variable, shown
from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity
from envdoc.rules.requirements import satisfies

# Windows wheels have no libuv. torch 2.4 made it the default of TCPStore; from 2.7 on env:// defaults to 0 on
# Windows (pytorch#148266). torchrun's own rendezvous asks for it regardless, up to 2.15 (measured, pytorch#196855).
_LIBUV_DEFAULT = ">=2.4,<2.7"
_LIBUV = ">=2.4"


@check(
    "windows-multi-gpu",
    codes=("windows-no-nccl", "windows-torchrun-libuv"),
    applies=on_windows,
    gpu=True,
)
def windows_multi_gpu(case: Case) -> Outcome:
    build = torch(case)
    if untold(case.machine.gpus):
        need(case.machine.gpus, text("checks", "gpus-not-asked-short"))
    count = visible_count(case)
    forced = case.machine.env.get("FORCE_TORCHRUN", "").strip().lower() in ("1", "true", "y")
    findings = []
    if count > 1:
        findings.append(_no_nccl(count))
    if (count > 1 or forced) and satisfies(public(build.version), _LIBUV):
        findings.append(_torchrun(case, count))
    return found(*findings, seen=text("checks", "visible-no-torchrun", count=count))


def _no_nccl(count: int) -> Finding:
    return finding(
        "windows-no-nccl",
        count=count,
        evidence=(text("windows-no-nccl", "visible", count=count),),
        commands=set_variable("CUDA_VISIBLE_DEVICES", "0", windows=True),
    )


def _torchrun(case: Case, count: int) -> Finding:
    return finding(
        "windows-torchrun-libuv",
        evidence=(
            text("windows-torchrun-libuv", "visible", version=torch(case).version, count=count),
            text("windows-torchrun-libuv", "starts"),
        ),
        commands=set_variable("CUDA_VISIBLE_DEVICES", "0", windows=True),
    )


@check("windows-libuv", codes=("windows-use-libuv",), applies=on_windows)
def windows_libuv(case: Case) -> Outcome:
    version = public(torch(case).version)
    value = case.machine.env.get("USE_LIBUV")
    wants = value == "1" or (value is None and satisfies(version, _LIBUV_DEFAULT))
    if not satisfies(version, _LIBUV) or not wants:
        return passed(text("checks", "not-needed") if value is None else shown("USE_LIBUV", value))
    return found(
        finding(
            "windows-use-libuv",
            summary=text("windows-use-libuv", "summary" if value == "1" else "by-default", torch=version),
            severity=Severity.INFO if value is None else Severity.WARNING,
            evidence=(
                f"torch {version}",
                text("checks", "is-not-set", name="USE_LIBUV") if value is None else shown("USE_LIBUV", value),
            ),
            commands=set_variable("USE_LIBUV", "0", windows=True),
        )
    )


@check("openmp", codes=("openmp-duplicate", "openmp-duplicates-allowed"), applies=on_windows)
def openmp(case: Case) -> Outcome:
    value = case.machine.env.get("KMP_DUPLICATE_LIB_OK", "")
    if value.strip().lower() in ("true", "1"):
        return found(
            finding(
                "openmp-duplicates-allowed",
                evidence=(shown("KMP_DUPLICATE_LIB_OK", value),),
                commands=run("envdoc install --profile auto"),
            )
        )
    installed = packages(case)
    if case.machine.target.kind.value != "conda" or "mkl" not in installed or "torch" not in installed:
        return passed(text("checks", "no-second"))
    return found(
        finding(
            "openmp-duplicate",
            evidence=(f"mkl {installed['mkl'].version}", f"torch {installed['torch'].version}"),
            commands=run("conda install nomkl"),
        )
    )


@check("path-blanks", codes=("path-has-blanks",), beyond_listings=True)
def path_blanks(case: Case) -> Outcome:
    prefix = case.machine.target.prefix
    if not prefix:
        raise NotCheckedError(text("checks", "no-environment"))
    if " " not in prefix:
        return passed(prefix)
    used = "llamafactory" in {package.name for package in (case.machine.target.packages.value or ())}
    return found(
        finding(
            "path-has-blanks",
            severity=Severity.WARNING if used else Severity.INFO,
            evidence=(prefix,),
            commands=run(
                "envdoc install --profile auto --env " + ("C:\\envs\\train" if on_windows(case) else "~/envs/train")
            ),
        )
    )


@check("windows-workers", codes=("windows-workers",), applies=on_windows)
def windows_workers(case: Case) -> Outcome:
    if "llamafactory" not in packages(case):
        return passed(text("checks", "examples-not-in-use"))
    return found(
        finding(
            "windows-workers",
            evidence=(
                text("checks", "installed", name="llamafactory", version=packages(case)["llamafactory"].version),
            ),
        )
    )
