"""What serves where no wheel fits: said with every refusal, done by nobody without being asked."""

from __future__ import annotations

from envdoc.components.flash.choose import Chosen
from envdoc.components.flash.target import Target
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import System

_WORDS = "flash_attn"
_KERNELS = (2, 10)  # the stable-ABI build of kernels-community/flash-attn2 v3: torch 2.10 by its build.toml


def instead(target: Target, chosen: Chosen) -> tuple[str, ...]:
    """torch's own attention always; Hugging Face's stable-ABI kernel and a build where the GPUs allow them."""
    told = [text(_WORDS, "sdpa")]
    if chosen.refused:  # no build of flash-attn runs on these GPUs, or on this system
        return tuple(told)
    if target.system is System.LINUX and version_tuple(target.torch)[:2] >= _KERNELS:
        told.append(text(_WORDS, "kernels"))
    told.append(text(_WORDS, "build", major=target.cuda.partition(".")[0]))
    return tuple(told)
