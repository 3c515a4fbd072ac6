"""flash-attn: FlashAttention 2 as a wheel that somebody built for this very torch, CUDA, ABI, Python and GPU.

The package index has its source alone, which compiles for hours. The wheels lie beside it, in the releases of the
project and of others; `components.flash` knows them all and takes none that misses a condition.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.flash import source
from envdoc.components.flash.choose import FA2, Chosen, choose, why
from envdoc.components.flash.instead import instead
from envdoc.components.flash.target import Target, of_variant
from envdoc.findings import text
from envdoc.knowledge import flashwheels
from envdoc.model.plan import InstallWheel
from envdoc.model.value import replace

NAME = FA2
TITLE = "FlashAttention 2 (a wheel built for this torch)"
PACKAGES = (FA2,)
FOLDERS = (f".envdoc/build/{FA2}",)
PROOFS = ("import:flash_attn", "flash-attn")
DOCS = "https://github.com/Dao-AILab/flash-attention#installation-and-features"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The wheel that fits, without its dependencies: torch stays as it is, and einops comes beside it. Compiled here
    only where the user names the source."""
    if NAME in context.places:
        return (source.candidate(context, context.places[NAME]),)
    target = target_of(context)
    flash = flashwheels.load()
    chosen = choose(target, flash, context.knowledge)
    if chosen.wheel is None:
        return (Candidate(NAME, (), (*chosen.reasons, *instead(target, chosen))),)
    return (
        Candidate(
            title=f"{NAME} {chosen.wheel.name.version}",
            requirements=source.beside(context),
            steps=(_step(chosen, target, flash),),
            passed_over=tuple((each.wheel.name.file, each.reasons) for each in chosen.nearest),
        ),
    )


def target_of(context: Context) -> Target:
    """What the choice would make."""
    target = of_variant(
        context.system, context.arch, context.python, context.torch, context.cuda, context.gpus, context.knowledge
    )
    return replace(target, glibc=context.glibc)


def _step(chosen: Chosen, target: Target, flash: flashwheels.Flash) -> InstallWheel:
    wheel = chosen.wheel
    assert wheel is not None
    row = flash.collection(wheel.collection)
    return InstallWheel(
        id=NAME,
        title=text("resolve", "step-wheel", name=NAME, version=wheel.name.version),
        name=NAME,
        version=wheel.name.version,
        url=flash.url(wheel),
        sha256=flash.hashes.get(wheel.name.file, ""),
        publisher="" if row.official else row.name,
        why=why(chosen, target, flash),
    )
