"""All components by name, in the order of installation. Nothing else knows the modules, and only those that are asked
are imported: most choices ask half of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import cast

from envdoc.components.base import Candidate, Component, Context
from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.knowledge.profileschema import COMPONENTS


@cache
def _module(name: str) -> Component:
    return cast(Component, import_module(f"envdoc.components.{re.sub('[-.]', '_', name)}"))


# proofs that show nothing beside a torch without CUDA
GPU_PROOFS = frozenset({
    "compile", "hqq", "import:unsloth", "llama-bench", "matmul-gpu", "torch-arch-list", "torchao", "xformers",
})  # fmt: skip


def named(name: str) -> Component:
    """The component called `name`; see `canonical`.

    Raises:
        UsageError: no such component; the hint lists near names.
    """
    return _module(canonical(name))


def canonical(name: str) -> str:
    """The component's own spelling of a name: case, `-` and `_` do not matter (`Liger_Kernel` is `liger-kernel`).

    Raises:
        UsageError: no such component; the hint lists near names.
    """
    wanted = name.strip().lower().replace("_", "-")
    if wanted in COMPONENTS:
        return wanted
    import difflib

    near = difflib.get_close_matches(wanted, COMPONENTS, n=3, cutoff=0.5)
    known = text("errors", "known-components", names=_listed(COMPONENTS))
    hint = text("errors", "did-you-mean", names=_listed(near)) if near else known
    raise UsageError(text("errors", "no-component", name=name), hint=hint)


def names() -> tuple[str, ...]:
    """Every component, in the order of installation."""
    return COMPONENTS


def usual() -> tuple[str, ...]:
    """Those that go along where nobody names any, in the order of installation."""
    return tuple(name for name in COMPONENTS if getattr(_module(name), "USUAL", True))


def folders(name: str) -> tuple[str, ...]:
    """What a component's steps make beside packages, relative to the environment; removal takes these too."""
    return tuple(getattr(_module(name), "FOLDERS", ()))


def candidates(name: str, context: Context) -> tuple[Candidate, ...]:
    """A component's ways to install it, the preferred first."""
    return _module(name).candidates(context)


def selected(base: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> tuple[str, ...]:
    """The profile's components with `--with` added and `--without` removed, in the order of installation.

    Raises:
        UsageError: an unknown name, a name both added and removed, or an environment without torch.
    """
    plus = {canonical(name) for name in added}
    minus = {canonical(name) for name in removed}
    if "torch" in minus:
        raise UsageError(text("errors", "without-torch"), hint=text("errors", "without-torch-hint"))
    if both := sorted(plus & minus):
        raise UsageError(
            text("errors", "with-and-without", name=both[0]), hint=text("errors", "with-and-without-hint")
        )
    wanted = ({canonical(name) for name in base} | plus | {"torch"}) - minus
    return tuple(name for name in COMPONENTS if name in wanted)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
