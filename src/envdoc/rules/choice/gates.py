"""The constraints, one small function each: what is asked against what is there, as reasons."""

from __future__ import annotations

from envdoc.knowledge.rows import TorchRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.machine import System
from envdoc.model.profile import Profile
from envdoc.rules import drivers
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.reasons import Kind, Reason
from envdoc.rules.choice.situation import Situation, alike
from envdoc.rules.coverage import covers


def profile_reasons(profile: Profile, situation: Situation) -> tuple[Reason, ...]:
    """Why the profile as a whole is not for this machine."""
    reasons = []
    if situation.system not in profile.systems:
        systems = ", ".join(system.value for system in profile.systems)
        reasons.append(Reason(Kind.SYSTEM, f"{profile.id} is for {systems}, not {situation.system.value}"))
    if situation.arch not in profile.arches:
        arches = ", ".join(profile.arches)
        reasons.append(Reason(Kind.SYSTEM, f"{profile.id} is for {arches}, not {situation.arch}"))
    if situation.python and situation.python not in profile.python.allow:
        allowed = ", ".join(profile.python.allow)
        text = f"{profile.id} is for Python {allowed}, not {situation.python}"
        reasons.append(Reason(Kind.PYTHON_PROFILE, text))
    return (*reasons, *_gpu_bounds(profile, situation))


def _gpu_bounds(profile: Profile, situation: Situation) -> tuple[Reason, ...]:
    if profile.gpus is None:
        return ()
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    reasons = []
    for card in alike(situation.cards):
        if not card.capability:
            text = f"the compute capability of {card} is not known"
            reasons.append(Reason(Kind.GPU_UNKNOWN, text))
        elif not low <= version_tuple(card.capability) <= high:
            has = card.verb("has", "have")
            text = f"{profile.id} is for compute capability {span(profile)}, {card} {has} {card.capability}"
            reasons.append(Reason(Kind.GPU_PROFILE, text))
    return tuple(reasons)


def kind_reasons(profile: Profile, situation: Situation) -> tuple[Reason, ...]:
    """For `auto`: a GPU profile where no GPU is visible, or the cpu profile where one is."""
    if (profile.gpus is None) is not bool(situation.cards):
        return ()
    if profile.gpus is None:
        return (Reason(Kind.NO_GPU, f"needs no GPU; taken only by name: `--profile {profile.id}`"),)
    text = f"{profile.id} is for GPUs of compute capability {span(profile)}, and none is visible"
    return (Reason(Kind.NO_GPU, text),)


def span(profile: Profile) -> str:
    """`12.0`, or `8.0 to 8.9`, of a profile with GPUs."""
    if profile.gpus is None:
        return "none"
    low, high = profile.gpus.min, profile.gpus.max
    return low if low == high else f"{low} to {high}"


def code_reasons(row: TorchRow, situation: Situation) -> tuple[Reason, ...]:
    """GPUs that the build has no machine code for. PTX does not count (`rules.coverage.covers`)."""
    if row.cuda == "cpu":
        return ()
    return tuple(
        Reason(
            Kind.GPU_CODE,
            f"torch {row.version} {row.cuda} has no code for {card} with compute capability {card.capability}",
        )
        for card in alike(situation.cards)
        if card.capability and not covers(row.sm, card.capability)
    )


def compilers_know(cuda: str, situation: Situation, knowledge: Knowledge) -> bool:
    """Whether NVRTC and ptxas of that CUDA release compile for every GPU. Code for 12.0 runs on 12.1, but a kernel
    that is compiled at run time is compiled for the GPU itself."""
    row = next((each for each in knowledge.toolkits if each.release == cuda_of(cuda)), None)
    return row is None or all(card.capability in row.targets for card in situation.cards)


def driver_reasons(cuda: str, situation: Situation, knowledge: Knowledge) -> tuple[Reason, ...]:
    """Driver against the variant's floor, each GPU's own least driver, and the branch's oldest GPU."""
    driver = situation.the_driver
    if cuda == "cpu":
        return ()
    reasons = []
    if least := drivers.too_old(driver, cuda, knowledge):
        have = driver.version or f"one for CUDA {driver.cuda}"
        reasons.append(Reason(Kind.DRIVER, f"{cuda} needs driver {least} or newer, this one is {have}"))
    if not driver.version:
        return tuple(reasons)
    branch = drivers.branch(driver.version)
    for card in alike(situation.cards):
        if branch < card.driver_min:
            needs = card.verb("needs", "need")
            text = f"{card} {needs} driver {card.driver_min} or newer, this one is {driver.version}"
            reasons.append(Reason(Kind.DRIVER, text))
    return (*reasons, *_branch_reasons(branch, situation, knowledge))


def _branch_reasons(branch: int, situation: Situation, knowledge: Knowledge) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            Kind.BRANCH,
            f"driver {situation.driver} no longer serves {card} with compute capability {card.capability}; "
            f"the last branch that does is {drivers.last_branch(card.capability, knowledge)}",
        )
        for card in alike(situation.cards)
        if drivers.dropped(card.capability, branch, knowledge)
    )


def libc_reasons(row: TorchRow, situation: Situation) -> tuple[Reason, ...]:
    """The C library against what the wheel is built for."""
    if situation.system is not System.LINUX:
        return ()
    if situation.musl:
        return (Reason(Kind.LIBC, "torch has no wheels for musl (Alpine): a system with glibc is needed"),)
    if row.glibc and situation.glibc and version_tuple(situation.glibc) < version_tuple(row.glibc):
        text = f"torch {row.version} {row.cuda} needs glibc {row.glibc} or newer, this system has {situation.glibc}"
        return (Reason(Kind.LIBC, text),)
    return ()


def choice_reasons(line: str, cuda: str, profile: Profile, case: Case) -> tuple[Reason, ...]:
    """The profile's lines and variants, and the user's CUDA variant."""
    reasons = []
    if line not in profile.torch.prefer:
        lines = ", ".join(profile.torch.prefer)
        reasons.append(Reason(Kind.PROFILE, f"{profile.id} is for torch {lines}"))
    if cuda not in profile.torch.cuda:
        reasons.append(Reason(Kind.PROFILE, f"{profile.id} is for {', '.join(profile.torch.cuda)}"))
    variant = case.torch_wish[1]
    if variant and variant != cuda:
        reasons.append(Reason(Kind.WISH, f"torch {case.wish.torch} was asked for, which is {variant}"))
    return tuple(reasons)
