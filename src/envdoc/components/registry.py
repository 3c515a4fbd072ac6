"""All components by name, in the order of installation. Nothing else knows the modules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from typing import cast

from envdoc.components.base import Candidate, Component, Context
from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.knowledge.profileschema import COMPONENTS


def _module(name: str) -> Component:
    return cast(Component, import_module(f"envdoc.components.{re.sub('[-.]', '_', name)}"))


# proofs that show nothing beside a torch without CUDA
GPU_PROOFS = frozenset({
    "compile", "hqq", "import:unsloth", "llama-bench", "matmul-gpu", "torch-arch-list", "torchao", "xformers",
})  # fmt: skip

ALL: dict[str, Component] = {name: _module(name) for name in COMPONENTS}


def named(name: str) -> Component:
    """The component called `name`; case, `-` and `_` do not matter (`Liger_Kernel` is `liger-kernel`).

    Raises:
        UsageError: no such component; the hint lists near names.
    """
    found = ALL.get(_normalised(name))
    if found is None:
        import difflib

        near = difflib.get_close_matches(_normalised(name), ALL, n=3, cutoff=0.5)
        hint = (
            text("errors", "did-you-mean", names=_listed(near))
            if near
            else text("errors", "known-components", names=_listed(ALL))
        )
        raise UsageError(text("errors", "no-component", name=name), hint=hint)
    return found


def canonical(name: str) -> str:
    """The component's own spelling of a name.

    Raises:
        UsageError: no such component.
    """
    return named(name).NAME


def names() -> tuple[str, ...]:
    """Every component, in the order of installation."""
    return tuple(ALL)


def usual() -> tuple[str, ...]:
    """Those that go along where nobody names any, in the order of installation."""
    return tuple(name for name, component in ALL.items() if getattr(component, "USUAL", True))


def folders(name: str) -> tuple[str, ...]:
    """What a component's steps make beside packages, relative to the environment; removal takes these too."""
    return tuple(getattr(ALL[name], "FOLDERS", ()))


def candidates(name: str, context: Context) -> tuple[Candidate, ...]:
    """A component's ways to install it, the preferred first."""
    return ALL[name].candidates(context)


def selected(base: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> tuple[str, ...]:
    """The profile's components with `--with` added and `--without` removed, in the order of installation.

    Raises:
        UsageError: an unknown name, a name both added and removed, or an environment without torch.
    """
    plus = {named(name).NAME for name in added}
    minus = {named(name).NAME for name in removed}
    if "torch" in minus:
        raise UsageError(text("errors", "without-torch"), hint=text("errors", "without-torch-hint"))
    if both := sorted(plus & minus):
        raise UsageError(
            text("errors", "with-and-without", name=both[0]), hint=text("errors", "with-and-without-hint")
        )
    wanted = ({named(name).NAME for name in base} | plus | {"torch"}) - minus
    return tuple(name for name in ALL if name in wanted)


def _normalised(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
