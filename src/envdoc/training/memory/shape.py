"""A model's sizes from its config.json. Only dense decoders: what was never measured is refused, not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envdoc.errors import DataError
from envdoc.model.value import dataclass

# Dense decoders with gated feed-forward layers and RMS norms, whose runs were measured or which are built alike.
MEASURED = ("llama", "mistral", "qwen2", "qwen3")
_EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
_TOWERS = ("vision_config", "audio_config", "text_config", "thinker_config")


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a dense decoder; `queries` and `keys` are the widths of all heads together."""

    kind: str
    layers: int
    hidden: int
    queries: int
    keys: int
    inner: int
    vocabulary: int
    tied: bool

    @property
    def linears(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of the linear layers of one decoder layer: q, k, v, o, gate, up, down."""
        attention = ((self.hidden, self.queries), (self.hidden, self.keys), (self.hidden, self.keys))
        back = ((self.queries, self.hidden),)
        feed = ((self.hidden, self.inner), (self.hidden, self.inner), (self.inner, self.hidden))
        return attention + back + feed

    @property
    def decoder(self) -> int:
        """Parameters of the linear layers of the decoder, which quantization packs."""
        return self.layers * sum(inputs * outputs for inputs, outputs in self.linears)

    @property
    def embedding(self) -> int:
        return self.vocabulary * self.hidden

    @property
    def outside(self) -> int:
        """Parameters of embedding, output layer and norms."""
        return self.embedding * (1 if self.tied else 2) + (2 * self.layers + 1) * self.hidden

    @property
    def parameters(self) -> int:
        return self.decoder + self.outside

    def adapters(self, rank: int, targets: frozenset[str] | None = None) -> int:
        """Parameters of LoRA's matrices beside the decoder's linear layers (None: all of them)."""
        names = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
        chosen = (size for name, size in zip(names, self.linears, strict=True) if targets is None or name in targets)
        return self.layers * rank * sum(inputs + outputs for inputs, outputs in chosen)


def shape(config: Mapping[str, Any], name: str) -> Shape:
    """What counts of a config.json.

    Raises:
        DataError: an architecture that was not measured (mixture of experts, several towers, another type), or a
            size that is missing.
    """
    kind = str(config.get("model_type", ""))
    experts = next((key for key in _EXPERTS if config.get(key)), "")
    tower = next((key for key in _TOWERS if config.get(key)), "")
    if experts or tower or kind not in MEASURED:
        why = "a mixture of experts" if experts else "a model of several parts" if tower else f"of type `{kind}`"
        hint = f"estimates were measured for dense decoders: {', '.join(MEASURED)}"
        raise DataError(f"{name}: the model is {why}, which no estimate was measured for", hint=hint)
    hidden, heads = _size(config, "hidden_size", name), _size(config, "num_attention_heads", name)
    head = int(config.get("head_dim") or hidden // heads)
    return Shape(
        kind=kind,
        layers=_size(config, "num_hidden_layers", name),
        hidden=hidden,
        queries=heads * head,
        keys=int(config.get("num_key_value_heads") or heads) * head,
        inner=_size(config, "intermediate_size", name),
        vocabulary=_size(config, "vocab_size", name),
        tied=bool(config.get("tie_word_embeddings", kind == "")),
    )


def _size(config: Mapping[str, Any], key: str, name: str) -> int:
    value = config.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 31:
        raise DataError(
            f"{name}: `{key}` is no size: {value!r}", hint="name the folder of the model, with its config.json"
        )
    return value
