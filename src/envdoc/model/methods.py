"""Ways of quantizing, attending, sharding and computing, as they fit a machine."""

from __future__ import annotations

from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """One method judged. `works` is None where a fact is missing; `reasons` say why not, or what is unknown."""

    name: str  # "bnb-4bit"
    kind: str  # "quantization" | "attention" | "kernels" | "precision" | "sharding" | "optimizer"
    write: str  # what a training file says for it: "quantization_bit: 4"
    package: str  # with its bounds: "bitsandbytes>=0.39.0"; "" where it needs none
    version: str  # the installed one's
    works: bool | None
    reasons: tuple[str, ...] = ()
