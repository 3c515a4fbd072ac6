"""The words of a command line that asks for the same again."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.components import registry
from envdoc.model.resolution import Wish
from envdoc.rules.urls import shown


def words(wish: Wish) -> tuple[str, ...]:
    """All that was asked for beyond the profile, as `resolve` and `install` both understand it; a mirror's
    credentials are not among it."""
    return tuple(_words(wish))


def _words(wish: Wish) -> Iterator[str]:
    for option, value in (("--torch", wish.torch), ("--python", wish.python), ("--for-model", wish.model)):
        yield from (option, value) if value else ()
    for each in shown(wish.mirrors):
        yield from ("--mirror", each)
    placed = dict(wish.places)  # who names a place for a component need not name it again
    for name in map(registry.canonical, wish.with_components):
        yield from ("--source", f"{name}={placed[name]}") if name in placed else ("--with", name)
    for name in map(registry.canonical, wish.without_components):
        yield from ("--without", name)
