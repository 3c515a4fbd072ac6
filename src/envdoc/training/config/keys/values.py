"""One key of the training program, and all of a release."""

from __future__ import annotations

from envdoc.model.value import dataclass, field

NUMBERS = frozenset({"int", "float"})


@dataclass(frozen=True, slots=True)
class Key:
    """`types` are "bool", "int", "float", "str", "list", "dict", "none"; `choices` the values it documents."""

    name: str
    types: frozenset[str]
    choices: tuple[str, ...] = ()
    default: object = None
    owner: str = "llamafactory"  # whose dataclass: "llamafactory" | "transformers"

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off and nothing else."""
        return "bool" in self.types and self.types <= {"bool", "none"}

    @property
    def is_number(self) -> bool:
        return bool(self.types & NUMBERS) and not self.types & {"str", "list", "dict"}


@dataclass(frozen=True, slots=True)
class Template:
    """A chat template of the release."""

    name: str
    efficient_eos: bool = False
    reasoning: bool = False
    multimodal: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything that a release knows. `source` says where it was read: a folder, or "table"."""

    llamafactory: str  # "0.9.5"
    transformers: str  # "5.5.4"
    source: str
    keys: dict[str, Key] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    table: str = ""  # the release in the shipped table that was taken for it
