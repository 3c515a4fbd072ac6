"""flash-attn: built for this torch, C++ ABI, Python and GPU. What judges it is read only where it is installed."""

from __future__ import annotations

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import package

_NAME = "flash-attn"


@check("flash-attn-build", codes=("flash-attn-mismatch",))
def flash_attn_build(case: Case) -> Outcome:
    package(case, _NAME)
    from envdoc.doctor import flash_built

    return flash_built.build(case)


@check("flash-attn-gpu", codes=("flash-attn-gpu-uncovered",), gpu=True)
def flash_attn_gpu(case: Case) -> Outcome:
    package(case, _NAME)
    from envdoc.doctor import flash_built

    return flash_built.gpu(case)
