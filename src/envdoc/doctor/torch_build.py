"""torch's own build: a CUDA one, and whole."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import has_gpu, judged, named, need, packages, public, torch, untold
from envdoc.doctor.picks import fit, install_command, pick, torch_command
from envdoc.doctor.words import finding, found, passed
from envdoc.model.facts import Why
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import System, TorchBuild

NOTHING_FITS = "No profile has a build for this machine as it is; `envdoc resolve` says which change opens one"
_START = "https://pytorch.org/get-started/locally/"


@check(
    "torch-build",
    "torch's build",
    codes=("nothing-installed", "torch-missing", "torch-unreadable", "torch-cpu-build", "torch-rocm-build"),
    decisive=True,
)
def torch_build(case: Case) -> Outcome:
    target = case.machine.target
    judged(case)
    if target.torch.why is Why.ABSENT:
        marker = target.marker
        return found(_absent(case), unseen=[f"envdoc's mark: {marker.reason()}"] if untold(marker) else ())
    if target.torch.why is Why.FAILED:
        return found(_unreadable(case))
    build = need(target.torch, "torch's files")
    if case.wants_gpu and has_gpu(case) and build.hip:
        return found(_without_cuda(case, build, "torch-rocm-build", f"torch {build.version} is built for AMD GPUs"))
    if build.cuda is None and case.wants_gpu and not has_gpu(case) and untold(case.machine.gpus):
        need(case.machine.gpus, f"torch {build.version} is a CPU build, and the GPUs could not be asked")
    if build.cuda is None and (_for_gpus(case) or (case.wants_gpu and has_gpu(case))):
        return found(_without_cuda(case, build, "torch-cpu-build", f"torch {build.version} is a CPU build"))
    return passed(
        f"torch {build.version}, CUDA runtime {build.cuda}" if build.cuda else f"torch {build.version}, CPU"
    )


def _for_gpus(case: Case) -> bool:
    """Whether the named profile is one for GPUs, which counts without one at hand too (an image build)."""
    return case.profile is not None and case.profile.gpus is not None


def _absent(case: Case) -> Finding:
    marker = case.machine.target.marker
    if marker.value and marker.value.get("state") == "usable":
        return finding(
            Severity.ERROR,
            "torch-missing",
            "envdoc installed torch here, and it is gone",
            evidence=(f"profile {marker.value.get('profile', '?')}", f"environment {case.machine.target.prefix}"),
            fix="Install again; only what is missing is fetched",
            commands=install_command(case),
        )
    return finding(
        Severity.INFO,
        "nothing-installed",
        "Nothing is installed yet: this environment has no torch",
        evidence=(f"environment {case.machine.target.prefix}",),
        fix="Install a profile",
        commands=install_command(case),
    )


def _unreadable(case: Case) -> Finding:
    return finding(
        Severity.ERROR,
        "torch-unreadable",
        "torch is there, but its files are not whole",
        evidence=(case.machine.target.torch.reason(),),
        fix="Install the torch stack again",
        commands=(*torch_command(case, pick(case), again=True), *install_command(case)),
    )


def _without_cuda(case: Case, build: TorchBuild, code: str, what: str) -> Finding:
    choice = pick(case)
    windows = case.machine.os.system is System.WINDOWS
    gpu = next(iter(case.machine.gpus.value or ()), None)
    which = fit(case, choice)
    return finding(
        Severity.ERROR,
        code,
        f"{what}: it cannot use {named(gpu) if gpu else 'an NVIDIA GPU'}",
        evidence=(
            f"torch {build.version}, CUDA runtime {build.cuda or 'none'}",
            "the Python package index serves only CPU builds for Windows" if windows else "",
        ),
        fix=f"Install a CUDA build; {which}" if which else NOTHING_FITS,
        commands=(*torch_command(case, choice), *install_command(case)),
        links=(_START,),
    )


@check("torch-whole", "torch is of one piece", codes=("torch-files-mixed",))
def torch_whole(case: Case) -> Outcome:
    build, package = torch(case), packages(case).get("torch")
    if package is None:
        raise NotCheckedError("torch has no metadata (a conda build, or copied files)")
    if public(package.version) == public(build.version):
        return passed(f"{package.version} by metadata, {build.version} by its files")
    return found(
        finding(
            Severity.ERROR,
            "torch-files-mixed",
            f"torch's files are of {build.version}, its metadata of {package.version}: a broken upgrade",
            evidence=(f"torch/version.py: {build.version}", f"metadata: {package.folder}"),
            fix="Install the torch stack again",
            commands=(*torch_command(case, pick(case), again=True), *install_command(case)),
        )
    )
