"""The C library: one that torch has wheels for, and new enough."""

from __future__ import annotations

import re

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_linux, public, untold
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.rules.torch_rows import row_here


@check("c-library", codes=("glibc-too-old", "musl"), applies=on_linux)
def c_library(case: Case) -> Outcome:
    libc = need(case.machine.os.libc, "what-libc")
    if libc.startswith("musl"):
        return found(finding("musl", libc=libc, evidence=(text("checks", "libc", libc=libc),)))
    if not libc.startswith("glibc "):
        raise NotCheckedError(text("checks", "libc-unknown", libc=libc))
    least, who = _glibc_needed(case)
    if not least or version_tuple(libc.removeprefix("glibc ")) >= version_tuple(least):
        return passed(text("checks", "libc-needs", libc=libc, who=who, least=least or text("checks", "any")))
    evidence = (text("checks", "libc", libc=libc),)
    return found(finding("glibc-too-old", libc=libc, who=who, least=least, evidence=evidence))


def _glibc_needed(case: Case) -> tuple[str, str]:
    """The least glibc of the torch that is installed, or that the profile would bring."""
    os, build, profile = case.machine.os, case.machine.target.torch.value, case.profile
    if untold(case.machine.target.torch):
        need(case.machine.target.torch, "what-torch")
    tag = re.search(r"manylinux_(\d+)_(\d+)", _torch_tag(case))
    if build is not None and tag:
        return f"{tag[1]}.{tag[2]}", f"torch {public(build.version)}"
    if build is not None:
        line, cuda = ".".join(public(build.version).split(".")[:2]), tag_of(build.cuda)
    elif profile is not None:
        line, cuda = profile.torch.prefer[0], profile.torch.cuda[0]
    else:
        raise NotCheckedError(text("checks", "no-torch-no-profile"))
    row = row_here(line, cuda, os, case.knowledge)
    if row is not None:
        return row.glibc, f"torch {line}"
    raise NotCheckedError(text("checks", "no-torch-row", line=line, cuda=cuda))


def _torch_tag(case: Case) -> str:
    """The wheel tag that torch was installed by ("cp312-cp312-manylinux_2_28_x86_64"), "" where not known."""
    return next((each.tag for each in (case.machine.target.packages.value or ()) if each.name == "torch"), "")
