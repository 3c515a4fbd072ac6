"""What must belong to one torch: torchvision, torchaudio, triton, xformers."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import on_windows, packages, public, torch
from envdoc.doctor.picks import install_command, pick, pip_command, torch_command
from envdoc.doctor.words import found
from envdoc.findings import finding, text
from envdoc.knowledge.rows import CompanionRow
from envdoc.model.cuda import tag_of
from envdoc.model.finding import Finding
from envdoc.model.machine import Package, TorchBuild
from envdoc.rules import torch_file
from envdoc.rules.commands import PYTORCH
from envdoc.rules.requirements import parse, satisfies

NAMES = ("torchvision", "torchaudio", "triton", "triton-windows", "xformers")


@check(
    "torch-companions",
    codes=("torch-companion-mismatch", "torch-variants-mixed", "torch-companion-unreleased"),
)
def torch_companions(case: Case) -> Outcome:
    build, installed = torch(case), packages(case)
    row = case.knowledge.companion(public(build.version))
    present = [installed[name] for name in NAMES if name in installed]
    findings = [each for package in present for each in _judged(case, build, package, row)]
    seen = ", ".join(f"{package.name} {package.version}" for package in present)
    return found(*findings, seen=seen or text("checks", "none-installed"))


def _judged(case: Case, build: TorchBuild, package: Package, row: CompanionRow | None) -> Iterator[Finding]:
    wanted = _wanted(package.name, row)
    why = _why_not(case, build, package, wanted)
    extension = case.machine.target.extensions.get(package.name)
    version = extension.version if extension else package.version  # files tell the variant where metadata does not
    if why:
        yield _mismatch(case, build, package, why, wanted)
    elif wanted == () and package.name == "torchaudio":
        yield _unreleased(build, package)
    elif _other_variant(version, build.version):
        yield _variants(case, build, package.name, version)


def _other_variant(version: str, torch_version: str) -> bool:
    """Whether both name a CUDA variant, and not the same. A git hash (a container's, one's own build) is none."""
    one, other = torch_file.variant(version), torch_file.variant(torch_version)
    return bool(one and other) and one != other


def _why_not(case: Case, build: TorchBuild, package: Package, wanted: tuple[str, ...] | None) -> str:
    """Why a companion does not belong: torch's own bound, the companion's, else the table; "" where it does."""
    own, pin = _torch_s_pin(case, package.name), pin_on_torch(package)
    if own and not satisfies(package.version, own):
        return text("torch-companion-mismatch", "torch-requires", torch=build.version, package=package.name, own=own)
    if pin and not satisfies(build.version, pin):
        return text(
            "torch-companion-mismatch", "requires-torch", package=package.name, version=package.version, pin=pin
        )
    own_build = torch_file.from_source(build.version) or torch_file.from_source(package.version)
    if not own and not pin and wanted and not own_build and not _is(package, wanted):
        return text(
            "torch-companion-mismatch",
            "goes-with",
            torch=public(build.version),
            package=package.name,
            wanted=wanted[0],
        )
    return ""


def pin_on_torch(package: Package) -> str:
    """The package's own exact bound on torch ("==2.8.0"), "" where it has none."""
    for line in package.requires:
        wanted = parse(line)
        if wanted and wanted.name == "torch" and "==" in wanted.versions:
            return wanted.versions
    return ""


def _torch_s_pin(case: Case, name: str) -> str:
    """torch's own exact bound on a companion (triton on Linux), "" where it has none."""
    torch_package = packages(case).get("torch")
    for line in torch_package.requires if torch_package else ():
        wanted = parse(line)
        if wanted and wanted.name == name:
            return wanted.versions
    return ""


def _wanted(name: str, row: CompanionRow | None) -> tuple[str, ...] | None:
    """What the table gives for this torch: versions or ranges, () for "there is none", None unknown."""
    if row is None:
        return None
    if name == "xformers":
        return row.xformers or None
    told = {
        "torchvision": row.torchvision,
        "torchaudio": row.torchaudio,
        "triton": row.triton,
        "triton-windows": row.triton_windows,
    }[name]
    if not told:
        return () if name == "torchaudio" else None
    return (told,)


def _is(package: Package, wanted: tuple[str, ...]) -> bool:
    return any(satisfies(package.version, each if each[0] in "<>=!~" else f"=={each}") for each in wanted)


def _mismatch(case: Case, build: TorchBuild, package: Package, why: str, wanted: tuple[str, ...] | None) -> Finding:
    commands = install_command(case)
    if wanted and package.name in ("torchvision", "torchaudio"):
        tag = torch_file.variant(build.version) or tag_of(build.cuda)
        options = ("--no-deps", "--index-url", f"{PYTORCH}/{tag}")
        commands = pip_command(case, f"{package.name}=={wanted[0]}+{tag}", options=options)
    elif wanted:
        best = wanted[-1]
        exact = f"{package.name}{best}" if best[0] in "<>=!~" else f"{package.name}=={best}"
        commands = pip_command(case, exact, options=("--no-deps",))
    return finding(
        "torch-companion-mismatch",
        package=package.name,
        version=package.version,
        torch=public(build.version),
        evidence=(why, text("checks", "torch-installed", torch=build.version)),
        commands=commands,
    )


def _unreleased(build: TorchBuild, package: Package) -> Finding:
    return finding(
        "torch-companion-unreleased",
        package=package.name,
        torch=public(build.version),
        version=package.version,
        evidence=(
            text("checks", "package-installed", package=package.name, version=package.version),
            text("checks", "torch-installed", torch=build.version),
        ),
    )


def _variants(case: Case, build: TorchBuild, name: str, version: str) -> Finding:
    choice = pick(case)
    where = text("torch-variants-mixed", "on-windows") if on_windows(case) else ""
    return finding(
        "torch-variants-mixed",
        name=name,
        version=version,
        torch=build.version,
        evidence=(
            f"torch: {torch_file.variant(build.version)}",
            f"{name}: {torch_file.variant(version)}",
            text("torch-variants-mixed", "bounds"),
            where,
        ),
        commands=(*torch_command(case, choice), *install_command(case)),
    )
