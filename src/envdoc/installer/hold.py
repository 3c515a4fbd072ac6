"""torch's CUDA build is held: after each step the installed torch must still be the one that the plan pins."""

from __future__ import annotations

import re

from envdoc.findings import finding
from envdoc.installer.dists import same_version, torch_cuda, versions
from envdoc.installer.folder import Folder
from envdoc.model.cuda import cuda_of
from envdoc.model.finding import Finding
from envdoc.model.plan import InstallPackages, Plan
from envdoc.rules.quoting import command, own_system
from envdoc.rules.requirements import pins


def torch_pin(plan: Plan) -> str:
    """The torch version that the plan pins, "" for a plan without torch."""
    for step in plan.steps:
        if isinstance(step, InstallPackages):
            found = pins((*step.constraints, *step.requirements)).get("torch", "")
            if found:
                return found
    return ""


def cuda_tag(version: str) -> str:
    """`cu128` of `2.7.1+cu128`, `cpu` of `2.7.1+cpu`; "" where the version does not say."""
    found = re.search(r"\+(cu\d+|cpu)\b", version)
    return found[1] if found else ""


def torch_replaced(step: InstallPackages, folder: Folder) -> tuple[Finding, ...]:
    """Whether the step changed torch: its metadata, or the CUDA runtime version that its own files name."""
    wanted = pins((*step.constraints, *step.requirements)).get("torch", "")
    found = versions(folder.site_packages).get("torch", "")
    if not wanted or not found:
        return ()
    seen = []
    if not same_version(wanted, found):
        seen.append(f"torch: wanted {wanted}, found {found}")
    cuda = torch_cuda(folder.site_packages)
    tag = cuda_tag(wanted)
    if tag and cuda is not None and cuda != (cuda_of(tag) or ""):
        seen.append(f"torch/version.py: CUDA runtime version {cuda or 'none'}, wanted {cuda_of(tag) or 'none'}")
    if not seen:
        return ()
    return (
        finding(
            "torch-replaced",
            step=step.id,
            evidence=seen,
            commands=command("envdoc", "install", "--env", str(folder.root), system=own_system()),
        ),
    )
