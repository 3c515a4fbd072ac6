"""DeepSpeed: ZeRO.

On Linux an sdist that is pure Python once built: `DS_BUILD_OPS=0` keeps the build from compiling CUDA ops (they
are compiled when first used, which needs nvcc). On Windows only wheels count, and few Pythons have one: the
sdist's build there tries `async_io` and fails with `LNK1181: cannot open input file 'aio.lib'`.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import bounds_broken, pinned, stack_rows, unlocked
from envdoc.findings import text
from envdoc.knowledge.rows import StackRow
from envdoc.model.machine import System

NAME = "deepspeed"
TITLE = "DeepSpeed (ZeRO)"
PACKAGES = ("deepspeed",)
PROOFS = ("import:deepspeed",)
DOCS = "https://www.deepspeed.ai/tutorials/advanced-install/"

BUILD_ENV = {"DS_BUILD_OPS": "0"}


def candidates(context: Context) -> tuple[Candidate, ...]:
    """On Windows the wheel of the locked release, elsewhere its sdist built without CUDA ops."""
    windows = context.system is System.WINDOWS
    rows = stack_rows(context, NAME)
    judged = [_reasons(row, context) for row in rows]
    reasons: tuple[str, ...] = () if not judged or () in judged else judged[0]
    if not rows:
        locked = context.lock.get(NAME, "")
        reasons = (f"the tables know nothing about deepspeed {locked}".rstrip(),)
    why = text("resolve", "wheel-for-python") if windows else text("resolve", "no-cuda-ops")
    return (
        Candidate(
            title=f"deepspeed {context.lock.get(NAME, '')}".strip(),
            requirements=pinned(context, NAME, why=why),
            reasons=unlocked(context, NAME) + reasons,
            allow_build=() if windows else (NAME,),
            build_env={} if windows else BUILD_ENV,
        ),
    )


def _reasons(row: StackRow, context: Context) -> tuple[str, ...]:
    reasons = bounds_broken(row, context)
    if context.system is not System.WINDOWS:
        return reasons
    wheels = row.wheels_python.get("windows", ())
    if context.python in wheels:
        return reasons
    offered = f"only for Python {', '.join(wheels)}" if wheels else "for no Python"
    return (*reasons, f"deepspeed {row.version} has Windows wheels {offered}")
