"""YAML's loader as the training program has it: OmegaConf's since 0.9.4, PyYAML's `safe_load` before.

They differ in two ways that matter: `1e-4` is a number to OmegaConf and text to PyYAML, and a key that stands
twice is refused by OmegaConf, while PyYAML takes the last. Both read `no`, `off` and `yes` as truth values.
Source: omegaconf 2.4.0's omegaconf/_yaml.py, pyyaml 6.0's resolver.py.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

# OmegaConf's own pattern in our words: an exponent needs neither a point nor a sign
_FLOAT = re.compile(
    r"[-+]?\d+(_\d+)*(\.[\d_]*([eE][-+]?\d+)?|[eE][-+]?\d+)"
    r"|\.\d+(_\d+)*([eE][-+]\d+)?"
    r"|[-+]?\d+(_\d+)*(:[0-5]?\d)+\.[\d_]*"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)$"
)
_FLOAT_TAG, _TIME_TAG = "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"


@cache
def loader(*, omegaconf: bool) -> Any:
    """The loader class; libyaml's where it is there, as the program takes it."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader) if omegaconf else yaml.SafeLoader

    class TrainingLoader(base):  # type: ignore[misc]
        pass

    if omegaconf:
        TrainingLoader.yaml_implicit_resolvers = {
            first: _with_floats(first, pairs) for first, pairs in base.yaml_implicit_resolvers.items()
        }
    return TrainingLoader


def _with_floats(first: str, pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """OmegaConf adds its pattern behind PyYAML's and takes timestamps out."""
    kept = [(tag, pattern) for tag, pattern in pairs if tag != _TIME_TAG]
    return [*kept, (_FLOAT_TAG, re.compile(f"(?:{_FLOAT.pattern})$"))] if first in "-+0123456789." else kept
