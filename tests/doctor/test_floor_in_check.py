"""What check makes of the floor's decisions: each a fault that was found by reading, on an edited machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from doctor_cases import case_of
from mint_parts import package

from envdoc.doctor import examine
from envdoc.doctor.base import Case
from envdoc.doctor.picks import pick
from envdoc.model.facts import Why, known, missing, readings
from envdoc.model.finding import CheckStatus, Report, Severity
from envdoc.model.machine import CudaInit, ExtensionBuild, Gpu, Leftover, Machine, Package, TorchBuild
from envdoc.model.value import replace

T4, H200, WSL = "linux-t4-535", "linux-h200-580", "wsl2-4070"
Judge = Callable[..., Report]


def _packages(*each: Package) -> dict[str, object]:
    return {"target.packages": known(each, "site-packages")}


def _at(folder: str, name: str, version: str, *requires: str) -> Package:
    return replace(package(name, version, *requires), folder=f"{folder}/{name}-{version}.dist-info")


def _codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def _line(report: Report, check: str) -> tuple[CheckStatus, str]:
    return next((each.status, each.reason) for each in report.checks if each.id == check)


# --- builds of one's own


NGC = "2.8.0a0+34c6371d24.nv25.08"


@pytest.mark.parametrize(
    ("torch", "torchvision"),
    [(NGC, "0.23.0a0+428a54c9"), ("2.8.0a0+gitba56102", "0.23.0+cu128"), ("2.8.0+cu128", "0.23.0a0+428a54c9")],
)
def test_a_git_hash_is_no_cuda_variant(torch: str, torchvision: str, judge: Judge) -> None:
    changes = {
        "target.torch": known(TorchBuild(torch, "12.8", known(("sm_75", "compute_120")))),
        **_packages(package("torch", torch), package("torchvision", torchvision, "numpy")),
    }
    assert _codes(judge(T4, changes, only=("torch-companions", "torch-whole", "torch-covers-gpus"))) == []


def test_ptx_of_a_build_runs_on_a_newer_gpu(judge: Judge) -> None:
    """A build with code for 7.5 and PTX of 8.0, on an H200 (9.0); without the PTX it has nothing for it."""
    own = TorchBuild("2.8.0a0+gitba56102", "12.8", known(("sm_75", "compute_80")))
    assert _codes(judge(H200, {"target.torch": known(own)}, only=("torch-covers-gpus",))) == []
    bare = replace(own, arch_list=known(("sm_75",)))
    assert _codes(judge(H200, {"target.torch": known(bare)}, only=("torch-covers-gpus",))) == [
        "gpu-not-in-torch-build"
    ]


# --- copies of a package


VENV, BASE = "/envs/t/lib/python3.12/site-packages", "/usr/lib/python3/dist-packages"


def test_a_shadowed_copy_is_neither_judged_nor_a_duplicate(judge: Judge) -> None:
    """`venv --system-site-packages`: the environment's own copy comes first on sys.path."""
    changes = _packages(
        _at(VENV, "attrs", "99.0"), _at(VENV, "transformers", "4.57.6", "attrs>=99"), _at(BASE, "attrs", "26.1.0")
    )
    assert _codes(judge(T4, changes, only=("package-bounds", "package-copies"))) == []
    turned = _packages(
        _at(VENV, "attrs", "26.1.0"), _at(VENV, "transformers", "4.57.6", "attrs>=99"), _at(BASE, "attrs", "99.0")
    )
    assert _codes(judge(T4, turned, only=("package-bounds", "package-copies"))) == ["dependency-conflict"]


def test_old_metadata_beside_the_new_is_one_package(judge: Judge) -> None:
    new = _at(BASE, "cryptography", "38.0.4")
    old = replace(new, folder=f"{BASE}/cryptography.egg-info")
    assert _codes(judge(T4, _packages(new, old), only=("package-copies",))) == []
    other = replace(old, version="37.0.0")
    assert _codes(judge(T4, _packages(new, other), only=("package-copies",))) == ["duplicate-distribution"]
    twice = _packages(new, _at(BASE, "cryptography", "39.0.0"))
    assert _codes(judge(T4, twice, only=("package-copies",))) == ["duplicate-distribution"]


# --- bitsandbytes beyond the table


def _bnb(version: str, *cuda: str) -> dict[str, object]:
    return {
        "target.torch": known(TorchBuild("2.13.0+cu132", "13.2", known(("sm_75",)))),
        "target.extensions": {"bitsandbytes": ExtensionBuild("bitsandbytes", version, cuda=cuda)},
        **_packages(package("bitsandbytes", version), package("torch", "2.13.0+cu132")),
    }


