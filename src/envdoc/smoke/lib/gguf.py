"""A tiny GGUF model, written from nothing: a Llama of two layers with weights that are no good for anything.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3. Everything is little-endian; the data
of each tensor begins at a multiple of 32 bytes.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

_U32, _F32, _STRING = 4, 6, 8  # types of metadata values
_FLOAT, _HALF = 0, 1  # types of tensors
_ALIGN = 32
WIDTH, INNER, HEADS, LAYERS, TOKENS, CONTEXT = 256, 512, 4, 2, 512, 512


def write(path: Path) -> int:
    """Write the model; returns the number of its parameters."""
    tensors = _tensors()
    heads, data, place = [], [], 0
    for name, shape in tensors:
        kind = _FLOAT if len(shape) == 1 else _HALF
        body = _weights(shape, kind)
        dims = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        heads.append(_text(name) + dims + struct.pack("<IQ", kind, place))
        body += b"\0" * (-len(body) % _ALIGN)
        data.append(body)
        place += len(body)
    keys = _metadata()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys)) + b"".join(keys) + b"".join(heads)
    path.write_bytes(head + b"\0" * (-len(head) % _ALIGN) + b"".join(data))
    return sum(_product(shape) for _, shape in tensors)


def _tensors() -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes, the innermost dimension first."""
    layers = [
        (f"blk.{layer}.{name}", shape)
        for layer in range(LAYERS)
        for name, shape in (
            ("attn_norm.weight", (WIDTH,)),
            ("attn_q.weight", (WIDTH, WIDTH)),
            ("attn_k.weight", (WIDTH, WIDTH)),
            ("attn_v.weight", (WIDTH, WIDTH)),
            ("attn_output.weight", (WIDTH, WIDTH)),
            ("ffn_norm.weight", (WIDTH,)),
            ("ffn_gate.weight", (WIDTH, INNER)),
            ("ffn_up.weight", (WIDTH, INNER)),
            ("ffn_down.weight", (INNER, WIDTH)),
        )
    ]
    ends = [("output_norm.weight", (WIDTH,)), ("output.weight", (WIDTH, TOKENS))]
    return [("token_embd.weight", (WIDTH, TOKENS)), *layers, *ends]


def _metadata() -> list[bytes]:
    numbers = {
        "context_length": CONTEXT,
        "embedding_length": WIDTH,
        "block_count": LAYERS,
        "feed_forward_length": INNER,
        "attention.head_count": HEADS,
        "attention.head_count_kv": HEADS,
        "rope.dimension_count": WIDTH // HEADS,
        "vocab_size": TOKENS,
    }
    told = [_key("general.architecture", _STRING) + _text("llama"), _key("general.name", _STRING) + _text("envdoc")]
    told += [_key(f"llama.{name}", _U32) + struct.pack("<I", value) for name, value in numbers.items()]
    told.append(_key("llama.attention.layer_norm_rms_epsilon", _F32) + struct.pack("<f", 1e-5))
    told.append(_key("tokenizer.ggml.model", _STRING) + _text("no_vocab"))
    return told


def _key(name: str, kind: int) -> bytes:
    return _text(name) + struct.pack("<I", kind)


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _weights(shape: tuple[int, ...], kind: int) -> bytes:
    count = _product(shape)
    if kind == _FLOAT:  # the norms
        return struct.pack("<f", 1.0) * count
    # a prime number of them: no row is like another
    some = struct.pack("<1021e", *(math.sin(number * 12.9898) / 20 for number in range(1021)))
    return (some * (count // 1021 + 1))[: 2 * count]


def _product(shape: tuple[int, ...]) -> int:
    product = 1
    for each in shape:
        product *= each
    return product
