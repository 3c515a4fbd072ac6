"""LD_LIBRARY_PATH: what it puts in front of the libraries that wheels bring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import in_wsl, on_linux, untold, what_why
from envdoc.doctor.words import found, listed, set_variable, unset_variable
from envdoc.findings import finding, text
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding
from envdoc.model.patterns import pattern

_NAME = "LD_LIBRARY_PATH"
# The driver's own, which belongs in front: where it cannot be loaded, the check of cuInit says so.
_DRIVER = pattern(r"libcuda\.so")
# What has a release of its own, apart from the CUDA toolkit's.
_APART = pattern(r"lib(cudnn|nccl|nvshmem|torch|c10)")


@check("library-path", codes=("library-path-shadows", "library-path-stubs"), applies=on_linux, beyond_listings=True)
def library_path(case: Case) -> Outcome:
    value = case.machine.env.get(_NAME, "")
    entries = [each for each in value.split(":") if each]
    findings = [each for entry in entries for each in _shadowing(case, entry)]
    unseen = [what_why(folder, why) for folder, why in case.machine.library_path_unread.items()]
    if entries:
        facts: dict[str, Fact[Any]] = {
            "what-torch": case.machine.target.torch,
            "WSL": case.machine.os.wsl,
            "what-toolkits": case.machine.toolkits.found,
        }
        unseen += [what_why(what, fact) for what, fact in facts.items() if untold(fact)]
    return found(*findings, seen=value or text("checks", "not-set"), unseen=unseen)


def _shadowing(case: Case, entry: str) -> Iterator[Finding]:
    parts = entry.rstrip("/").split("/")
    if "stubs" in parts:
        yield _on_path(case, "library-path-stubs", entry, "")
        return
    if in_wsl(case) and entry.rstrip("/").startswith(("/usr/lib/x86_64", "/lib/x86_64")):
        yield _on_path(case, "library-path-shadows", entry, text("library-path-shadows", "wsl"))
        return
    build = case.machine.target.torch.value
    if build is None or build.cuda is None or "compat" in parts or _inside(case, entry):
        return
    what = _foreign(case, build.cuda, entry)
    if what:
        yield _on_path(case, "library-path-shadows", entry, what)


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
        return text("library-path-shadows", "release", release=release, cuda=cuda)
    if apart:
        return text("library-path-shadows", "other", apart=listed(apart[:4]))
    if there and not release:
        return text("library-path-shadows", "unknown", cuda=cuda, there=listed(there[:4]))
    return text("library-path-shadows", "named-so") if _named_so(entry) else ""


def _named_so(entry: str) -> bool:
    return any(word in entry.lower() for word in ("cudnn", "nccl", "tensorrt"))


def _release_of(case: Case, entry: str) -> str:
    """The CUDA release whose libraries a folder holds, as far as paths tell; "" for none."""
    for toolkit in case.machine.toolkits.found.value or ():
        if entry == toolkit.root or entry.startswith(toolkit.root.rstrip("/") + "/"):
            return toolkit.release
    match = re.search(r"/cuda-(\d+\.\d+)(/|$)", entry)
    return match[1] if match else ""


def _on_path(case: Case, code: str, entry: str, what: str) -> Finding:
    kept = ":".join(e for e in case.machine.env.get(_NAME, "").split(":") if e and e != entry)
    commands = set_variable(_NAME, kept, windows=False) if kept else unset_variable(_NAME, windows=False)
    there = case.machine.library_path.get(entry, ())
    return finding(
        code,
        what=what,
        evidence=(
            text("library-path-shadows", "entry", entry=entry),
            text("library-path-shadows", "in-it", there=", ".join(there[:6])) if there else "",
        ),
        fix=text("library-path-shadows", "fix"),
        commands=commands,
    )
