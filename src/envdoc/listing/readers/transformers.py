"""`transformers env` (and `diffusers-cli env`, which has the same shape).

- `transformers` version: 4.57.1
- PyTorch version (accelerator?): 2.8.0+cu128 (CUDA)
- GPU type: NVIDIA H100 80GB HBM3
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing import keyed, platforms
from envdoc.listing.values import Lines, Told

PROGRAM = "transformers env"
_TORCH = tuple(f"pytorch version{word}" for word in (" (accelerator?)", " (gpu?)", ""))
KEYS: dict[str, keyed.Take] = {
    "transformers version": keyed.first_word("package.transformers"),
    "diffusers version": keyed.first_word("package.diffusers"),
    "platform": platforms.platform,
    "python version": keyed.first_word("python"),
    "gpu type": keyed.as_is("torch.gpu"),
    **{name: keyed.first_word("torch") for name in _TORCH},
    **{
        f"{name} version": keyed.first_word(f"package.{name}")
        for name in ("huggingface_hub", "safetensors", "accelerate", "deepspeed", "peft", "bitsandbytes", "xformers")
    },
}
_MORE = re.compile(
    r"(?:accelerate config|tensorflow version|flax version|jax(?:lib)? version|using |running on|accelerator|"
    r"deepspeed config|compute_environment|distributed_type|mixed_precision|use_cpu|debug|num_processes|machine_rank|"
    r"num_machines|gpu_ids|rdzv_backend|same_network|main_training_function|enable_cpu_affinity|downcast_bf16|tpu_)"
)
_BEGIN = re.compile(r"(?:transformers|diffusers) version")


def settings(key: str) -> bool:
    """Whether it is a line of accelerate's own configuration, which both programs print."""
    return bool(_MORE.match(key))


def _known(text: str) -> bool:
    found = keyed.pair(text)
    if found is None:
        return bool(re.match(r"\s{0,9}not found\s*$", text, re.IGNORECASE))
    return found[0] in KEYS or settings(found[0])


def _begins(text: str) -> bool:
    found = keyed.pair(text)
    return found is not None and bool(_BEGIN.fullmatch(found[0]))


def claim(lines: Lines, at: int) -> int:
    return keyed.claimed(lines, at, _known, _begins, least=3)


def read(lines: Lines) -> Iterator[Told]:
    yield from keyed.told(lines, KEYS)
