"""Several GPUs: what launches and communicates, and what does not."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_windows, packages, public, torch, untold, visible_count
from envdoc.doctor.words import finding, found, passed, run, set_variable, shown
from envdoc.model.finding import Finding, Severity
from envdoc.rules.requirements import satisfies

# Windows wheels have no libuv. torch 2.4 made it the default of TCPStore; from 2.7 on env:// defaults to 0 on
# Windows (pytorch#148266). torchrun's own rendezvous asks for it regardless, up to 2.15 (measured, pytorch#196855).
_LIBUV_DEFAULT = ">=2.4,<2.7"
_LIBUV = ">=2.4"
_ISSUE = "https://github.com/pytorch/pytorch/issues/139990"


@check(
    "windows-multi-gpu",
    "Several GPUs on Windows",
    codes=("windows-no-nccl", "windows-torchrun-libuv"),
    applies=on_windows,
    gpu=True,
)
def windows_multi_gpu(case: Case) -> Outcome:
    build = torch(case)
    if untold(case.machine.gpus):
        need(case.machine.gpus, "the GPUs could not be asked")
    count = visible_count(case)
    forced = case.machine.env.get("FORCE_TORCHRUN", "").strip().lower() in ("1", "true", "y")
    findings = []
    if count > 1:
        findings.append(_no_nccl(count))
    if (count > 1 or forced) and satisfies(public(build.version), _LIBUV):
        findings.append(_torchrun(case, count))
    return found(*findings, seen=f"{count} visible, torchrun is not needed")


def _no_nccl(count: int) -> Finding:
    return finding(
        Severity.WARNING,
        "windows-no-nccl",
        f"{count} GPUs are visible, and torch for Windows has no NCCL: programs must use the backend gloo",
        evidence=(f"visible GPUs: {count}",),
        fix="Write `ddp_backend: gloo` into the LLaMA-Factory config, train on one GPU, or use WSL2",
        commands=set_variable("CUDA_VISIBLE_DEVICES", "0", windows=True),
        links=("https://docs.pytorch.org/docs/stable/distributed.html#backends",),
    )


def _torchrun(case: Case, count: int) -> Finding:
    return finding(
        Severity.WARNING,
        "windows-torchrun-libuv",
        "torchrun fails on Windows: it asks for libuv, which these builds lack, and ignores USE_LIBUV",
        evidence=(
            f"torch {torch(case).version}, visible GPUs: {count}",
            "llamafactory-cli starts torchrun with more than one visible GPU or with FORCE_TORCHRUN=1",
        ),
        fix="Train on one visible GPU without torchrun, or use WSL2 for several",
        commands=set_variable("CUDA_VISIBLE_DEVICES", "0", windows=True),
        links=("https://github.com/hiyouga/LlamaFactory/issues/7124", _ISSUE),
    )


@check("windows-libuv", "USE_LIBUV", codes=("windows-use-libuv",), applies=on_windows)
def windows_libuv(case: Case) -> Outcome:
    version = public(torch(case).version)
    value = case.machine.env.get("USE_LIBUV")
    wants = value == "1" or (value is None and satisfies(version, _LIBUV_DEFAULT))
    if not satisfies(version, _LIBUV) or not wants:
        return passed("not needed" if value is None else shown("USE_LIBUV", value))
    asked = "USE_LIBUV=1 asks for libuv" if value == "1" else f"torch {version} asks for libuv by default"
    return found(
        finding(
            Severity.INFO if value is None else Severity.WARNING,
            "windows-use-libuv",
            f"{asked}, and Windows builds lack it: programs that start by env:// (accelerate) fail",
            evidence=(f"torch {version}", "USE_LIBUV is not set" if value is None else shown("USE_LIBUV", value)),
            fix="Set it to 0 for such programs; torchrun ignores it",
            commands=set_variable("USE_LIBUV", "0", windows=True),
            links=(_ISSUE,),
        )
    )


@check("openmp", "One OpenMP runtime", codes=("openmp-duplicate", "openmp-duplicates-allowed"), applies=on_windows)
def openmp(case: Case) -> Outcome:
    value = case.machine.env.get("KMP_DUPLICATE_LIB_OK", "")
    if value.strip().lower() in ("true", "1"):
        return found(
            finding(
                Severity.WARNING,
                "openmp-duplicates-allowed",
                "KMP_DUPLICATE_LIB_OK lets two OpenMP runtimes into a process: crashes and silent errors can follow",
                evidence=(shown("KMP_DUPLICATE_LIB_OK", value),),
                fix="Remove the variable; make an environment that does not mix conda's MKL with pip's torch",
                commands=run("envdoc install --profile auto"),
                links=("https://github.com/pytorch/pytorch/issues/191367",),
            )
        )
    installed = packages(case)
    if case.machine.target.kind.value != "conda" or "mkl" not in installed or "torch" not in installed:
        return passed("no second one is known")
    return found(
        finding(
            Severity.WARNING,
            "openmp-duplicate",
            "conda's MKL and pip's torch each bring libiomp5md.dll: `OMP: Error #15` may come",
            evidence=(f"mkl {installed['mkl'].version}", f"torch {installed['torch'].version}"),
            fix="Make an environment without conda's MKL (`nomkl`), or a plain virtual environment",
            commands=run("conda install nomkl"),
            links=("https://github.com/pytorch/pytorch/issues/191367",),
        )
    )


@check("path-blanks", "Paths without blanks", codes=("path-has-blanks",))
def path_blanks(case: Case) -> Outcome:
    prefix = case.machine.target.prefix
    if not prefix:
        raise NotCheckedError("no environment to judge")
    if " " not in prefix:
        return passed(prefix)
    used = "llamafactory" in {package.name for package in (case.machine.target.packages.value or ())}
    return found(
        finding(
            Severity.WARNING if used else Severity.INFO,
            "path-has-blanks",
            "The environment's path has blanks: `llamafactory-cli train` with torchrun splits its command there",
            evidence=(prefix,),
            fix="Put the environment into a folder without blanks",
            commands=run(
                "envdoc install --profile auto --env " + ("C:\\envs\\train" if on_windows(case) else "~/envs/train")
            ),
            links=("https://github.com/hiyouga/LlamaFactory/blob/main/src/llamafactory/launcher.py",),
        )
    )


@check("windows-workers", "Worker processes", codes=("windows-workers",), applies=on_windows)
def windows_workers(case: Case) -> Outcome:
    if "llamafactory" not in packages(case):
        return passed("LLaMA-Factory's examples are not in use")
    return found(
        finding(
            Severity.INFO,
            "windows-workers",
            "Workers are new processes on Windows: LLaMA-Factory's examples fail with `Can't pickle local object`",
            evidence=("installed: llamafactory " + packages(case)["llamafactory"].version,),
            fix="Write `dataloader_num_workers: 0` and `preprocessing_num_workers: 1` into the config",
            links=("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods",),
        )
    )