def test_a_newer_bitsandbytes_is_not_judged_by_rules_of_older_ones(judge: Judge) -> None:
    report = judge(T4, _bnb("0.60.0", "12.8", "13.0"), only=("bitsandbytes-binary",))
    assert _codes(report) == []
    status, reason = _line(report, "bitsandbytes-binary")
    assert status is CheckStatus.NOT_CHECKED
    assert reason.startswith("the table does not know bitsandbytes 0.60.0")


def test_a_newer_bitsandbytes_with_the_very_library_is_fine(judge: Judge) -> None:
    assert _line(judge(T4, _bnb("0.60.0", "13.2"), only=("bitsandbytes-binary",)), "bitsandbytes-binary") == (
        CheckStatus.PASS,
        "0.60.0, library for CUDA 13.2 (by its files)",
    )


# --- visible GPUs


def _mig(machine: str) -> dict[str, object]:
    gpus = case_of(machine).machine.gpus.or_else(())
    return {"gpus": known(tuple(replace(gpu, mig_enabled=known(True)) for gpu in gpus))}


@pytest.mark.parametrize("value", ["MIG-1111,MIG-2222", "MIG-1111"])
def test_mig_instances_are_no_duplicates(value: str, judge: Judge) -> None:
    changes = {**_mig(H200), "env": {"CUDA_VISIBLE_DEVICES": value}}
    assert _codes(judge(H200, changes, only=("visible-devices",))) == []


def test_a_trailing_comma_is_no_error(judge: Judge) -> None:
    assert _codes(judge(H200, {"env": {"CUDA_VISIBLE_DEVICES": "0,"}}, only=("visible-devices",))) == []


# --- drivers


def _driver(version: str) -> dict[str, object]:
    return {"driver.version": readings(known(version, "nvml"))}


@pytest.mark.parametrize(
    ("version", "codes"), [("527.20", ["driver-too-old"]), ("527.41", ["driver-minor-compatible"])]
)
def test_under_wsl_windows_numbers_hold(version: str, codes: list[str], judge: Judge) -> None:
    assert _codes(judge(WSL, _driver(version), only=("driver-runtime",))) == codes
    profile = judge(WSL, _driver(version), profile="rtx40", only=("profile-driver",))
    assert _codes(profile) == (["driver-too-old-for-profile"] if version == "527.20" else [])


def _answered(cuda: str) -> dict[str, object]:
    return {"driver.cuda_init": known(CudaInit(0, "CUDA_SUCCESS", "/usr/local/cuda/compat/libcuda.so.1", cuda))}


def test_forward_compatibility_counts_by_what_cuinit_answered(judge: Judge) -> None:
    """cuda-compat on a data-centre GPU: driver 525 runs CUDA 13, because libcuda of 13.0 answered well."""
    compat = judge("linux-a100-525", _answered("13.0"), only=("driver-runtime",))
    assert _line(compat, "driver-runtime") == (
        CheckStatus.PASS,
        "driver 525.147.05 runs cu130 by its forward compatibility package",
    )
    for changes in (
        _answered("12.0"),
        {"driver.cuda_init": known(CudaInit(803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "x", "13.0"))},
        {"driver.cuda_init": missing(Why.TIMED_OUT)},
    ):
        assert _codes(judge("linux-a100-525", changes, only=("driver-runtime",))) == ["driver-too-old"]


def test_a_driver_that_nobody_understands_is_not_judged(judge: Judge) -> None:
    report = judge(T4, _driver("[Unknown Error]"), only=("driver-serves-gpus", "driver-runtime"))
    assert _line(report, "driver-serves-gpus")[0] is CheckStatus.NOT_CHECKED
    assert "driver-too-old" not in _codes(report)


# --- bounds of tables


@pytest.mark.parametrize(("minor", "codes"), [("3.10", ["stack-bounds-broken"]), ("3.11", [])])
def test_a_stack_has_a_python_bound(minor: str, codes: list[str], judge: Judge) -> None:
    """LLaMA-Factory 0.9.5 needs Python 3.11."""
    python = replace(case_of(T4).machine.target.python.or_else(None), version=f"{minor}.9")  # type: ignore[arg-type]
    changes = {"target.python": known(python), **_packages(package("llamafactory", "0.9.5"))}
    report = judge(T4, changes, only=("stack-bounds",))
    assert _codes(report) == codes
    if codes:
        assert report.findings[0].evidence == ("llamafactory 0.9.5 needs Python >=3.11, this is 3.10",)


