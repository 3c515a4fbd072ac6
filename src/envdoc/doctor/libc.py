"""The C library: one that torch has wheels for, and new enough."""

from __future__ import annotations

import re

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_linux, public, untold
from envdoc.doctor.words import finding, found, passed
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.rules.torch_rows import row_here


@check("c-library", "C library is new enough for torch", codes=("glibc-too-old", "musl"), applies=on_linux)
def c_library(case: Case) -> Outcome:
    libc = need(case.machine.os.libc, "C library")
    if libc.startswith("musl"):
        return found(
            _libc("musl", f"This system has {libc}: torch has no wheels for it", "a glibc system (Debian)", libc)
        )
    if not libc.startswith("glibc "):
        raise NotCheckedError(f"{libc} is unknown")
    least, who = _glibc_needed(case)
    if not least or version_tuple(libc.removeprefix("glibc ")) >= version_tuple(least):
        return passed(f"{libc}, {who} needs {least or 'any'}")
    summary = f"{libc} is too old for {who}, which needs glibc {least}"
    return found(_libc("glibc-too-old", summary, f"a system with glibc {least} or newer, or an older torch", libc))


def _glibc_needed(case: Case) -> tuple[str, str]:
    """The least glibc of the torch that is installed, or that the profile would bring."""
    os, build, profile = case.machine.os, case.machine.target.torch.value, case.profile
    if untold(case.machine.target.torch):
        need(case.machine.target.torch, "torch's files")
    tag = re.search(r"manylinux_(\d+)_(\d+)", _torch_tag(case))
    if build is not None and tag:
        return f"{tag[1]}.{tag[2]}", f"torch {public(build.version)}"
    if build is not None:
        line, cuda = ".".join(public(build.version).split(".")[:2]), tag_of(build.cuda)
    elif profile is not None:
        line, cuda = profile.torch.prefer[0], profile.torch.cuda[0]
    else:
        raise NotCheckedError("torch is not installed and no profile is named")
    row = row_here(line, cuda, os, case.knowledge)
    if row is not None:
        return row.glibc, f"torch {line}"
    raise NotCheckedError(f"the table has no torch {line} {cuda}")


def _torch_tag(case: Case) -> str:
    """The wheel tag that torch was installed by ("cp312-cp312-manylinux_2_28_x86_64"), "" where not known."""
    return next((each.tag for each in (case.machine.target.packages.value or ()) if each.name == "torch"), "")


def _libc(code: str, summary: str, wanted: str, libc: str) -> Finding:
    return finding(
        Severity.ERROR,
        code,
        summary,
        evidence=(f"C library: {libc}",),
        fix=f"Use {wanted}; a container image is the shortest way",
    )
