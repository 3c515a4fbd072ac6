"""`llamafactory-cli env`.

- `llamafactory` version: 0.9.5
- PyTorch version: 2.11.0+cu130 (GPU)
- GPU memory: 79.18GB
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing import keyed, platforms
from envdoc.listing.values import Lines, Told

PROGRAM = "llamafactory-cli env"
KEYS: dict[str, keyed.Take] = {
    "llamafactory version": keyed.first_word("package.llamafactory"),
    "platform": platforms.platform,
    "python version": keyed.first_word("python"),
    "pytorch version": keyed.first_word("torch"),
    "gpu type": keyed.as_is("torch.gpu"),
    "gpu number": keyed.as_is("torch.gpus"),
    **{
        f"{name} version": keyed.first_word(f"package.{name}")
        for name in ("transformers", "datasets", "accelerate", "peft", "trl", "deepspeed", "bitsandbytes", "vllm")
    },
}
_MORE = {"npu type", "cann version", "git commit", "default data directory", "gpu memory"}
_LATER = re.compile(r"llamafactory version", re.IGNORECASE)


def _known(text: str) -> bool:
    found = keyed.pair(text)
    return found is not None and (found[0] in KEYS or found[0] in _MORE)


def _begins(text: str) -> bool:
    found = keyed.pair(text)
    return found is not None and bool(_LATER.fullmatch(found[0]))


def claim(lines: Lines, at: int) -> int:
    return keyed.claimed(lines, at, _known, _begins, least=3)


def read(lines: Lines) -> Iterator[Told]:
    yield from keyed.told(lines, KEYS)
