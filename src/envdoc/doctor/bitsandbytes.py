"""bitsandbytes: the real one, with a library for torch's CUDA and code for the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import (
    capability,
    named,
    need,
    on_windows,
    package,
    packages,
    torch,
    visible_gpus,
    whole_packages,
)
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.words import found, passed, unset_variable
from envdoc.findings import finding, text
from envdoc.knowledge.rows import BitsandbytesRow
from envdoc.model.finding import Command, Finding, Severity
from envdoc.rules import bitsandbytes as rule
from envdoc.rules.coverage import covers
from envdoc.rules.torch_file import public


@check("bitsandbytes-real", codes=("bitsandbytes-foreign",))
def bitsandbytes_real(case: Case) -> Outcome:
    installed = packages(case)
    strangers = [name for name in installed if name.startswith(("bitsandbytes-windows", "bitsandbytes-cuda"))]
    if not strangers:
        whole_packages(case)
        return passed(text("checks", "no-look-alike"))
    return found(
        finding(
            "bitsandbytes-foreign",
            strangers=", ".join(strangers),
            evidence=tuple(
                text("checks", "installed", name=name, version=installed[name].version) for name in strangers
            ),
            commands=(*uninstall_command(case, *strangers, "bitsandbytes"), *_upgrade(case)),
        )
    )


def _upgrade(case: Case) -> tuple[Command, ...]:
    """Install the newest release that has a library for torch's CUDA (without a CUDA torch: the newest)."""
    build = case.machine.target.torch.value
    best = _best(case, build.cuda) if build and build.cuda else ""
    return pip_command(case, f"bitsandbytes{best}", options=("--no-deps",))


@check(
    "bitsandbytes-binary",
    codes=("bitsandbytes-no-binary", "bitsandbytes-fallback", "bitsandbytes-avoid", "bitsandbytes-gpu-uncovered"),
    gpu=True,
)
def bitsandbytes_binary(case: Case) -> Outcome:
    installed, build = package(case, "bitsandbytes"), torch(case)
    if build.cuda is None:
        raise NotCheckedError(text("checks", "torch-is-cpu"))
    row = rule.row_of(installed.version, case.knowledge)
    if row is not None and installed.version in row.avoid:
        return found(_avoid(case, installed.version))
    libraries, source = _libraries(case, row)
    loaded = rule.loaded(libraries, build.cuda, same_major=row.same_major_fallback if row else False)
    if not loaded and row is None:
        raise NotCheckedError(
            text(
                "checks",
                "bitsandbytes-unknown",
                version=installed.version,
                cuda=build.cuda,
                libraries=", ".join(libraries) or text("checks", "none"),
            )
        )
    if not loaded:
        return found(_no_binary(case, installed.version, build.cuda, libraries, source))
    findings = [*_uncovered(case, row, loaded, installed.version)]
    if loaded != build.cuda:
        findings.append(_fallback(installed.version, build.cuda, loaded))
    return found(
        *findings,
        seen=text("checks", "bitsandbytes-library", version=installed.version, loaded=loaded, source=source),
    )


def _libraries(case: Case, row: BitsandbytesRow | None) -> tuple[tuple[str, ...], str]:
    """CUDA versions it has libraries for: by its files, else by the table."""
    extension = case.machine.target.extensions.get("bitsandbytes")
    if extension is not None:
        return extension.cuda, text("checks", "by-its-files")
    if row is None:
        raise NotCheckedError(text("checks", "bitsandbytes-unread"))
    return row.cuda, text("checks", "by-table")


def _best(case: Case, cuda: str) -> str:
    """A specifier of the newest releases in the table for this CUDA, Python and torch."""
    who, build = case.machine.target.python.value, case.machine.target.torch.value
    minor, version = who.minor if who else "", public(build.version) if build else ""
    return rule.best(cuda, case.knowledge, python=minor, torch=version)


def _no_binary(case: Case, version: str, cuda: str, libraries: tuple[str, ...], source: str) -> Finding:
    best = _best(case, cuda)
    told = ", ".join(libraries) or text("checks", "none")
    return finding(
        "bitsandbytes-no-binary",
        version=version,
        cuda=cuda,
        evidence=(
            text("bitsandbytes-no-binary", "libraries", told=told, source=source),
            text("checks", "torch-runtime", cuda=cuda),
        ),
        fix=text("bitsandbytes-no-binary", "fix", best=best) if best else text("bitsandbytes-no-binary", "fix-none"),
        commands=pip_command(case, f"bitsandbytes{best}", options=("--no-deps",)) if best else (),
    )


def _fallback(version: str, cuda: str, loaded: str) -> Finding:
    return finding(
        "bitsandbytes-fallback",
        version=version,
        cuda=cuda,
        loaded=loaded,
        evidence=(
            text("checks", "torch-runtime", cuda=cuda),
            text("bitsandbytes-fallback", "library", loaded=loaded),
        ),
    )


def _avoid(case: Case, version: str) -> Finding:
    return finding(
        "bitsandbytes-avoid",
        version=version,
        evidence=(text("bitsandbytes-avoid", "installed", version=version),),
        commands=_upgrade(case),
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
                "bitsandbytes-gpu-uncovered",
                version=version,
                loaded=loaded,
                gpu=named(gpu),
                has=has,
                evidence=(text("bitsandbytes-gpu-uncovered", "built", built=", ".join(built)),),
            )


@check("bitsandbytes-override", codes=("bnb-cuda-version-set",), beyond_listings=True)
def bitsandbytes_override(case: Case) -> Outcome:
    value = case.machine.env.get("BNB_CUDA_VERSION")
    if value is None:
        return passed(text("checks", "not-set"))
    build = need(case.machine.target.torch, "what-torch")
    right = (build.cuda or "").replace(".", "")
    if value == right:
        return passed(text("checks", "as-torch", value=value))
    return found(
        finding(
            "bnb-cuda-version-set",
            severity=Severity.WARNING if value.isdigit() else Severity.ERROR,
            value=repr(value),
            cuda=build.cuda,
            evidence=(f"BNB_CUDA_VERSION={value!r}", text("checks", "torch-runtime", cuda=build.cuda)),
            commands=unset_variable("BNB_CUDA_VERSION", windows=on_windows(case)),
        )
    )
