"""PEP 440 specifiers as questions.

Importing `packaging` costs more than a whole decision of the resolver, and nearly all bounds are plain
(`>=2.4,<3`): those are compared here, the rest is left to `packaging`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from envdoc.errors import UsageError
from envdoc.model.patterns import pattern

_LONGEST = 200  # characters of a specifier that a person wrote
_CLAUSE = pattern(r"(==|!=|<=|>=|<|>|~=)\s*(\d+(?:\.\d+)*)(\.\*)?")
_RELEASE = pattern(r"(\d+(?:\.\d+)*)(\.post\d+)?")


@lru_cache(maxsize=4096)
def allows(specifier: str, version: str) -> bool:
    """Whether `version` (its local tag ignored) lies in `specifier`; an empty specifier allows everything.

    Raises:
        ValueError: either of the two is not PEP 440.
    """
    public = version.partition("+")[0]
    answer = plain_answer(specifier, public)
    if answer is not None:
        return answer
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(specifier).contains(public, prereleases=True)


@lru_cache(maxsize=8192)
def plain_answer(specifier: str, version: str) -> bool | None:
    """Whether a release or post-release lies in a specifier of plain clauses; None where either is not plain."""
    match = _RELEASE.fullmatch(version)
    if match is None:
        return None
    clauses = [clause.strip() for clause in specifier.split(",")]
    answers = [_clause(_numbers(match[1]), clause, post=bool(match[2])) for clause in clauses if clause]
    return None if None in answers else all(answers)


def _clause(have: tuple[int, ...], clause: str, *, post: bool) -> bool | None:
    """One plain clause; None where it is not plain. A post-release of V is newer than V, yet not `>V`."""
    match = _CLAUSE.fullmatch(clause)
    if match is None or (match[3] and match[1] not in ("==", "!=")):
        return None
    sign, bound = match[1], _numbers(match[2])
    if match[3] or sign == "~=":
        prefix = bound if match[3] else bound[:-1]
        within = (have + (0,) * len(prefix))[: len(prefix)] == prefix
        return within == (sign == "==") if match[3] else within and _compared(have, bound) >= 0
    order = _compared(have, bound)
    if post and order == 0:
        return sign in (">=", "!=")
    return {"==": order == 0, "!=": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0}.get(
        sign, order >= 0
    )


@lru_cache(maxsize=4096)
def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


def _compared(one: tuple[int, ...], two: tuple[int, ...]) -> int:
    """-1, 0, 1; missing parts are zeros (`2.8` equals `2.8.0`)."""
    width = max(len(one), len(two))
    left, right = one + (0,) * (width - len(one)), two + (0,) * (width - len(two))
    return (left > right) - (left < right)


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
    if len(text) > _LONGEST or re.search(r"\d{10}", text):
        raise UsageError(f"`{text[:20]}…` is no torch version", hint="write `2.8`, `2.8.0`, or a range in quotes")
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
