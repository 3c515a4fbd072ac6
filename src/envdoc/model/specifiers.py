"""PEP 440 specifiers as questions. `packaging` is imported when first asked: `envdoc check` may never need it."""

from __future__ import annotations

from functools import lru_cache

from envdoc.errors import UsageError


@lru_cache(maxsize=4096)
def allows(specifier: str, version: str) -> bool:
    """Whether `version` (its local tag ignored) lies in `specifier`; an empty specifier allows everything.

    Raises:
        ValueError: either of the two is not PEP 440.
    """
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(specifier).contains(version.partition("+")[0], prereleases=True)


@lru_cache(maxsize=64)
def wished(text: str) -> tuple[str, str]:
    """What a user typed for torch, as (specifier, CUDA variant or "").

    `2.8` is the release line (`==2.8.*`), `2.8.0` that release, `2.8.0+cu128` that release and variant;
    anything with an operator is taken as written.

    Raises:
        UsageError: not a version and not a specifier.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    plain, _, local = text.strip().removeprefix("==").partition("+")
    if not plain:
        return "", ""
    bare = plain[0].isdigit()
    specifier = f"=={plain}.*" if bare and plain.count(".") == 1 and "*" not in plain else f"=={plain}"
    try:
        return str(SpecifierSet(specifier if bare else text.strip())), local if bare else ""
    except InvalidSpecifier:
        raise UsageError(
            f"`{text}` is neither a torch version nor a specifier",
            hint='write `2.8`, `2.8.0`, or a range in quotes: `--torch ">=2.7,<2.9"`',
        ) from None
