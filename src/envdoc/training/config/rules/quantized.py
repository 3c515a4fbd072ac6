"""How the model will be quantized: by its own config, on the fly, or not at all."""

from __future__ import annotations

from envdoc.training.config.run import Run

OWN = ("gptq", "awq", "aqlm")


def method_of(run: Run) -> str:
    """`bnb`, `hqq`, `eetq` on the fly, `gptq`, `awq`, `aqlm`, ... of the model's config; "" where nothing is.

    The model's own config comes first (model/model_utils/quantization.py:82-216).
    """
    model = run.model()
    own = model.config.get("quantization_config") if model else None
    if isinstance(own, dict):
        return str(own.get("quant_method", ""))
    method = run.get("quantization_method")
    if not isinstance(run.get("quantization_bit"), int) or not isinstance(method, str):
        return ""
    if method == "bitsandbytes" and not run.since("0.9.3"):
        return "bnb"
    return method if method in ("bnb", "hqq", "eetq") else ""
