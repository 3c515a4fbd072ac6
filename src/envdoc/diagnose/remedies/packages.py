"""Package versions by the tables: bitsandbytes for torch's CUDA, xformers and flash-attn for the torch in use."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.knowledge.rows import BitsandbytesRow
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.finding import Command, Remediation


def bitsandbytes(match: Match, case: Case) -> Remediation | None:
    """The oldest range of bitsandbytes whose wheels carry a library for the CUDA of torch, bad releases left out."""
    known = case.known
    cuda = (
        match.captured.get("cuda", "")
        or (cuda_of(known.torch_cuda) if known.torch_cuda.startswith("cu") else "")
        or ""
    )
    if not cuda:
        return None
    rows = [
        row
        for row in tables(case).bitsandbytes
        if (cuda in row.cuda or _same_major(cuda, row.cuda, row.same_major_fallback))
        and _python_fits(row, known.python)
    ]
    if not rows:
        return Remediation(
            text("diagnose", "no-bitsandbytes", cuda=cuda),
            (Command("envdoc facts bitsandbytes"),),
        )
    row = min(rows, key=lambda row: version_tuple(row.versions.lstrip(">=~ ").partition(",")[0]))
    least = row.versions.partition(",")[0].replace(" ", "")
    avoid = "".join(f",!={bad}" for each in rows for bad in each.avoid)
    return Remediation(
        text("diagnose", "bitsandbytes", cuda=cuda, least=least),
        (Command(f'python -m pip install --upgrade "bitsandbytes{least}{avoid}"'),),
    )


def _python_fits(row: BitsandbytesRow, python: str) -> bool:
    return not python or not row.python_min or version_tuple(python) >= version_tuple(row.python_min)


def _same_major(cuda: str, carried: tuple[str, ...], fallback: bool) -> bool:
    return fallback and any(each.partition(".")[0] == cuda.partition(".")[0] for each in carried)


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
    index = f" --index-url https://download.pytorch.org/whl/{tag}" if tag.startswith("cu") else ""
    return Remediation(
        text("diagnose", "xformers", torch=torch, version=row.xformers[-1]),
        (Command(f"python -m pip install xformers=={row.xformers[-1]} --no-deps{index}"),),
    )


def _cuda_again(built: str, case: Case) -> Remediation | None:
    torch, _, tag = built.partition("+")
    row = tables(case).companion(torch) if tag.startswith("cu") else None
    if row is None:
        return None
    packages = f"torch=={torch}+{tag} torchvision=={row.torchvision}+{tag}"
    return Remediation(
        text("diagnose", "cuda-again", built=built),
        (Command(f"python -m pip install {packages} --index-url https://download.pytorch.org/whl/{tag}"),),
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
        (Command(f'python -m pip install -U "triton-windows{row.triton_windows}"'),),
    )


CHOOSERS = {
    "bitsandbytes": bitsandbytes,
    "xformers": xformers,
    "flash-attn": flash_attn,
    "triton-windows": triton_windows,
}
