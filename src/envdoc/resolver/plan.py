"""A Resolution into steps: Python, environment, torch, the stack under the lock, variables, proof."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.components import registry
from envdoc.components.base import Candidate
from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.knowledge.locks import pins_of
from envdoc.knowledge.profiles import lock_lines
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Machine, PythonKind, System
from envdoc.model.plan import (
    AdoptEnvironment,
    InstallPackages,
    MakeEnvironment,
    Plan,
    Prove,
    ProvidePython,
    SetVariables,
    Step,
)
from envdoc.model.profile import Locks, Profile
from envdoc.model.resolution import Resolution
from envdoc.model.value import replace
from envdoc.resolver.componentsteps import component_steps, written
from envdoc.resolver.hashed import hash_notes, hashed
from envdoc.rules.choice.situation import usable

_TORCH_STACK = registry.named("torch").PACKAGES
# An interpreter that its owner may replace at any time (the system's, the Store's) comes last.
_KINDS = (
    PythonKind.PYENV,
    PythonKind.UV,
    PythonKind.LAUNCHER,
    PythonKind.PATH,
    PythonKind.CONDA,
    PythonKind.SYSTEM,
    PythonKind.STORE,
)


def make_plan(
    resolution: Resolution,
    profile: Profile | None,
    environment: str,
    machine: Machine,
    knowledge: Knowledge,
    *,
    adopt: bool = False,
    locks: Locks = lock_lines,
) -> Plan:
    """The steps that make `resolution` real in `environment`. Pure: nothing is looked at or changed.

    `profile` is None for the bare choice, which has no lock: what it names is pinned, the rest the engine chooses.

    Raises:
        EnvdocError: nothing fits, the profile has no lock for this platform and Python, or the environment to
            adopt has another Python.
    """
    lock = _lock(resolution, profile, machine, locks)
    ways = tuple((name, way) for name, way in resolution.candidates if name != "torch")
    installs = hashed(_installs(resolution, profile, machine, knowledge, pins_of(lock), ways), resolution, lock)
    variables = _variables(resolution, machine)
    own = component_steps(resolution.candidates, resolution.sources)
    steps: tuple[Step, ...] = (
        *_places(resolution, environment, machine, adopt),
        *installs,
        *own,
        *((SetVariables(variables),) if variables else ()),
        Prove(_proofs(resolution)),
    )
    return Plan(
        environment,
        resolution.profile,
        steps,
        download_mib=sum(getattr(step, "download_mib", 0) for step in (*installs, *own)),
        disk_mib=sum(getattr(step, "disk_mib", 0) for step in (*installs, *own)),
        notes=(*hash_notes(resolution, lock), *_notes(resolution, machine)),
    )


def _lock(resolution: Resolution, profile: Profile | None, machine: Machine, locks: Locks) -> tuple[str, ...]:
    if not resolution.fits:
        told = text("errors", "nothing-of", profile=resolution.profile or text("errors", "the-profiles"))
        raise EnvdocError(told, hint=text("errors", "resolve-says-why"))
    if resolution.left_out:
        kept = [gpu.index for gpu in machine.gpus.or_else(()) if gpu.index not in resolution.left_out]
        only = ",".join(map(str, kept))
        raise EnvdocError(
            text("errors", "no-build-serves-all"),
            hint=text("errors", "hide-then-install", only=only),
            code="mixed-gpus-not-covered",
        )
    if profile is None:
        return tuple(
            f"{name}=={chosen.version}"
            for name, chosen in resolution.packages.items()
            if name not in _TORCH_STACK and chosen.version[0].isdigit()
        )
    if not resolution.lock:
        place = f"{machine.os.system.value} {machine.os.arch} with Python {resolution.python}"
        have = ", ".join(sorted(profile.locks)) or text("checks", "none")
        raise EnvdocError(
            text("errors", "no-lock", profile=profile.id, place=place),
            hint=text("errors", "locks-it-has", have=have),
            code="lock-missing",
        )
    return tuple(line for line in locks(profile, resolution.lock) if line)


def _places(resolution: Resolution, environment: str, machine: Machine, adopt: bool) -> tuple[Step, ...]:
    """The Python and the environment, or the record of one that is there."""
    if adopt:
        theirs = machine.target.python.value
        if theirs is not None and theirs.minor != resolution.python:
            raise EnvdocError(
                text(
                    "errors", "other-python", environment=environment, theirs=theirs.minor, wanted=resolution.python
                ),
                hint=text("errors", "other-python-hint", theirs=theirs.minor),
                code="python-outside-profile",
            )
        return (AdoptEnvironment(environment),)
    fitting = [each for each in usable(machine.pythons.or_else(())) if each.minor == resolution.python and each.path]
    # the newest patch of the preferred kind first
    fitting.sort(key=lambda each: (-_KINDS.index(each.kind), version_tuple(each.version)), reverse=True)
    paths = tuple(dict.fromkeys(each.path for each in fitting))
    python = ProvidePython(resolution.python, paths, title=text("resolve", "step-python", python=resolution.python))
    return (python, MakeEnvironment(environment))


def _installs(
    resolution: Resolution,
    profile: Profile | None,
    machine: Machine,
    knowledge: Knowledge,
    lock: tuple[str, ...],
    ways: tuple[tuple[str, Candidate], ...],
) -> tuple[InstallPackages, ...]:
    """torch with its companions first; then the stack under the lock, which also holds torch's build in place."""
    held = tuple(
        f"{name}=={resolution.packages[name].version}" for name in _TORCH_STACK if name in resolution.packages
    )
    constraints = (*held, *lock)
    download = _torch_download(resolution, machine, knowledge)
    torch = InstallPackages(
        id="torch",
        title=text(
            "resolve",
            "step-torch",
            version=resolution.packages["torch"].version,
            source=resolution.packages["torch"].source,
        ),
        requirements=held,
        constraints=constraints,
        sources=resolution.sources,
        download_mib=download,
        # the wheels unpack to about twice their size
        disk_mib=min(profile.disk_mib, 2 * download) if profile else 2 * download,
    )
    stack = [_stack(name, step_ways, constraints, resolution) for name, step_ways in _grouped(ways)]
    if stack and profile:
        rest = (max(profile.download_mib - download, 0), max(profile.disk_mib - torch.disk_mib, 0))
        stack[-1] = replace(stack[-1], download_mib=rest[0], disk_mib=rest[1])
    return (torch, *stack)


