"""The registry: names, order, `--with` and `--without`, and the shape that every component has."""

from __future__ import annotations

import pytest

from envdoc.components import registry
from envdoc.components.base import Component
from envdoc.errors import UsageError


@pytest.mark.parametrize("name", registry.names())
def test_shape(name: str) -> None:
    component: Component = registry.named(name)
    assert name == component.NAME
    assert component.TITLE
    assert component.DOCS.startswith("https://")
    assert name in component.PACKAGES or (not component.PACKAGES and name in registry.folders(name))
    assert not component.PACKAGES or any(proof.startswith("import:") for proof in component.PROOFS)
    assert component.PROOFS
    assert callable(component.candidates)


def test_proofs_are_known_to_the_proof_registry() -> None:
    from envdoc.smoke.registry import PROOFS

    named = {proof for name in registry.names() for proof in registry.named(name).PROOFS}
    assert {proof for proof in named if not proof.startswith("import:")} <= set(PROOFS)


@pytest.mark.parametrize("written", ["liger-kernel", "liger_kernel", "Liger-Kernel", " LIGER_kernel "])
def test_names_are_forgiving(written: str) -> None:
    assert registry.named(written).NAME == "liger-kernel"


def test_unknown_names_get_near_ones() -> None:
    with pytest.raises(UsageError, match="no component is called `bitandbytes`") as caught:
        registry.named("bitandbytes")
    assert caught.value.hint == "did you mean `bitsandbytes`?"
    with pytest.raises(UsageError) as caught:
        registry.named("zzz")
    assert caught.value.hint.startswith("known components: `torch`, ")


def test_selection_keeps_the_order_of_installation() -> None:
    base = ("llamafactory", "torch", "bitsandbytes")
    assert registry.selected(base, ("deepspeed",), ("bitsandbytes",)) == ("torch", "deepspeed", "llamafactory")
    assert registry.selected((), (), ()) == ("torch",)


@pytest.mark.parametrize(
    ("added", "removed", "message"),
    [
        ((), ("torch",), "an environment without torch is not one that envdoc makes"),
        (("deepspeed",), ("DeepSpeed",), "`deepspeed` is both added and removed"),
        (("flash",), (), "no component is called `flash`"),
    ],
)
def test_refused_selections(added: tuple[str, ...], removed: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        registry.selected((), added, removed)
    assert caught.value.message == message
