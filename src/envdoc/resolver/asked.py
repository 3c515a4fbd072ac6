"""The words of a command line that asks for the same again."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.components import registry
from envdoc.model.finding import Command
from envdoc.model.machine import System
from envdoc.model.resolution import Wish
from envdoc.rules.choice.situation import Situation
from envdoc.rules.quoting import command


def resolve(wish: Wish, situation: Situation, *more: str) -> tuple[Command, ...]:
    """`envdoc resolve` with all of the wish, for the machine that was named or imagined where one was. Who reads the
    line runs it: then on a system that nobody knows, so there may be one for each."""
    another = (*wish.of, *situation.imagined)
    line = ("envdoc", "resolve", "--profile", wish.profile, *words(wish), *another, *more)
    systems = (System.LINUX, System.WINDOWS) if another else (situation.system,)
    return tuple(dict.fromkeys(each for system in systems for each in command(*line, system=system)))


def install(wish: Wish, situation: Situation) -> tuple[Command, ...]:
    """`envdoc install` with all of the wish: on the machine itself."""
    return command("envdoc", "install", "--profile", wish.profile, *words(wish), system=situation.system)


def words(wish: Wish) -> tuple[str, ...]:
    """All that was asked for beyond the profile, as `resolve` and `install` both understand it; a mirror's
    credentials are not among it."""
    return tuple(_words(wish))


def _words(wish: Wish) -> Iterator[str]:
    for option, value in (("--torch", wish.torch), ("--python", wish.python), ("--for-model", wish.model)):
        yield from (option, value) if value else ()
    if wish.mirrors:
        from envdoc.rules.urls import shown

        for each in shown(wish.mirrors):
            yield from ("--mirror", each)
    placed = dict(wish.places)  # who names a place for a component need not name it again
    for name in map(registry.canonical, wish.with_components):
        yield from ("--source", f"{name}={placed[name]}") if name in placed else ("--with", name)
    for name in map(registry.canonical, wish.without_components):
        yield from ("--without", name)
