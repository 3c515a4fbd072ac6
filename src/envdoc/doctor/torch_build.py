"""torch's own build: a CUDA one, and whole."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import has_gpu, judged, named, need, packages, public, torch, untold, what_why
from envdoc.doctor.picks import fit, install_command, pick, torch_command
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text
from envdoc.model.facts import Why
from envdoc.model.finding import Finding
from envdoc.model.machine import System, TorchBuild


@check(
    "torch-build",
    codes=("nothing-installed", "torch-missing", "torch-unreadable", "torch-cpu-build", "torch-rocm-build"),
    decisive=True,
)
def torch_build(case: Case) -> Outcome:
    target = case.machine.target
    judged(case)
    if target.torch.why is Why.ABSENT:
        marker = target.marker
        return found(_absent(case), unseen=[what_why("what-mark", marker)] if untold(marker) else ())
    if target.torch.why is Why.FAILED:
        return found(_unreadable(case))
    build = need(target.torch, "what-torch")
    if case.wants_gpu and has_gpu(case) and build.hip:
        return found(_without_cuda(case, build, "torch-rocm-build"))
    if build.cuda is None and case.wants_gpu and not has_gpu(case) and untold(case.machine.gpus):
        need(case.machine.gpus, text("checks", "cpu-build-gpus-not-asked", torch=build.version))
    if build.cuda is None and (_for_gpus(case) or (case.wants_gpu and has_gpu(case))):
        return found(_without_cuda(case, build, "torch-cpu-build"))
    return passed(
        text("checks", "torch-cuda", torch=build.version, cuda=build.cuda)
        if build.cuda
        else text("checks", "torch-cpu", torch=build.version)
    )


def _for_gpus(case: Case) -> bool:
    """Whether the named profile is one for GPUs, which counts without one at hand too (an image build)."""
    return case.profile is not None and case.profile.gpus is not None


def _absent(case: Case) -> Finding:
    marker = case.machine.target.marker
    if marker.value and marker.value.get("state") == "usable":
        return finding(
            "torch-missing",
            evidence=(
                text("checks", "of-profile", profile=marker.value.get("profile", "?")),
                text("checks", "environment", prefix=case.machine.target.prefix),
            ),
            commands=install_command(case),
        )
    return finding(
        "nothing-installed",
        evidence=(text("checks", "environment", prefix=case.machine.target.prefix),),
        commands=install_command(case),
    )


def _unreadable(case: Case) -> Finding:
    return finding(
        "torch-unreadable",
        evidence=(case.machine.target.torch.reason(),),
        commands=(*torch_command(case, pick(case), again=True), *install_command(case)),
    )


def _without_cuda(case: Case, build: TorchBuild, code: str) -> Finding:
    choice = pick(case)
    windows = case.machine.os.system is System.WINDOWS
    gpu = next(iter(case.machine.gpus.value or ()), None)
    which = fit(case, choice)
    return finding(
        code,
        torch=build.version,
        gpu=named(gpu) if gpu else text("torch-cpu-build", "any-gpu"),
        evidence=(
            text("torch-cpu-build", "runtime", torch=build.version, cuda=build.cuda or text("checks", "none")),
            text("torch-cpu-build", "on-windows") if windows else "",
        ),
        fix=text("torch-cpu-build", "fix-fit", fit=which) if which else text("torch-cpu-build", "fix-nothing"),
        commands=(*torch_command(case, choice), *install_command(case)),
    )


@check("torch-whole", codes=("torch-files-mixed",), beyond_listings=True)
def torch_whole(case: Case) -> Outcome:
    build, package = torch(case), packages(case).get("torch")
    if package is None:
        raise NotCheckedError(text("checks", "no-metadata"))
    if public(package.version) == public(build.version):
        return passed(text("checks", "torch-whole", version=package.version, torch=build.version))
    return found(
        finding(
            "torch-files-mixed",
            torch=build.version,
            version=package.version,
            evidence=(
                f"torch/version.py: {build.version}",
                text("torch-files-mixed", "metadata", folder=package.folder),
            ),
            commands=(*torch_command(case, pick(case), again=True), *install_command(case)),
        )
    )
