"""The constraints, one small function each: what is asked against what is there, as reasons."""

from __future__ import annotations

from envdoc.findings import text
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
        reasons.append(
            Reason(
                Kind.SYSTEM,
                text("resolve", "for-systems", profile=profile.id, systems=systems, system=situation.system.value),
            )
        )
    if situation.arch not in profile.arches:
        arches = ", ".join(profile.arches)
        reasons.append(
            Reason(Kind.SYSTEM, text("resolve", "for-arches", profile=profile.id, arches=arches, arch=situation.arch))
        )
    if situation.python and situation.python not in profile.python.allow:
        allowed = ", ".join(profile.python.allow)
        told = text("resolve", "for-python", profile=profile.id, allowed=allowed, python=situation.python)
        reasons.append(Reason(Kind.PYTHON_PROFILE, told))
    return (*reasons, *_gpu_bounds(profile, situation))


def _gpu_bounds(profile: Profile, situation: Situation) -> tuple[Reason, ...]:
    if profile.gpus is None:
        return ()
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    reasons = []
    for card in alike(situation.cards):
        if not card.capability:
            told = text("resolve", "capability-unknown", card=card)
            reasons.append(Reason(Kind.GPU_UNKNOWN, told))
        elif not low <= version_tuple(card.capability) <= high:
            has = card.verb(text("resolve", "has"), text("resolve", "have"))
            told = text(
                "resolve",
                "for-capability",
                profile=profile.id,
                span=span(profile),
                card=card,
                has=has,
                capability=card.capability,
            )
            reasons.append(Reason(Kind.GPU_PROFILE, told))
    return tuple(reasons)


def kind_reasons(profile: Profile, situation: Situation) -> tuple[Reason, ...]:
    """For `auto`: a GPU profile where no GPU is visible, or the cpu profile where one is."""
    if (profile.gpus is None) is not bool(situation.cards):
        return ()
    if profile.gpus is None:
        return (Reason(Kind.NO_GPU, text("resolve", "taken-by-name", named=profile.id)),)
    told = text("resolve", "none-visible", profile=profile.id, span=span(profile))
    return (Reason(Kind.NO_GPU, told),)


def span(profile: Profile) -> str:
    """`12.0`, or `8.0 to 8.9`, of a profile with GPUs."""
    if profile.gpus is None:
        return text("checks", "none")
    low, high = profile.gpus.min, profile.gpus.max
    return low if low == high else text("resolve", "range", low=low, high=high)


def code_reasons(row: TorchRow, situation: Situation) -> tuple[Reason, ...]:
    """GPUs that the build has no machine code for. PTX does not count (`rules.coverage.covers`)."""
    if row.cuda == "cpu":
        return ()
    return tuple(
        Reason(
            Kind.GPU_CODE,
            text("resolve", "no-code", version=row.version, cuda=row.cuda, card=card, capability=card.capability),
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
        have = driver.version or text("resolve", "driver-for", cuda=driver.cuda)
        reasons.append(Reason(Kind.DRIVER, text("resolve", "driver-needed", cuda=cuda, least=least, have=have)))
    if not driver.version:
        return tuple(reasons)
    branch = drivers.branch(driver.version)
    for card in alike(situation.cards):
        if branch < card.driver_min:
            needs = card.verb(text("resolve", "needs"), text("resolve", "need"))
            told = text(
                "resolve", "card-needs-driver", card=card, needs=needs, least=card.driver_min, driver=driver.version
            )
            reasons.append(Reason(Kind.DRIVER, told))
    return (*reasons, *_branch_reasons(branch, situation, knowledge))


def _branch_reasons(branch: int, situation: Situation, knowledge: Knowledge) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            Kind.BRANCH,
            text(
                "resolve",
                "driver-dropped",
                driver=situation.driver,
                card=card,
                capability=card.capability,
                last=drivers.last_branch(card.capability, knowledge),
            ),
        )
        for card in alike(situation.cards)
        if drivers.dropped(card.capability, branch, knowledge)
    )


def libc_reasons(row: TorchRow, situation: Situation) -> tuple[Reason, ...]:
    """The C library against what the wheel is built for."""
    if situation.system is not System.LINUX:
        return ()
    if situation.musl:
        return (Reason(Kind.LIBC, text("resolve", "musl")),)
    if row.glibc and situation.glibc and version_tuple(situation.glibc) < version_tuple(row.glibc):
        told = text(
            "resolve", "glibc-needed", version=row.version, cuda=row.cuda, least=row.glibc, glibc=situation.glibc
        )
        return (Reason(Kind.LIBC, told),)
    return ()


def choice_reasons(line: str, cuda: str, profile: Profile, case: Case) -> tuple[Reason, ...]:
    """The profile's lines and variants, and the user's CUDA variant."""
    reasons = []
    if line not in profile.torch.prefer:
        lines = ", ".join(profile.torch.prefer)
        reasons.append(Reason(Kind.PROFILE, text("resolve", "for-torch", profile=profile.id, lines=lines)))
    if cuda not in profile.torch.cuda:
        reasons.append(
            Reason(Kind.PROFILE, text("resolve", "for-cuda", profile=profile.id, cuda=", ".join(profile.torch.cuda)))
        )
    variant = case.torch_wish[1]
    if variant and variant != cuda:
        reasons.append(Reason(Kind.WISH, text("resolve", "torch-asked", torch=case.wish.torch, variant=variant)))
    return tuple(reasons)
