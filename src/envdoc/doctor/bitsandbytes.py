"""bitsandbytes: the real one, with a library for torch's CUDA and code for the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capability, named, need, on_windows, package, packages, torch, visible_gpus
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.words import finding, found, passed, unset_variable
from envdoc.knowledge.rows import BitsandbytesRow
from envdoc.model.finding import Command, Finding, Severity
from envdoc.rules import bitsandbytes as rule
from envdoc.rules.coverage import covers
from envdoc.rules.torch_file import public

_INSTALL = "https://huggingface.co/docs/bitsandbytes/main/en/installation"


@check("bitsandbytes-real", "bitsandbytes is the real one", codes=("bitsandbytes-foreign",))
def bitsandbytes_real(case: Case) -> Outcome:
    installed = packages(case)
    strangers = [name for name in installed if name.startswith(("bitsandbytes-windows", "bitsandbytes-cuda"))]
    if not strangers:
        return passed("no look-alike is installed")
    return found(
        finding(
            Severity.ERROR,
            "bitsandbytes-foreign",
            f"{', '.join(strangers)} is an abandoned copy of 2023 and overwrites bitsandbytes",
            evidence=tuple(f"installed: {name} {installed[name].version}" for name in strangers),
            fix="Remove it and install bitsandbytes, which has Windows wheels of its own",
            commands=(*uninstall_command(case, *strangers, "bitsandbytes"), *_upgrade(case)),
            links=(_INSTALL,),
        )
    )


def _upgrade(case: Case) -> tuple[Command, ...]:
    """Install the newest release that has a library for torch's CUDA (without a CUDA torch: the newest)."""
    build = case.machine.target.torch.value
    best = _best(case, build.cuda) if build and build.cuda else ""
    return pip_command(case, f"bitsandbytes{best}", options=("--no-deps",))


@check(
    "bitsandbytes-binary",
    "bitsandbytes has a library for this CUDA",
    codes=("bitsandbytes-no-binary", "bitsandbytes-fallback", "bitsandbytes-avoid", "bitsandbytes-gpu-uncovered"),
    gpu=True,
)
def bitsandbytes_binary(case: Case) -> Outcome:
    installed, build = package(case, "bitsandbytes"), torch(case)
    if build.cuda is None:
        raise NotCheckedError("torch is a CPU build")
    row = rule.row_of(installed.version, case.knowledge)
    if row is not None and installed.version in row.avoid:
        return found(_avoid(case, installed.version))
    libraries, source = _libraries(case, row)
    loaded = rule.loaded(libraries, build.cuda, same_major=row.same_major_fallback if row else False)
    if not loaded and row is None:
        raise NotCheckedError(
            f"the table does not know bitsandbytes {installed.version}, nor what it loads for CUDA {build.cuda} "
            f"(libraries for {', '.join(libraries) or 'none'})"
        )
    if not loaded:
        return found(_no_binary(case, installed.version, build.cuda, libraries, source))
    findings = [*_uncovered(case, row, loaded, installed.version)]
    if loaded != build.cuda:
        findings.append(_fallback(installed.version, build.cuda, loaded))
    return found(*findings, seen=f"{installed.version}, library for CUDA {loaded} ({source})")


def _libraries(case: Case, row: BitsandbytesRow | None) -> tuple[tuple[str, ...], str]:
    """CUDA versions it has libraries for: by its files, else by the table."""
    extension = case.machine.target.extensions.get("bitsandbytes")
    if extension is not None:
        return extension.cuda, "by its files"
    if row is None:
        raise NotCheckedError("its files were not read and the table has no such release")
    return row.cuda, "by the table"


def _best(case: Case, cuda: str) -> str:
    """A specifier of the newest releases in the table for this CUDA, Python and torch."""
    who, build = case.machine.target.python.value, case.machine.target.torch.value
    minor, version = who.minor if who else "", public(build.version) if build else ""
    return rule.best(cuda, case.knowledge, python=minor, torch=version)


def _no_binary(case: Case, version: str, cuda: str, libraries: tuple[str, ...], source: str) -> Finding:
    best = _best(case, cuda)
    told = ", ".join(libraries) or "none"
    return finding(
        Severity.ERROR,
        "bitsandbytes-no-binary",
        f"bitsandbytes {version} has no library for CUDA runtime {cuda}",
        evidence=(f"libraries for CUDA {told} ({source})", f"torch's CUDA runtime: {cuda}"),
        fix=f"Install bitsandbytes {best}" if best else "No release in the table has a library for this CUDA",
        commands=pip_command(case, f"bitsandbytes{best}", options=("--no-deps",)) if best else (),
        links=(_INSTALL,),
    )


def _fallback(version: str, cuda: str, loaded: str) -> Finding:
    return finding(
        Severity.INFO,
        "bitsandbytes-fallback",
        f"bitsandbytes {version} has no library for CUDA {cuda} and loads the one for {loaded}: this is harmless",
        evidence=(f"torch's CUDA runtime: {cuda}", f"library: {loaded}"),
        links=(_INSTALL,),
    )


def _avoid(case: Case, version: str) -> Finding:
    return finding(
        Severity.WARNING,
        "bitsandbytes-avoid",
        f"bitsandbytes {version} is known to be faulty",
        evidence=(f"installed: bitsandbytes {version}",),
        fix="Install another release",
        commands=_upgrade(case),
        links=(_INSTALL,),
    )


def _uncovered(case: Case, row: BitsandbytesRow | None, loaded: str, version: str) -> Iterator[Finding]:
    os = case.machine.os
    built = row.sm.get(f"{os.system.value}-{os.arch}-{loaded}") if row else None
    if not built:
        return
    for gpu in visible_gpus(case):
        has = capability(case, gpu)
        if has and not covers(built, has):
            yield finding(
                Severity.ERROR,
                "bitsandbytes-gpu-uncovered",
                f"bitsandbytes {version}'s library for CUDA {loaded} has no code for {named(gpu)} ({has})",
                evidence=(f"compute capabilities in it: {', '.join(built)}",),
                fix="Use 16-bit LoRA instead of 4-bit or 8-bit on this GPU, or torch with another CUDA variant",
                links=(_INSTALL,),
            )


@check("bitsandbytes-override", "BNB_CUDA_VERSION", codes=("bnb-cuda-version-set",))
def bitsandbytes_override(case: Case) -> Outcome:
    value = case.machine.env.get("BNB_CUDA_VERSION")
    if value is None:
        return passed("not set")
    build = need(case.machine.target.torch, "torch's files")
    right = (build.cuda or "").replace(".", "")
    if value == right:
        return passed(f"{value}, as torch's")
    return found(
        finding(
            Severity.WARNING if value.isdigit() else Severity.ERROR,
            "bnb-cuda-version-set",
            f"BNB_CUDA_VERSION={value!r} makes bitsandbytes load a library other than torch's CUDA {build.cuda}",
            evidence=(f"BNB_CUDA_VERSION={value!r}", f"torch's CUDA runtime: {build.cuda}"),
            fix="Remove the variable; a current bitsandbytes chooses rightly by itself",
            commands=unset_variable("BNB_CUDA_VERSION", windows=on_windows(case)),
            links=(_INSTALL,),
        )
    )
