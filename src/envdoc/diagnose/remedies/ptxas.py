"""Triton's own ptxas is older than the GPU: another torch, or the ptxas of a newer toolkit where torch covers it."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.remedies.torch import fitting_torch
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command, Remediation, Shell
from envdoc.model.machine import System
from envdoc.rules.coverage import covers
from envdoc.rules.torch_rows import row_of

_BLACKWELL = (10, 0)  # from here on Triton reads TRITON_PTXAS_BLACKWELL_PATH first


def ptxas_or_torch(match: Match, case: Case) -> Remediation | None:
    """Where the torch of the log has code for the GPU, a newer torch is no remedy: Triton's ptxas is."""
    if not _covered(case):
        return fitting_torch(match, case)
    if case.known.system is System.WINDOWS:
        return Remediation(text("diagnose", "newer-triton"), (Command("python -m pip install -U triton-windows"),))
    return Remediation(text("diagnose", "newer-ptxas"), _variables(case))


def _covered(case: Case) -> bool:
    known = case.known
    row = row_of(known.torch, known.torch_cuda, known.system, known.arch, tables(case)) if known.torch else None
    return row is not None and bool(known.capabilities) and all(covers(row.sm, each) for each in known.capabilities)


def _variables(case: Case) -> tuple[Command, ...]:
    names = ["TRITON_PTXAS_PATH"]
    if any(version_tuple(each) >= _BLACKWELL for each in case.known.capabilities):
        names.append("TRITON_PTXAS_BLACKWELL_PATH")
    return tuple(Command(f"export {name}=/usr/local/cuda/bin/ptxas", Shell.BASH) for name in names)


CHOOSERS = {"ptxas-or-torch": ptxas_or_torch}
