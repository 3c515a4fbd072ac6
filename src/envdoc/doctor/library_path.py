"""LD_LIBRARY_PATH: what it puts in front of the libraries that wheels bring."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import on_linux
from envdoc.doctor.words import finding, found, set_variable, unset_variable
from envdoc.model.finding import Finding, Severity


@check(
    "library-path",
    "LD_LIBRARY_PATH",
    codes=("library-path-shadows", "library-path-stubs"),
    applies=on_linux,
)
def library_path(case: Case) -> Outcome:
    value = case.machine.env.get("LD_LIBRARY_PATH", "")
    entries = [each for each in value.split(":") if each]
    findings = [each for entry in entries for each in _shadowing(case, entry)]
    return found(*findings, seen=value or "not set")


def _shadowing(case: Case, entry: str) -> Iterator[Finding]:
    parts = entry.rstrip("/").split("/")
    if "stubs" in parts:
        yield _on_path(
            case, "library-path-stubs", Severity.ERROR, entry, "a stub of libcuda that only serves linking"
        )
        return
    if case.machine.os.wsl.or_else(0) and entry.rstrip("/").startswith(("/usr/lib/x86_64", "/lib/x86_64")):
        what = "Linux driver libraries, which WSL must not use (Windows' own are in /usr/lib/wsl/lib)"
        yield _on_path(case, "library-path-shadows", Severity.WARNING, entry, what)
        return
    build = case.machine.target.torch.value
    if build is None or build.cuda is None or "compat" in parts:
        return
    release = _release_of(case, entry)
    if release and release != build.cuda:
        what = f"libraries of CUDA {release} in front of torch's own ({build.cuda})"
        yield _on_path(case, "library-path-shadows", Severity.WARNING, entry, what)
    elif any(word in entry.lower() for word in ("cudnn", "nccl", "tensorrt")):
        yield _on_path(
            case, "library-path-shadows", Severity.WARNING, entry, "other cuDNN, NCCL or TensorRT libraries"
        )


def _release_of(case: Case, entry: str) -> str:
    """The CUDA release whose libraries a folder holds, as far as paths tell; "" for none."""
    for toolkit in case.machine.toolkits.found.or_else(()):
        if entry == toolkit.root or entry.startswith(toolkit.root.rstrip("/") + "/"):
            return toolkit.release
    match = re.search(r"/cuda-(\d+\.\d+)(/|$)", entry)
    return match[1] if match else ""


def _on_path(case: Case, code: str, severity: Severity, entry: str, what: str) -> Finding:
    kept = ":".join(e for e in case.machine.env.get("LD_LIBRARY_PATH", "").split(":") if e and e != entry)
    commands = (
        set_variable("LD_LIBRARY_PATH", kept, windows=False)
        if kept
        else unset_variable("LD_LIBRARY_PATH", windows=False)
    )
    return finding(
        severity,
        code,
        f"LD_LIBRARY_PATH puts {what}",
        evidence=(f"entry: {entry}",),
        fix="Take the entry off; torch's wheels find their own libraries",
        commands=commands,
    )
