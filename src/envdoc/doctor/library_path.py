"""LD_LIBRARY_PATH: what it puts in front of the libraries that wheels bring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import in_wsl, on_linux, untold
from envdoc.doctor.words import finding, found, listed, set_variable, unset_variable
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding, Severity

_NAME = "LD_LIBRARY_PATH"
# The driver's own, which belongs in front: where it cannot be loaded, the check of cuInit says so.
_DRIVER = re.compile(r"libcuda\.so")
# What has a release of its own, apart from the CUDA toolkit's.
_APART = re.compile(r"lib(cudnn|nccl|nvshmem|torch|c10)")


@check("library-path", _NAME, codes=("library-path-shadows", "library-path-stubs"), applies=on_linux)
def library_path(case: Case) -> Outcome:
    value = case.machine.env.get(_NAME, "")
    entries = [each for each in value.split(":") if each]
    findings = [each for entry in entries for each in _shadowing(case, entry)]
    unseen = [f"{folder}: {why.reason()}" for folder, why in case.machine.library_path_unread.items()]
    if entries:
        facts: dict[str, Fact[Any]] = {
            "torch's files": case.machine.target.torch,
            "WSL": case.machine.os.wsl,
            "CUDA toolkits": case.machine.toolkits.found,
        }
        unseen += [f"{what}: {fact.reason()}" for what, fact in facts.items() if untold(fact)]
    return found(*findings, seen=value or "not set", unseen=unseen)


def _shadowing(case: Case, entry: str) -> Iterator[Finding]:
    parts = entry.rstrip("/").split("/")
    if "stubs" in parts:
        yield _on_path(
            case, "library-path-stubs", Severity.ERROR, entry, "a stub of libcuda that only serves linking"
        )
        return
    if in_wsl(case) and entry.rstrip("/").startswith(("/usr/lib/x86_64", "/lib/x86_64")):
        what = "Linux driver libraries, which WSL must not use (Windows' own are in /usr/lib/wsl/lib)"
        yield _on_path(case, "library-path-shadows", Severity.WARNING, entry, what)
        return
    build = case.machine.target.torch.value
    if build is None or build.cuda is None or "compat" in parts or _inside(case, entry):
        return
    what = _foreign(case, build.cuda, entry)
    if what:
        yield _on_path(case, "library-path-shadows", Severity.WARNING, entry, what)


def _inside(case: Case, entry: str) -> bool:
    """Whether the folder belongs to the judged environment: what it holds was installed with torch."""
    prefix = case.machine.target.prefix.rstrip("/")
    return bool(prefix) and prefix != "/usr" and f"{entry.rstrip('/')}/".startswith(f"{prefix}/")


def _foreign(case: Case, cuda: str, entry: str) -> str:
    """What the folder puts before torch's own libraries; "" for nothing that differs, as far as can be told."""
    there = [name for name in case.machine.library_path.get(entry, ()) if not _DRIVER.match(name)]
    apart = [name for name in there if _APART.match(name)]
    release = _release_of(case, entry)
    if release and release != cuda:
        return f"libraries of CUDA {release} in front of torch's own ({cuda})"
    if apart:
        return f"other libraries in front of torch's own: {listed(apart[:4])}"
    if there and not release:
        return f"libraries of an unknown CUDA release in front of torch's own ({cuda}): {listed(there[:4])}"
    return "other cuDNN, NCCL or TensorRT libraries" if _named_so(entry) else ""


def _named_so(entry: str) -> bool:
    return any(word in entry.lower() for word in ("cudnn", "nccl", "tensorrt"))


def _release_of(case: Case, entry: str) -> str:
    """The CUDA release whose libraries a folder holds, as far as paths tell; "" for none."""
    for toolkit in case.machine.toolkits.found.value or ():
        if entry == toolkit.root or entry.startswith(toolkit.root.rstrip("/") + "/"):
            return toolkit.release
    match = re.search(r"/cuda-(\d+\.\d+)(/|$)", entry)
    return match[1] if match else ""


def _on_path(case: Case, code: str, severity: Severity, entry: str, what: str) -> Finding:
    kept = ":".join(e for e in case.machine.env.get(_NAME, "").split(":") if e and e != entry)
    commands = set_variable(_NAME, kept, windows=False) if kept else unset_variable(_NAME, windows=False)
    there = case.machine.library_path.get(entry, ())
    return finding(
        severity,
        code,
        f"LD_LIBRARY_PATH puts {what}",
        evidence=(f"entry: {entry}", f"in it: {', '.join(there[:6])}" if there else ""),
        fix="Take the entry off; torch's wheels find their own libraries",
        commands=commands,
    )
