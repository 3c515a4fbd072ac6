"""What a profile file may hold, as a JSON Schema. The run-time check (`schemacheck`) is driven by it, and
docs/schemas/profile.schema.json is its published copy, which gives editors completion and help."""

from __future__ import annotations

from typing import Any

# What can be installed, in the order of installation: the only list. `components/liger_kernel.py` is `liger-kernel`.
# Who bounds others stands behind them: without a lock the last is chosen first.
COMPONENTS = (
    "torch",
    "triton",
    "xformers",
    "torchao",
    "bitsandbytes",
    "deepspeed",
    "flash-attn",
    "liger-kernel",
    "huggingface-hub",
    "transformers",
    "hqq",
    "aqlm",
    "eetq",
    "autoawq",
    "gptqmodel",
    "unsloth",
    "vllm",
    "sglang",
    "llamafactory",
    "llama.cpp",
    "llama.cpp-convert",
)

_MINOR = {
    "type": "string",
    "pattern": r"^3\.[0-9]{1,2}$",
    "description": "a Python minor",
    "examples": ["3.12"],
}
_CAPABILITY = {
    "type": "string",
    "pattern": r"^[0-9]{1,2}\.[0-9]$",
    "description": "a compute capability",
    "examples": ["12.0"],
}


def _list(items: dict[str, Any], description: str, least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": True, "description": description}


def _object(properties: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "description": description,
    }


_TEXT = {"type": "string", "pattern": r"\S", "examples": ["RTX 50, CUDA 12.8"]}
_COMPONENT = {"type": "string", "enum": list(COMPONENTS)}
_MIB = {"type": "integer", "minimum": 0, "examples": [7600]}
_LOCK_NAME = r"^(linux|windows|darwin)-(x86_64|aarch64)-cp3[0-9]{1,2}$"
_LINE = {"type": "string", "pattern": r"^[0-9]\.[0-9]{1,2}$", "description": "a release line", "examples": ["2.8"]}
_TAG = {"type": "string", "pattern": r"^(cu[0-9]{3}|cpu)$", "description": "a CUDA variant", "examples": ["cu128"]}
_LOCK_FILE = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.txt$",
    "examples": ["linux-x86_64-cp312.txt"],
}
_CARDS = {"type": "string", "pattern": r"^[a-z0-9]+( [a-z0-9]+)*$", "examples": ["t4", "rtx 5090"]}
_GPUS = _object({"min": _CAPABILITY, "max": _CAPABILITY}, "compute capabilities it is for; null: it needs no GPU")
_GPUS["properties"]["cards"] = _list(_CARDS, "cards it is made for, by the small words of their names")

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://github.com/envdoc/envdoc/blob/main/docs/schemas/profile.schema.json",
    "title": "envdoc profile",
    "description": "Which environment to build, for which GPUs. Names components and bounds; holds no shell.",
    "type": "object",
    "properties": {
        "id": {
            "type": "string",
            "pattern": r"^[a-z0-9][a-z0-9-]*$",
            "description": "what --profile takes: small letters, digits, hyphens",
            "examples": ["my-rtx50"],
        },
        "title": {**_TEXT, "description": "one line for lists"},
        "summary": {**_TEXT, "description": "what it is and whom it is for, one or two sentences"},
        "systems": _list({"type": "string", "enum": ["linux", "windows", "darwin"]}, "operating systems"),
        "arches": _list({"type": "string", "enum": ["x86_64", "aarch64"]}, "processor architectures"),
        "gpus": {**_GPUS, "type": ["object", "null"]},
        "python": _object({"prefer": _MINOR, "allow": _list(_MINOR, "minors that will do")}, "Python minors"),
        "torch": _object(
            {
                "prefer": _list(_LINE, "release lines, the preferred first"),
                "cuda": _list(_TAG, "CUDA variants, the preferred first"),
            },
            "torch's release lines and CUDA variants",
        ),
        "components": _list(_COMPONENT, "what is installed, in this order"),
        "optional": _list(_COMPONENT, "what --with may add", least=0),
        "locks": {
            "type": "object",
            "propertyNames": {"pattern": _LOCK_NAME, "examples": ["linux-x86_64-cp312"]},
            "additionalProperties": _LOCK_FILE,
            "description": "by platform and Python: a file of exact pins in the folder locks/",
        },
        "disk_mib": {**_MIB, "description": "what the environment needs on disk, in MiB"},
        "download_mib": {**_MIB, "description": "what a first install downloads, in MiB"},
        "sources": _list({"type": "string", "pattern": r"\S", "examples": ["https://pytorch.org"]}, "reasons", 0),
        "checked": {
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "when the sources were read",
            "examples": ["2026-11-23"],
        },
    },
    "required": ["id", "title", "summary", "systems", "arches", "gpus", "python", "torch", "components"],
    "additionalProperties": False,
}
