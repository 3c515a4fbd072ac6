"""The environment and the machine against the profile that the user named."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capability, named, need, packages, public, torch, visible_gpus
from envdoc.doctor.picks import driver_update, install_command
from envdoc.doctor.words import finding, found, listed, passed, run
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.model.profile import Profile
from envdoc.rules import drivers


def _profile(case: Case) -> Profile:
    if case.profile is None:
        raise NotCheckedError("no profile is named")
    return case.profile


@check("profile-machine", "Profile is for this machine", codes=("system-outside-profile", "gpu-outside-profile"))
def profile_machine(case: Case) -> Outcome:
    profile, os = _profile(case), case.machine.os
    if os.system not in profile.systems or os.arch not in profile.arches:
        return found(_system(case, profile))
    if profile.gpus is None:
        return passed(f"{os.system.value} {os.arch}; needs no GPU")
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    every = [(gpu, capability(case, gpu)) for gpu in visible_gpus(case)]
    outside = [f"{named(gpu)}, {has}" for gpu, has in every if has and not low <= version_tuple(has) <= high]
    if outside:
        return found(_gpu(profile, outside))
    if any(not has for _, has in every):
        raise BlindError("a GPU's compute capability is unknown")
    return passed(f"compute capability {', '.join(sorted({has for _, has in every}))}")


def _system(case: Case, profile: Profile) -> Finding:
    os = case.machine.os
    systems = listed(system.value for system in profile.systems)
    return finding(
        Severity.ERROR,
        "system-outside-profile",
        f"Profile `{profile.id}` is for {systems}, {listed(profile.arches)}; this is {os.system.value}, {os.arch}",
        evidence=(f"operating system: {os.name.value or os.system.value}",),
        fix="Choose a profile for this system",
        commands=run("envdoc profiles list"),
    )


def _gpu(profile: Profile, outside: list[str]) -> Finding:
    bounds = profile.gpus
    return finding(
        Severity.ERROR,
        "gpu-outside-profile",
        f"Profile `{profile.id}` is not for {listed(outside)}",
        evidence=(f"compute capabilities of the profile: {bounds.min} to {bounds.max}" if bounds else "",),
        fix="Let envdoc choose the profile, or hide the GPU with CUDA_VISIBLE_DEVICES",
        commands=run("envdoc resolve --profile auto"),
    )


@check(
    "profile-torch",
    "torch is the profile's",
    codes=("profile-torch-mismatch", "profile-cuda-mismatch", "profile-cpu-superset"),
)
def profile_torch(case: Case) -> Outcome:
    profile, build = _profile(case), torch(case)
    tag, line = tag_of(build.cuda), ".".join(public(build.version).split(".")[:2])
    findings = []
    if profile.gpus is None and tag != "cpu":
        findings.append(_superset(profile, build.version))
    elif tag not in profile.torch.cuda and tag != "cpu":  # a CPU build is torch-build's own finding
        what = f"CUDA runtime {tag}, it wants {listed(profile.torch.cuda)}"
        findings.append(_torch(case, profile, "profile-cuda-mismatch", build.version, what))
    if line not in profile.torch.prefer:
        what = f"release {line}, it wants {listed(profile.torch.prefer)}"
        findings.append(_torch(case, profile, "profile-torch-mismatch", build.version, what))
    return found(*findings, seen=f"torch {build.version}")


def _torch(case: Case, profile: Profile, code: str, version: str, what: str) -> Finding:
    return finding(
        Severity.ERROR,
        code,
        f"torch {version} is not profile `{profile.id}`'s: {what}",
        evidence=(f"installed: torch {version}",),
        fix="Install the profile",
        commands=install_command(case),
    )


def _superset(profile: Profile, version: str) -> Finding:
    return finding(
        Severity.INFO,
        "profile-cpu-superset",
        f"torch {version} is a CUDA build: larger than profile `{profile.id}` needs, and just as good on the CPU",
        evidence=(f"installed: torch {version}",),
    )


@check("profile-driver", "Driver is new enough for the profile", codes=("driver-too-old-for-profile",), gpu=True)
def profile_driver(case: Case) -> Outcome:
    profile = _profile(case)
    have = need(case.machine.driver.version.best, "driver version")
    driver = drivers.of_machine(case.machine)
    if any(drivers.serves(driver, cuda, case.knowledge) for cuda in profile.torch.cuda):
        return passed(f"driver {have}")
    floors = [drivers.floor(cuda, driver.system, case.knowledge) for cuda in profile.torch.cuda]
    least = min(floors, key=version_tuple)
    return found(
        finding(
            Severity.ERROR,
            "driver-too-old-for-profile",
            f"Driver {have} is too old for profile `{profile.id}`, which needs {least} or newer",
            evidence=(f"driver version: {have}", f"CUDA variants: {', '.join(profile.torch.cuda)}"),
            fix=driver_update(case, least),
            commands=run("envdoc resolve --profile auto"),
            links=("https://docs.nvidia.com/deploy/cuda-compatibility/",),
        )
    )


@check("profile-components", "The profile's components are there", codes=("profile-component-missing",))
def profile_components(case: Case) -> Outcome:
    profile = _profile(case)
    torch(case)  # before that nothing of it is expected
    installed = packages(case)
    lacking = [name for name in profile.components if _distribution(name) not in installed]
    if not lacking:
        return passed(", ".join(profile.components))
    ours = (case.machine.target.marker.value or {}).get("profile") == profile.id
    return found(
        finding(
            Severity.ERROR if ours else Severity.WARNING,  # only what envdoc made claims to hold all of it
            "profile-component-missing",
            f"Profile `{profile.id}` is not whole, not installed: {listed(lacking)}",
            evidence=tuple(f"not installed: {name}" for name in lacking),
            fix="Install the profile; what is there already stays",
            commands=install_command(case),
        )
    )


def _distribution(component: str) -> str:
    """A component's main distribution: its own name, as the package index writes it."""
    return component.replace("_", "-").lower()
