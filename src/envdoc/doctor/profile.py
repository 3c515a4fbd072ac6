"""The environment and the machine against the profile that the user named."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capability, named, need, public, torch, visible_gpus, whole_packages
from envdoc.doctor.picks import driver_update, install_command
from envdoc.doctor.words import found, listed, passed, run
from envdoc.findings import finding, text
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.model.profile import Profile
from envdoc.rules import drivers


def _profile(case: Case) -> Profile:
    if case.profile is None:
        raise NotCheckedError(text("checks", "no-profile"))
    return case.profile


@check("profile-machine", codes=("system-outside-profile", "gpu-outside-profile"))
def profile_machine(case: Case) -> Outcome:
    profile, os = _profile(case), case.machine.os
    if os.system not in profile.systems or os.arch not in profile.arches:
        return found(_system(case, profile))
    if profile.gpus is None:
        return passed(text("checks", "needs-no-gpu", system=os.system.value, arch=os.arch))
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    every = [(gpu, capability(case, gpu)) for gpu in visible_gpus(case)]
    outside = [f"{named(gpu)}, {has}" for gpu, has in every if has and not low <= version_tuple(has) <= high]
    if outside:
        return found(_gpu(profile, outside))
    if any(not has for _, has in every):
        raise BlindError(text("checks", "a-capability-unknown"))
    return passed(text("checks", "capabilities", capabilities=", ".join(sorted({has for _, has in every}))))


def _system(case: Case, profile: Profile) -> Finding:
    os = case.machine.os
    systems = listed(system.value for system in profile.systems)
    return finding(
        "system-outside-profile",
        profile=profile.id,
        systems=systems,
        arches=listed(profile.arches),
        system=os.system.value,
        arch=os.arch,
        evidence=(text("system-outside-profile", "system", name=os.name.value or os.system.value),),
        commands=run("envdoc profiles list"),
    )


def _gpu(profile: Profile, outside: list[str]) -> Finding:
    bounds = profile.gpus
    return finding(
        "gpu-outside-profile",
        profile=profile.id,
        outside=listed(outside),
        evidence=(text("gpu-outside-profile", "bounds", min=bounds.min, max=bounds.max) if bounds else "",),
        commands=run("envdoc resolve --profile auto"),
    )


@check(
    "profile-torch",
    codes=("profile-torch-mismatch", "profile-cuda-mismatch", "profile-cpu-superset"),
)
def profile_torch(case: Case) -> Outcome:
    profile, build = _profile(case), torch(case)
    tag, line = tag_of(build.cuda), ".".join(public(build.version).split(".")[:2])
    findings = []
    if profile.gpus is None and tag != "cpu":
        findings.append(_superset(profile, build.version))
    elif tag not in profile.torch.cuda and tag != "cpu":  # a CPU build is torch-build's own finding
        wanted = listed(profile.torch.cuda)
        findings.append(_torch(case, profile, "profile-cuda-mismatch", build.version, has=tag, wanted=wanted))
    if line not in profile.torch.prefer:
        wanted = listed(profile.torch.prefer)
        findings.append(_torch(case, profile, "profile-torch-mismatch", build.version, has=line, wanted=wanted))
    return found(*findings, seen=f"torch {build.version}")


def _torch(case: Case, profile: Profile, code: str, version: str, *, has: str, wanted: str) -> Finding:
    return finding(
        code,
        torch=version,
        profile=profile.id,
        has=has,
        wanted=wanted,
        evidence=(text("checks", "torch-version-installed", version=version),),
        commands=install_command(case),
    )


def _superset(profile: Profile, version: str) -> Finding:
    return finding(
        "profile-cpu-superset",
        version=version,
        profile=profile.id,
        evidence=(text("checks", "torch-version-installed", version=version),),
    )


@check("profile-driver", codes=("driver-too-old-for-profile",), gpu=True)
def profile_driver(case: Case) -> Outcome:
    profile = _profile(case)
    have = need(case.machine.driver.version.best, "what-driver")
    driver = drivers.of_machine(case.machine)
    if any(drivers.serves(driver, cuda, case.knowledge) for cuda in profile.torch.cuda):
        return passed(text("checks", "driver", have=have))
    floors = [drivers.floor(cuda, driver.system, case.knowledge) for cuda in profile.torch.cuda]
    least = min(floors, key=version_tuple)
    return found(
        finding(
            "driver-too-old-for-profile",
            have=have,
            profile=profile.id,
            least=least,
            evidence=(
                text("checks", "driver-version", have=have),
                text("driver-too-old-for-profile", "variants", cuda=", ".join(profile.torch.cuda)),
            ),
            fix=driver_update(case, least),
            commands=run("envdoc resolve --profile auto"),
        )
    )


@check("profile-components", codes=("profile-component-missing",))
def profile_components(case: Case) -> Outcome:
    profile = _profile(case)
    torch(case)  # before that nothing of it is expected
    installed = whole_packages(case)
    lacking = [name for name in profile.components if _distribution(name) not in installed]
    if not lacking:
        return passed(", ".join(profile.components))
    ours = (case.machine.target.marker.value or {}).get("profile") == profile.id
    return found(
        finding(
            "profile-component-missing",
            severity=Severity.ERROR if ours else Severity.WARNING,
            profile=profile.id,
            lacking=listed(lacking),
            evidence=tuple(text("profile-component-missing", "not-installed", name=name) for name in lacking),
            commands=install_command(case),
        )
    )


def _distribution(component: str) -> str:
    """A component's main distribution: its own name, as the package index writes it."""
    return component.replace("_", "-").lower()
