"""Which releases know a model: model types by transformers, templates and models by LLaMA-Factory, and what a model
that is stored quantized needs. The first two tables are written by tools/refresh_models.py."""

from __future__ import annotations

from functools import cache, cached_property

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class ModelTypeRow(Row):
    """The model types that a transformers release has first (table `model_types`). The first row's release stands
    for itself and all older ones."""

    transformers: str  # "5.2.0"
    types: tuple[str, ...]
    newest: str  # the newest release that was read
    gone: dict[str, str] = field(default_factory=dict)  # type -> the last release that had it


@dataclass(frozen=True, slots=True)
class TemplateRow(Row):
    """A template, the LLaMA-Factory releases that have it, and the models they list for it (`model_templates`).
    The template "" stands for models that are listed without one."""

    template: str
    llamafactory: tuple[str, ...]  # oldest first
    models: dict[str, tuple[str, ...]] = field(default_factory=dict)  # first release -> hub names


@dataclass(frozen=True, slots=True)
class QuantizedRow(Row):
    """What a model needs whose config.json names this `quant_method` (table `model_quantization`)."""

    method: str
    packages: dict[str, str] = field(default_factory=dict)  # name -> bounds, "" for any
    capability: str = ""
    dequantized: bool = False


class Tunables:
    """The three tables; each read when first asked for."""

    @cached_property
    def model_types(self) -> tuple[ModelTypeRow, ...]:
        return table.rows(ModelTypeRow, table.read("model_types"))

    @cached_property
    def model_templates(self) -> tuple[TemplateRow, ...]:
        return table.rows(TemplateRow, table.read("model_templates"))

    @cached_property
    def model_quantization(self) -> tuple[QuantizedRow, ...]:
        return table.rows(QuantizedRow, table.read("model_quantization"))


@cache
def load() -> Tunables:
    """The one shared set of these tables."""
    return Tunables()
