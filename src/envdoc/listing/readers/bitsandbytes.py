"""`python -m bitsandbytes`.

=================== bitsandbytes v0.50.2 ===================
PyTorch: 2.11.0+cu130
  CUDA: 13.0
PyTorch settings found: CUDA_VERSION=130, Highest Compute Capability: (9, 0).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing import keyed, platforms
from envdoc.listing.values import Lines, Told

PROGRAM = "python -m bitsandbytes"
_TITLE = re.compile(r"=+\s*bitsandbytes v([\w.+-]{1,30})\s*=+")
_HIGHEST = re.compile(r"Highest Compute Capability: \((\d{1,2}), (\d)\)")
_PACKAGES = (
    "accelerate", "diffusers", "numpy", "pip", "peft", "safetensors", "transformers", "triton", "trl", "torchao",
)  # fmt: skip
KEYS: dict[str, keyed.Take] = {
    "platform": platforms.platform,
    "python": keyed.first_word("python"),
    "pytorch": keyed.first_word("torch"),
    "cuda": keyed.as_is("torch.cuda"),
    **{name: keyed.first_word(f"package.{name}") for name in _PACKAGES},
}
_MORE = {"libc", "hip", "xpu", "related packages", "pytorch settings found"}


def _known(text: str) -> bool:
    found = keyed.pair(text)
    return bool(_TITLE.search(text)) or (found is not None and (found[0] in KEYS or found[0] in _MORE))


def claim(lines: Lines, at: int) -> int:
    return keyed.claimed(lines, at, _known, lambda text: bool(_TITLE.search(text)), least=3)


def read(lines: Lines) -> Iterator[Told]:
    for line in lines:
        title = _TITLE.search(line.text)
        if title:
            yield Told("package.bitsandbytes", title[1], line.number)
        else:
            yield from keyed.told_by(line, KEYS)
