"""Components into an environment that is there, and out of it: nothing else in it is touched."""

from __future__ import annotations

import pytest
from resolver_kit import PYPI, Resolver

from envdoc.components import registry
from envdoc.errors import EnvdocError, UsageError
from envdoc.model.builds import CmakeBuild, FetchTree, TakeAway
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Build, Machine, Package, Python, PythonKind, Target, TargetKind, Tool, TorchBuild
from envdoc.model.plan import AdoptEnvironment, InstallPackages, Plan, Prove
from envdoc.model.resolution import Wish
from envdoc.model.value import replace
from envdoc.resolver.change import change

BUILD = Build({"cmake": known(Tool("/usr/bin/cmake", "3.28.3"))}, known(Tool("/usr/bin/g++", "13.3.0")))
PYTHON = Python("/env/bin/python", "3.12.3", PythonKind.VENV)
SITE = "/env/lib/python3.12/site-packages"
HELD = ("numpy==2.2.6", "torch==2.8.0+cu128")


def machine(resolving: Resolver, torch: str = "2.8.0+cu128", **facts: object) -> Machine:
    packages = (Package("numpy", "2.2.6", SITE), *((Package("torch", torch, SITE),) if torch else ()))
    build = known(TorchBuild(torch, "12.8")) if torch else missing(Why.ABSENT, "site-packages")
    target = Target(
        TargetKind.VENV,
        "/env",
        "--env",
        known(PYTHON),
        known(packages),
        torch=build,
        marker=known({"profile": "rtx40"}),
    )
    found = resolving.machine(**(facts or {"gpus": ("RTX 4090",), "driver": "580.95.05"}))  # type: ignore[arg-type]
    return replace(found, target=target, build=BUILD)


def plan(resolving: Resolver, here: Machine, *, adopt: bool = False, **wish: object) -> Plan:
    return change(Wish(**wish), here, resolving.knowledge, (PYPI,), "/env", adopt=adopt)[1]  # type: ignore[arg-type]


def test_a_package_is_added_and_all_others_are_held(resolving: Resolver) -> None:
    made = plan(resolving, machine(resolving), with_components=("liger-kernel",), adopt=True)
    adopt, step, prove = made.steps
    assert adopt == AdoptEnvironment("/env")
    assert isinstance(step, InstallPackages)
    assert step.requirements == ("liger-kernel==0.8.5",)
    assert step.constraints == HELD
    assert isinstance(prove, Prove)
    assert prove.proofs[:2] == ("import:torch", "import:liger_kernel")
    assert made.profile == "rtx40"


@pytest.mark.parametrize("why", [Why.DENIED, Why.FAILED, Why.TIMED_OUT])
def test_packages_that_nobody_could_read_cannot_be_held(resolving: Resolver, why: Why) -> None:
    here = machine(resolving)
    unread = replace(here, target=replace(here.target, packages=missing(why, SITE, "no answer")))
    with pytest.raises(EnvdocError, match="/env: cannot be read"):
        plan(resolving, unread, with_components=("liger-kernel",))


def test_llama_cpp_needs_no_torch(resolving: Resolver) -> None:
    made = plan(resolving, machine(resolving, torch="", no_gpu=True), with_components=("llama.cpp",))
    fetch, build, prove = made.steps
    assert isinstance(fetch, FetchTree)
    assert isinstance(build, CmakeBuild)
    assert fetch.sources == (PYPI,)
    assert prove == Prove(("import:site", "llama-bench-cpu"))


def test_without_torch_the_driver_says_which_cuda(resolving: Resolver) -> None:
    here = machine(resolving, torch="", gpus=("RTX 4090",), driver="580.95.05")
    steps = plan(resolving, here, with_components=("llama.cpp",)).steps
    (build,) = (each for each in steps if isinstance(each, CmakeBuild))
    assert "-DCMAKE_CUDA_ARCHITECTURES=89-real" in build.flags
    assert steps[-1] == Prove(("import:site", "llama-bench", "llama-bench-cpu"))


def test_a_component_is_taken_away(resolving: Resolver) -> None:
    first, prove = plan(resolving, machine(resolving), without_components=("llama.cpp",)).steps
    assert first == TakeAway(
        "take-away-llama.cpp", "Take llama.cpp away", "llama.cpp", (), ("llama.cpp", ".envdoc/build/llama.cpp")
    )
    assert prove == Prove(("import:torch",))
    (gone, _) = plan(resolving, machine(resolving), without_components=("liger_kernel",)).steps
    assert isinstance(gone, TakeAway)
    assert gone.packages == registry.named("liger-kernel").PACKAGES


def test_what_does_not_fit_is_refused_with_its_reason(resolving: Resolver) -> None:
    here = replace(machine(resolving), build=Build())
    with pytest.raises(EnvdocError, match=r"llama\.cpp cannot be built here without cmake") as caught:
        plan(resolving, here, with_components=("llama.cpp",), places=(("llama.cpp", "/src/llama.cpp"),))
    assert caught.value.code == "component-does-not-fit"
    with pytest.raises(UsageError, match="both added and removed"):
        plan(resolving, here, with_components=("llama.cpp",), without_components=("llama.cpp",))
    with pytest.raises(UsageError, match="an environment without torch"):
        plan(resolving, here, without_components=("torch",))
