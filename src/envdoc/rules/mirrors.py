"""Which of several addresses that were asked is the best."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.model.machine import MirrorAnswer, Serves

_SLOW, _TIMES = 2.0, 3.0  # what serves is left alone while it answers within 2 s, or a third of it is not beaten


def best(answers: Iterable[MirrorAnswer]) -> tuple[MirrorAnswer, ...]:
    """Those that hold the wanted file: first those that serve it themselves, the quickest first."""
    good = [each for each in answers if each.serves is Serves.FILE]
    return tuple(sorted(good, key=lambda each: (bool(each.host), each.seconds)))


def better_than(now: MirrorAnswer, answers: Iterable[MirrorAnswer]) -> MirrorAnswer | None:
    """The mirror to take in the place of what is used now; None where that serves well."""
    mirror = next((each for each in best(answers) if each.of == now.of and not each.official), None)
    if mirror is None or now.serves is not Serves.FILE:
        return mirror
    slow = now.seconds > _SLOW and now.seconds > _TIMES * mirror.seconds
    return mirror if slow else None
