"""Package versions by the tables: bitsandbytes for torch's CUDA, xformers and flash-attn for the torch in use."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import install, tables
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.cuda import cuda_of
from envdoc.model.finding import Command, Remediation
from envdoc.model.machine import System
from envdoc.rules import bitsandbytes as rule
from envdoc.rules.commands import PYTORCH


def bitsandbytes(match: Match, case: Case) -> Remediation | None:
    """The newest range of bitsandbytes whose wheels carry a library for the CUDA of torch, bad releases left out."""
    known = case.known
    cuda = (
        match.captured.get("cuda", "")
        or (cuda_of(known.torch_cuda) if known.torch_cuda.startswith("cu") else "")
        or ""
    )
    if not cuda:
        return None
    wanted = rule.best(cuda, tables(case), python=known.python)
    if not wanted:
        return Remediation(
            text("diagnose", "no-bitsandbytes", cuda=cuda),
            (Command("envdoc facts bitsandbytes"),),
        )
    return Remediation(
        text("diagnose", "bitsandbytes", cuda=cuda, least=wanted),
        install(case, [f"bitsandbytes{wanted}"], "--upgrade", "--no-deps"),
    )


def xformers(match: Match, case: Case) -> Remediation | None:
    """The xformers that was built for the torch in use; where that became a CPU build, the CUDA build again."""
    installed = match.captured.get("torch", "") or case.known.torch
    torch, _, tag = installed.partition("+")
    if tag == "cpu":
        return _cuda_again(match.captured.get("built_torch", ""), case)
    row = tables(case).companion(torch) if torch else None
    if row is None or not row.xformers:
        return None
    tag = tag or case.known.torch_cuda
    index = ("--index-url", f"{PYTORCH}/{tag}") if tag.startswith("cu") else ()
    return Remediation(
        text("diagnose", "xformers", torch=torch, version=row.xformers[-1]),
        install(case, [f"xformers=={row.xformers[-1]}"], "--no-deps", *index),
    )


def _cuda_again(built: str, case: Case) -> Remediation | None:
    torch, _, tag = built.partition("+")
    row = tables(case).companion(torch) if tag.startswith("cu") else None
    if row is None:
        return None
    packages = (f"torch=={torch}+{tag}", f"torchvision=={row.torchvision}+{tag}")
    return Remediation(
        text("diagnose", "cuda-again", built=built),
        install(case, packages, "--index-url", f"{PYTORCH}/{tag}"),
    )


def flash_attn(match: Match, case: Case) -> Remediation | None:
    """The name that the right flash-attn wheel has, where torch and Python are known."""
    known = case.known
    told = match.captured
    torch = ".".join((told.get("torch", "") or known.torch).split(".")[:2])
    tag = known.torch_cuda
    if not torch or not known.python:
        return None
    cuda = f"cu{tag[2:4]}" if tag.startswith("cu") else "cu12"
    cp = "cp" + known.python.replace(".", "")
    return Remediation(
        text("diagnose", "flash-attn", cuda=cuda, torch=torch, python=cp),
        (
            Command("python -m pip uninstall -y flash-attn"),
            Command(
                'python -c "import torch; print(torch.__version__, torch.version.cuda, '
                'torch._C._GLIBCXX_USE_CXX11_ABI)"'
            ),
        ),
    )


def triton_windows(_match: Match, case: Case) -> Remediation | None:
    """The triton-windows that belongs to the torch in use."""
    row = tables(case).companion(case.known.torch) if case.known.torch else None
    if row is None or not row.triton_windows:
        return None
    return Remediation(
        text("diagnose", "triton-windows", torch=case.known.torch),
        install(case, [f"triton-windows{row.triton_windows}"], "--upgrade"),
    )


def triton(match: Match, case: Case) -> Remediation | None:
    """The triton that belongs to the torch in use; on Windows triton-windows."""
    if case.known.system is System.WINDOWS:
        return triton_windows(match, case)
    row = tables(case).companion(case.known.torch) if case.known.torch else None
    if row is None or not row.triton:
        return None
    told = text("diagnose", "triton-for-torch", torch=case.known.torch)
    return Remediation(told, install(case, [f"triton=={row.triton}"]))


CHOOSERS = {
    "triton": triton,
    "bitsandbytes": bitsandbytes,
    "xformers": xformers,
    "flash-attn": flash_attn,
    "triton-windows": triton_windows,
}