def _torch_download(resolution: Resolution, machine: Machine, knowledge: Knowledge) -> int:
    line = ".".join(resolution.torch.split(".")[:2])
    key = (line, resolution.cuda, machine.os.system.value, machine.os.arch)
    rows = (row for row in knowledge.torch if (row.version, row.cuda, row.os, row.arch) == key)
    return next((row.download_mib for row in rows), 0)


def _grouped(ways: Iterable[tuple[str, Candidate]]) -> list[tuple[str, list[Candidate]]]:
    """Those that go in without their dependencies need a step of their own, before the rest that may need them."""
    bare = [way for _, way in ways if way.no_deps and way.requirements]
    full = [way for _, way in ways if not way.no_deps and way.requirements]
    return [(name, group) for name, group in (("stack-bare", bare), ("stack", full)) if group]


def _stack(
    step_id: str, ways: list[Candidate], constraints: tuple[str, ...], resolution: Resolution
) -> InstallPackages:
    names = [requirement.name for way in ways for requirement in way.requirements]
    build_env = {key: value for way in ways for key, value in way.build_env.items()}
    return InstallPackages(
        id=step_id,
        title=text("resolve", "step-stack", names=", ".join(names)),
        requirements=tuple(written(each) for way in ways for each in way.requirements),
        constraints=constraints,
        sources=resolution.sources,
        no_deps=step_id == "stack-bare",
        allow_build=tuple(name for way in ways for name in way.allow_build),
        build_env=build_env,
    )


def _proofs(resolution: Resolution) -> tuple[str, ...]:
    """The components' proofs: imports first, and none for what is not there."""
    every = dict.fromkeys(proof for name in resolution.components for proof in registry.named(name).PROOFS)
    absent = {f"import:{name}" for name in _TORCH_STACK if name not in resolution.packages}
    if resolution.cuda == "cpu":
        absent |= registry.GPU_PROOFS
    wanted = [proof for proof in every if proof not in absent]
    return tuple(sorted(wanted, key=lambda proof: not proof.startswith("import:")))


def _old_libuv(resolution: Resolution, machine: Machine) -> bool:
    """torch 2.4 to 2.6 ask for libuv at `env://` rendezvous; their Windows builds have none."""
    line = version_tuple(resolution.torch)[:2]
    return machine.os.system is System.WINDOWS and (2, 4) <= line <= (2, 6)


def _variables(resolution: Resolution, machine: Machine) -> dict[str, str]:
    if machine.os.system is not System.WINDOWS:
        return {}
    # data sets and logs are UTF-8; the code page of a Chinese Windows is GBK
    variables = {"PYTHONUTF8": "1"}
    if _old_libuv(resolution, machine):
        variables["USE_LIBUV"] = "0"
    return variables


def _notes(resolution: Resolution, machine: Machine) -> tuple[str, ...]:
    notes = []
    if _old_libuv(resolution, machine):
        notes.append(text("resolve", "note-libuv"))
    if machine.os.system is System.WINDOWS and len(resolution.gpus) and len(machine.gpus.or_else(())) > 1:
        notes.append(text("resolve", "note-windows"))
    return tuple(notes)
