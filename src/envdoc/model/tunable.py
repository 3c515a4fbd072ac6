"""A model that shall be trained: what was read of it, what it needs, and whether the choice gives that."""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class ModelSeen:
    """What was read of a model. `source` is the config.json that was read, or the table's source; where there is
    none, `why` says why. Empty fields: not known."""

    name: str
    source: str = ""
    why: str = ""
    model_type: str = ""
    base: str = ""  # `_name_or_path` of its config: the model that it was made of
    quantization: str = ""  # `gptq`, `bitsandbytes_4bit`, ...; "" for none
    classes: str = ""  # code of its own (`auto_map`), which is never run here
    in_cache: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A bound that the model puts on a package, or on the GPUs; `who` says what of the model asks for it."""

    who: str
    package: str = ""
    bound: str = ""
    capability: str = ""


class Part(StrEnum):
    TRANSFORMERS = "transformers"
    TEMPLATE = "template"
    QUANTIZATION = "quantization"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One question about the model and its answer in a sentence. `open`: nobody knows what the model needs there."""

    part: Part
    answer: Answer
    told: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What `envdoc resolve --for-model` says of the model. Releases are the first that have it; "" where unknown."""

    seen: ModelSeen
    transformers: str = ""
    template: str = ""
    llamafactory: str = ""
    lines: tuple[ModelLine, ...] = ()
