"""A Resolution into steps: what is installed from where under which constraints, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from resolver_kit import PYPI, PYTORCH, UNASKED, Resolver, down, fixed_lock

from envdoc import resolver
from envdoc.errors import EnvdocError
from envdoc.model.facts import known
from envdoc.model.machine import Machine, Python, PythonKind, Target, TargetKind
from envdoc.model.plan import (
    AdoptEnvironment,
    InstallPackages,
    MakeEnvironment,
    Plan,
    Prove,
    ProvidePython,
    SetVariables,
)
from envdoc.model.resolution import Source, SourceKind, SourceState, Wish

RTX50 = {"gpus": ("RTX 5060 Ti",), "driver": "576.02"}
TORCH = ("torch==2.7.1+cu128", "torchvision==0.22.1+cu128", "torchaudio==2.7.1+cu128")
IMPORTS = ("import:torch", "import:torchvision", "import:torchaudio")
CLI = ("llamafactory-cli-version", "llamafactory-cli-train-help")


def planned(
    resolving: Resolver, machine: Machine, wish: Wish | None = None, *, adopt: bool = False, **more: object
) -> Plan:
    sources = more.get("sources", UNASKED)
    resolution = resolving.resolve(machine, wish, sources)  # type: ignore[arg-type]
    profile = resolving.profiles[resolution.profile]
    return resolver.make_plan(
        resolution, profile, "/srv/env", machine, resolving.knowledge, adopt=adopt, locks=fixed_lock
    )


def installs(plan: Plan) -> dict[str, InstallPackages]:
    return {step.id: step for step in plan.steps if isinstance(step, InstallPackages)}


def test_whole_plan_on_linux(resolving: Resolver) -> None:
    machine = resolving.machine(**RTX50)
    plan = planned(resolving, machine, Wish("rtx50-cu128"))
    lock = fixed_lock(resolving.profiles["rtx50-cu128"], "linux-x86_64-cp312")
    sources = (
        Source("pytorch", SourceKind.PYTORCH, "https://download.pytorch.org/whl/cu128"),
        Source("pypi", SourceKind.PYPI, "https://pypi.org/simple"),
    )
    profile = resolving.profiles["rtx50-cu128"]
    torch, stack = installs(plan).values()
    assert plan == Plan(
        "/srv/env",
        "rtx50-cu128",
        (
            ProvidePython("3.12", title="Find Python 3.12"),
            MakeEnvironment("/srv/env"),
            InstallPackages(
                "torch",
                "Install torch 2.7.1+cu128 from pytorch",
                TORCH,
                (*TORCH, *lock),
                sources,
                download_mib=torch.download_mib,
                disk_mib=torch.disk_mib,
            ),
            InstallPackages(
                "stack",
                "Install bitsandbytes, liger-kernel, huggingface-hub, llamafactory",
                ("bitsandbytes==0.50.2", "liger-kernel==0.8.5", "huggingface-hub==1.33.0", "llamafactory==0.9.5"),
                (*TORCH, *lock),
                sources,
                download_mib=stack.download_mib,
                disk_mib=stack.disk_mib,
            ),
            Prove(
                (
                    *IMPORTS,
                    "import:bitsandbytes",
                    "import:liger_kernel",
                    "import:huggingface_hub",
                    "import:llamafactory",
                    "torch-arch-list",
                    "matmul-cpu",
                    "matmul-gpu",
                    *CLI,
                )
            ),
        ),
        download_mib=profile.download_mib,
        disk_mib=profile.disk_mib,
    )


def test_torch_is_held_in_every_step(resolving: Resolver) -> None:
    plan = planned(resolving, resolving.machine(**RTX50), Wish("rtx50-cu128", with_components=("deepspeed",)))
    assert all(set(TORCH) <= set(step.constraints) for step in installs(plan).values())


def test_deepspeed_is_built_without_ops_on_linux(resolving: Resolver) -> None:
    plan = planned(resolving, resolving.machine(**RTX50), Wish("rtx50-cu128", with_components=("deepspeed",)))
    stack = installs(plan)["stack"]
    assert (stack.allow_build, stack.build_env) == (("deepspeed",), {"DS_BUILD_OPS": "0"})
    assert "deepspeed==0.18.4" in stack.requirements


def test_windows_takes_wheels_and_triton_windows(resolving: Resolver) -> None:
    machine = resolving.machine(system="windows", **RTX50)
    plan = planned(resolving, machine, Wish("rtx50-cu128", with_components=("deepspeed",)))
    steps = installs(plan)
    assert steps["stack-bare"].requirements == ("triton-windows<3.4", "liger-kernel==0.8.5")
    assert steps["stack-bare"].no_deps
    assert (steps["stack"].allow_build, steps["stack"].build_env) == ((), {})
    assert "deepspeed==0.16.5" in steps["stack"].requirements
    assert SetVariables({"PYTHONUTF8": "1"}) in plan.steps


@pytest.mark.parametrize(("line", "set_"), [("2.4", True), ("2.6", True), ("2.7", False)])
def test_use_libuv_only_where_it_is_read(resolving: Resolver, line: str, set_: bool) -> None:
    own = replace(
        resolving.profiles["rtx40"],
        torch=replace(resolving.profiles["rtx40"].torch, prefer=(line,), cuda=("cu128", "cu124")),
    )
    changed = Resolver()
    changed.profiles = {"rtx40": own}
    machine = changed.machine(gpus=("RTX 4090",), driver="560.94", system="windows")
    plan = planned(changed, machine, Wish("rtx40", without_components=("liger-kernel",)))
    variables = next(step.variables for step in plan.steps if isinstance(step, SetVariables))
    assert variables == ({"PYTHONUTF8": "1", "USE_LIBUV": "0"} if set_ else {"PYTHONUTF8": "1"})
    assert any("`torchrun` ignores it" in note for note in plan.notes) is set_


def test_two_gpus_on_windows_are_told_about_torchrun(resolving: Resolver) -> None:
    plan = planned(resolving, resolving.machine(gpus=("RTX 5060 Ti",) * 2, driver="576.02", system="windows"))
    assert any(note.startswith("`torchrun` does not start on native Windows") for note in plan.notes)


def test_cpu_plan_proves_no_gpu(resolving: Resolver) -> None:
    plan = planned(resolving, resolving.machine(), Wish("cpu"), sources=(down(PYTORCH), SourceState(PYPI)))
    assert installs(plan)["torch"].requirements == ("torch==2.8.0", "torchvision==0.23.0", "torchaudio==2.8.0")
    assert plan.steps[-1] == Prove((*IMPORTS, "import:huggingface_hub", "import:llamafactory", "matmul-cpu", *CLI))


def test_interpreters_in_order_of_trust(resolving: Resolver) -> None:
    found = (
        Python("/usr/bin/python3.12", "3.12.3", PythonKind.SYSTEM),
        Python("/opt/conda/bin/python", "3.12.9", PythonKind.CONDA),
        Python("/root/.pyenv/versions/3.12.1/bin/python", "3.12.1", PythonKind.PYENV),
        Python("/root/.pyenv/versions/3.12.8/bin/python", "3.12.8", PythonKind.PYENV),
        Python("/root/.pyenv/versions/3.11.7/bin/python", "3.11.7", PythonKind.PYENV),
        Python("C:\\stub\\python.exe", "", PythonKind.STORE_STUB),
        Python("/opt/t/bin/python", "3.12.8", PythonKind.UV, free_threaded=True),
        Python("/uv/bin/python", "3.12.10", PythonKind.UV),
    )
    machine = replace(resolving.machine(**RTX50), pythons=known(found))
    step = planned(resolving, machine).steps[0]
    assert step == ProvidePython(
        "3.12",
        (
            "/root/.pyenv/versions/3.12.8/bin/python",
            "/root/.pyenv/versions/3.12.1/bin/python",
            "/uv/bin/python",
            "/opt/conda/bin/python",
            "/usr/bin/python3.12",
        ),
        title="Find Python 3.12",
    )


def test_adopt_records_and_keeps_the_python(resolving: Resolver) -> None:
    theirs = Python("/srv/env/bin/python", "3.12.4", PythonKind.VENV)
    machine = replace(resolving.machine(**RTX50), target=Target(TargetKind.VENV, "/srv/env", python=known(theirs)))
    assert planned(resolving, machine, adopt=True).steps[0] == AdoptEnvironment("/srv/env")
    other = replace(machine, target=replace(machine.target, python=known(replace(theirs, version="3.11.9"))))
    with pytest.raises(EnvdocError, match=r"/srv/env has Python 3\.11, this choice is for Python 3\.12") as caught:
        planned(resolving, other, adopt=True)
    assert "--python 3.11" in caught.value.hint


def test_no_lock_no_plan(resolving: Resolver) -> None:
    own = Resolver()
    own.profiles = {"rtx50-cu128": replace(resolving.profiles["rtx50-cu128"], locks={})}
    machine = own.machine(**RTX50)
    resolution = own.resolve(machine, Wish("rtx50-cu128"))
    assert [finding.code for finding in resolution.findings] == ["lock-missing"]
    with pytest.raises(EnvdocError, match=r"no pinned package set for linux x86_64 with Python 3\.12") as caught:
        planned(own, machine, Wish("rtx50-cu128"))
    assert caught.value.code == "lock-missing"


def test_nothing_fits_no_plan(resolving: Resolver) -> None:
    machine = resolving.machine(gpus=("RTX 3090",), driver="576.02")
    with pytest.raises(EnvdocError, match="nothing of rtx50-cu128 fits this machine"):
        planned(resolving, machine, Wish("rtx50-cu128"))


def test_no_shell_anywhere(resolving: Resolver) -> None:
    """Requirements and constraints are plain: a name, an operator, a version."""
    import re

    plan = planned(resolving, resolving.machine(system="windows", **RTX50))
    every = [line for step in installs(plan).values() for line in (*step.requirements, *step.constraints)]
    assert [line for line in every if not re.fullmatch(r"[A-Za-z0-9._-]+(==|<)[A-Za-z0-9.+]+", line)] == []


def test_the_bare_choice_has_a_plan_without_a_lock(resolving: Resolver) -> None:
    """torch and its companions first, then what their bounds allow, pinned as it was told; proofs at the end."""
    machine = resolving.machine(gpus=("RTX 4090",), driver="560.35.03", python="3.9")
    resolution = resolving.resolve(machine)
    plan = resolver.make_plan(resolution, None, "/e", machine, resolving.knowledge)
    assert plan.profile == "bare"
    installs = [step for step in plan.steps if isinstance(step, InstallPackages)]
    assert installs[0].requirements == ("torch==2.8.0+cu128", "torchvision==0.23.0+cu128", "torchaudio==2.8.0+cu128")
    assert [step.id for step in installs] == ["torch", "stack"]
    assert "llamafactory==0.9.3" in installs[1].requirements
    for step in installs:
        assert {"torch==2.8.0+cu128", "huggingface-hub==0.36.0"} <= set(step.constraints)
    without = resolving.resolve(machine, Wish(without_components=("llamafactory",)))
    assert without.components == ("torch", "bitsandbytes", "huggingface-hub")
    more = resolving.resolve(machine, Wish(with_components=("deepspeed",)))
    assert more.packages["deepspeed"].version == "0.16.5"  # the newest that LLaMA-Factory 0.9.3 takes


def test_gpus_that_do_not_go_together_are_hidden_before_an_installation(resolving: Resolver) -> None:
    machine = resolving.machine(gpus=("GTX 1080", "RTX 5090", "RTX 5090"), driver="580.65.06")
    resolution = resolving.resolve(machine)
    assert (resolution.profile, resolution.left_out, resolution.to_name) == ("rtx50-cu128", (0,), "auto")
    with pytest.raises(EnvdocError) as caught:
        resolver.make_plan(resolution, resolving.profiles["rtx50-cu128"], "/e", machine, resolving.knowledge)
    assert "CUDA_VISIBLE_DEVICES=1,2" in str(caught.value.hint)


def test_a_component_that_was_asked_for_must_fit_the_bare_choice(resolving: Resolver) -> None:
    facts = {"gpus": ("GTX 980",), "driver": "550.54.14"}
    assert resolving(**facts).profile == "bare"
    refused = resolving(Wish(with_components=("liger-kernel",)), **facts)
    assert (refused.cuda, [each.code for each in refused.findings]) == (None, ["component-does-not-fit"])


def test_a_components_own_steps_follow_the_packages_and_it_is_asked_once(
    resolving: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is made of the candidates that the resolver chose; no component is asked again."""
    from types import SimpleNamespace

    from envdoc.components import registry

    real, module = registry.named("llamafactory"), registry._module
    own = SetVariables({"MY_BUILD": "1"}, id="build", title="Build it")
    asked = []

    def candidates(context: object) -> tuple[object, ...]:
        asked.append(context)
        return tuple(replace(each, steps=(own,)) for each in real.candidates(context))  # type: ignore[type-var,arg-type]

    stub = SimpleNamespace(
        **{name: getattr(real, name) for name in dir(real) if name.isupper()}, candidates=candidates
    )
    monkeypatch.setattr(registry, "_module", lambda name: stub if name == "llamafactory" else module(name))
    machine = resolving.machine(**RTX50)
    resolution = resolving.resolve(machine, Wish("rtx50-cu128"), UNASKED)
    assert resolution.components == tuple(name for name, _ in resolution.candidates)
    before = len(asked)
    profile = resolving.profiles[resolution.profile]
    plan = resolver.make_plan(resolution, profile, "/srv/env", machine, resolving.knowledge, locks=fixed_lock)
    assert len(asked) == before > 0
    kinds = [step.id for step in plan.steps]
    assert kinds.index("build") == max(place for place, step in enumerate(kinds) if step in ("torch", "stack")) + 1
