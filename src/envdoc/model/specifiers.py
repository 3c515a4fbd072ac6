"""PEP 440 specifiers as questions.

Importing `packaging` costs more than a whole decision of the resolver, and nearly all bounds are plain
(`>=2.4,<3`): those are compared here, the rest is left to `packaging`.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache

from envdoc.errors import UsageError

_PLAIN = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)\s*")
_RELEASE = re.compile(r"\d+(\.\d+)*")
_COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


@lru_cache(maxsize=4096)
def allows(specifier: str, version: str) -> bool:
    """Whether `version` (its local tag ignored) lies in `specifier`; an empty specifier allows everything.

    Raises:
        ValueError: either of the two is not PEP 440.
    """
    public = version.partition("+")[0]
    parts = [_PLAIN.fullmatch(part) for part in specifier.split(",")] if specifier else []
    if _RELEASE.fullmatch(public) and all(parts):
        return all(_COMPARE[part[1]](_padded(public), _padded(part[2])) for part in parts if part)
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(specifier).contains(public, prereleases=True)


def _padded(release: str) -> tuple[int, ...]:
    """Numbers without trailing zeros, so that 2.4 and 2.4.0 are equal."""
    numbers = [int(part) for part in release.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


@lru_cache(maxsize=64)
def wished(text: str) -> tuple[str, str]:
    """What a user typed for torch, as (specifier, CUDA variant or "").

    `2.8` is the release line (`==2.8.*`), `2.8.0` that release, `2.8.0+cu128` that release and variant;
    anything with an operator is taken as written.

    Raises:
        UsageError: not a version and not a specifier.
    """
    if not text.strip():
        return "", ""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    plain, _, local = text.strip().removeprefix("==").partition("+")
    bare = plain[:1].isdigit()
    specifier = f"=={plain}.*" if bare and plain.count(".") == 1 and "*" not in plain else f"=={plain}"
    try:
        return str(SpecifierSet(specifier if bare else text.strip())), local if bare else ""
    except InvalidSpecifier:
        raise UsageError(
            f"`{text}` is neither a torch version nor a specifier",
            hint='write `2.8`, `2.8.0`, or a range in quotes: `--torch ">=2.7,<2.9"`',
        ) from None
