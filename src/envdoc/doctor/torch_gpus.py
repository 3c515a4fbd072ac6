"""Whether torch's build has code for each GPU."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capability, has_gpu, named, torch, visible_gpus
from envdoc.doctor.picks import fit, install_command, pick, profile_id, torch_command
from envdoc.doctor.words import found, listed, passed, set_variable
from envdoc.findings import finding, text
from envdoc.model.cuda import arch_of, tag_of, version_tuple
from envdoc.model.finding import Finding
from envdoc.model.machine import Gpu, System, TorchBuild
from envdoc.rules.coverage import by_ptx, covers
from envdoc.rules.torch_file import from_source
from envdoc.rules.torch_rows import row_here

_CODE = "gpu-not-in-torch-build"


@check("torch-covers-gpus", codes=("gpu-not-in-torch-build",), gpu=True)
def torch_covers_gpus(case: Case) -> Outcome:
    build = torch(case)
    if build.cuda is None:
        raise NotCheckedError(text("checks", "torch-is-cpu"))
    arches, source = _arch_list(case, build)
    if not has_gpu(case) and case.profile is not None and case.profile.gpus is not None:
        return _judged_by_profile(case, build, arches, source)
    unknown = [named(gpu) for gpu in visible_gpus(case) if not capability(case, gpu)]
    if unknown:
        raise BlindError(text("checks", "capability-unknown", unknown=listed(unknown)))
    outside = [gpu for gpu in visible_gpus(case) if not _runs(arches, capability(case, gpu))]
    told = text("checks", "by-source", told=" ".join(arches), source=source)
    return found(*([_outside(case, build, outside, told)] if outside else []), seen=told)


def _runs(arches: tuple[str, ...], capability: str) -> bool:
    """Whether a build runs on a GPU: by its code, or by its PTX, which the driver compiles at the first use."""
    return covers(arches, capability) or by_ptx(arches, capability)


def _judged_by_profile(case: Case, build: TorchBuild, arches: tuple[str, ...], source: str) -> Outcome:
    """Without a GPU at hand, the profile's own bounds stand for those it will run on."""
    bounds = case.profile.gpus if case.profile else None
    wanted = sorted({bounds.min, bounds.max}, key=version_tuple) if bounds else []
    lacking = [each for each in wanted if not _runs(arches, each)]
    told = text("checks", "by-source", told=" ".join(arches), source=source)
    if not lacking:
        return passed(text("checks", "judged-by-profile", told=told))
    choice = pick(case)
    return found(
        finding(
            "gpu-not-in-torch-build",
            summary=text(
                _CODE,
                "of-profile",
                torch=build.version,
                profile=profile_id(case),
                names=listed(map(arch_of, lacking)),
            ),
            evidence=(
                text("gpu-not-in-torch-build", "arches", told=told),
                text("gpu-not-in-torch-build", "runtime", cuda=build.cuda),
            ),
            fix=text("gpu-not-in-torch-build", "fix-fit", fit=fit(case, choice))
            if choice
            else text("gpu-not-in-torch-build", "fix-profile"),
            commands=(*torch_command(case, choice), *install_command(case)),
        )
    )


def _arch_list(case: Case, build: TorchBuild) -> tuple[tuple[str, ...], str]:
    """The build's real list; where its files do not tell, the table's for that release, system and variant."""
    if build.arch_list.value is not None:
        return build.arch_list.value, text("checks", "read-from-files")
    row = row_here(build.version, tag_of(build.cuda), case.machine.os, case.knowledge)
    if row is not None and not from_source(build.version):
        return tuple(arch_of(each) for each in row.sm), text("checks", "by-table")
    raise BlindError(text("checks", "arches-why", torch=build.version, why=build.arch_list.reason()))


def _outside(case: Case, build: TorchBuild, outside: list[Gpu], told: str) -> Finding:
    names = listed(f"{named(gpu)}, {arch_of(capability(case, gpu))}" for gpu in outside)
    choice = pick(case)
    commands = (*torch_command(case, choice), *install_command(case))
    if choice is None or choice.left_out:  # no build serves all of them: the one in place does for those it serves
        staying = [str(gpu.index) for gpu in visible_gpus(case) if gpu not in outside]
        fix = (fit(case, None) if choice is None else "") or text(_CODE, "fix-none")
        if staying:
            fix = text(_CODE, "fix-hide", fix=fix, staying=", ".join(staying))
            commands = set_variable(
                "CUDA_VISIBLE_DEVICES", ",".join(staying), windows=case.machine.os.system is System.WINDOWS
            )
    else:
        fix = text("gpu-not-in-torch-build", "fix-profile-fit", fit=fit(case, choice), profile=profile_id(case))
    return finding(
        "gpu-not-in-torch-build",
        torch=build.version,
        names=names,
        evidence=(
            text("gpu-not-in-torch-build", "arches", told=told),
            text("gpu-not-in-torch-build", "runtime", cuda=build.cuda),
        ),
        fix=fix,
        commands=commands,
    )