@pytest.mark.parametrize(
    ("machine", "codes"),
    [("win11-4090-610", ["advice-wrong"]), (T4, []), (H200, []), ("win11-2x5060ti-576-cu128", [])],
)
def test_advice_concerns_gpus_within_its_bounds(machine: str, codes: list[str], judge: Judge) -> None:
    """NCCL_P2P_DISABLE is advice for compute capability 8.9 alone."""
    assert _codes(judge(machine, {"env": {"NCCL_P2P_DISABLE": "1"}}, only=("advice",))) == codes


@pytest.mark.parametrize(
    ("libc", "expected"),
    [("glibc 2.39", ("2.8.0", "cu128")), ("glibc 2.28", ("2.8.0", "cu128")), ("glibc 2.27", ("2.6.0", "cu124"))],
)
def test_the_choice_counts_the_c_library(libc: str, expected: tuple[str, str] | None) -> None:
    choice = pick(case_of(T4, {"os.libc": known(libc)}))
    assert (choice and (choice.torch, choice.cuda)) == expected


# --- foreign values


def _everywhere_hostile(machine: Machine) -> Machine:
    value = 'x\' $(touch hit) `touch hit` "%PATH%" & touch hit'
    python = machine.target.python.value
    assert python is not None
    target = replace(
        machine.target,
        prefix=f"/data/{value}",
        python=known(replace(python, path=f"/data/{value}/bin/python")),
        leftovers=(Leftover(f"/data/{value}/~orch", "tilde", value),),
        packages=known(
            (package("pynvml", value), package("nvidia-ml-py", "12"), package("peft", "1", f"{value}>=2"))
        ),
    )
    env = {
        "HF_HOME": f" {value}",
        "CUDA_VISIBLE_DEVICES": value,
        "LD_LIBRARY_PATH": f"/usr/local/cuda-11.8/lib64:{value}",
    }
    return replace(machine, target=target, env=env)


@pytest.mark.parametrize("name", [T4, "win11-2x5060ti-576-cpu-torch"])
def test_no_value_of_a_foreign_machine_is_code(name: str) -> None:
    """Quotes taken away as each shell takes them, nothing is left that a shell would act on."""
    case = case_of(name)
    report = examine(Case(_everywhere_hostile(case.machine), case.knowledge, None, case.profiles))
    lines = [(each.shell, each.command) for finding in report.findings for each in finding.remediation.commands]
    hostile = [(shell, line) for shell, line in lines if "touch hit" in line]
    assert hostile or name != T4
    for shell, line in hostile:
        bare = _without_single_quoted(line)
        assert "$(" not in bare, (shell, line)
        assert "`" not in bare, (shell, line)
        assert "&" not in bare, (shell, line)


def _without_single_quoted(line: str) -> str:
    """What a POSIX shell or PowerShell reads outside of single quotes; inside of double ones it still expands."""
    out, inside, double = [], False, False
    for sign in line:
        if sign == "'" and not double:
            inside = not inside
        elif sign == '"' and not inside:
            double = not double
        elif not inside:
            out.append(sign)
    return "".join(out)


# --- one choice where the driver is not known


def test_an_unknown_driver_makes_no_other_choice(judge: Judge) -> None:
    none: dict[str, Any] = {"driver.version": readings(), "driver.cuda": readings()}
    here, there = pick(case_of("win11-2x5060ti-576-cpu-torch")), pick(case_of("win11-2x5060ti-576-cpu-torch", none))
    assert here == there


def test_nothing_is_proposed_where_only_a_new_driver_helps(judge: Judge) -> None:
    """The owner of an RTX 50 with driver 525: no torch for it, and not the CPU either."""
    report = judge("win11-2x5060ti-576-cpu-torch", _driver("527.41"))
    lines = [each.command for finding in report.findings for each in finding.remediation.commands]
    assert not [line for line in lines if "torch==" in line or "--profile cpu" in line]
    assert [finding.code for finding in report.findings if finding.severity is Severity.ERROR]


def test_a_gpu_by_its_name_alone_is_chosen_for(judge: Judge) -> None:
    named = {"gpus": known((Gpu(0, name=known("NVIDIA GeForce RTX 5060 Ti")),))}
    machine = "win11-2x5060ti-576-cpu-torch"
    assert pick(case_of(machine, named)) == pick(case_of(machine))
