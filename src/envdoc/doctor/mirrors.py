"""Where packages and models come from, as measured with `--online`: what does not serve, and what to set instead."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import on_windows
from envdoc.doctor.words import found, set_variable
from envdoc.findings import finding, text
from envdoc.model.finding import Command, Finding
from envdoc.model.machine import MirrorAnswer, Serves
from envdoc.rules import quoting

_CODES = {Serves.WEB_PAGE: "source-web-page", Serves.LACKS: "source-lacks-file", Serves.REFUSES: "source-refuses"}


_VARIABLES = {
    "pypi": ("UV_DEFAULT_INDEX", "PIP_INDEX_URL"),
    "huggingface": ("HF_ENDPOINT",),
    "conda": ("CONDA_CHANNEL_ALIAS",),
}


@check(
    "mirrors",
    codes=(*_CODES.values(), "source-silent", "source-redirects", "mirror-better"),
    applies=lambda case: bool(case.machine.mirrors),
)
def mirrors(case: Case) -> Outcome:
    every = case.machine.mirrors
    now = [each for each in every if each.official]
    findings = [told for each in now for told in _one(case, each)]
    good = ", ".join(each.of for each in now if each.serves is Serves.FILE)
    return found(*findings, seen=good or text("checks", "nothing-odd"))


def _one(case: Case, now: MirrorAnswer) -> Iterator[Finding]:
    """What is wrong with the place in use, with what to set in its place; else that a mirror is quicker."""
    from envdoc.rules.mirrors import better_than  # only after `--online`

    instead = better_than(now, case.machine.mirrors)
    evidence = [_told(each) for each in (now, *_others(case, now))]
    commands = _setting(case, instead) if instead else ()
    place, url = text("mirrors", now.of), now.url or "https://github.com"
    # a name that GitHub or Hugging Face sends to its own store is no fault; an index that sends on hides its files
    if now.serves is Serves.SILENT:
        yield finding("source-silent", evidence=evidence, commands=commands, place=place, url=url)
    elif now.serves is not Serves.FILE:
        yield finding(
            _CODES[now.serves], evidence=evidence, commands=commands, wanted=now.wanted, place=place, url=url
        )
    elif now.host and now.name == "configured":
        yield finding("source-redirects", evidence=evidence, commands=commands, host=now.host, place=place, url=url)
    elif instead is not None:
        yield finding("mirror-better", evidence=evidence, commands=commands, name=instead.name, place=place)


def _others(case: Case, now: MirrorAnswer) -> list[MirrorAnswer]:
    return [each for each in case.machine.mirrors if each.of == now.of and not each.official]


def _told(answer: MirrorAnswer) -> str:
    seconds = f"{answer.seconds:.1f}"
    what = text("mirrors", answer.serves.value, wanted=answer.wanted, detail=answer.detail, seconds=seconds)
    sent = text("mirrors", "sent-on", host=answer.host) if answer.host else ""
    return text("mirrors", "told-on" if sent else "told", name=answer.name, url=answer.url, what=what, sent=sent)


def _setting(case: Case, mirror: MirrorAnswer) -> tuple[Command, ...]:
    """The exact setting, for this terminal or this call; files of the user's are not touched."""
    windows, url = on_windows(case), mirror.url
    if mirror.of == "pytorch":
        return quoting.command("envdoc", "install", "--mirror", mirror.name, system=case.machine.os.system)
    names = _VARIABLES.get(mirror.of, ())
    every = [line for name in names for line in set_variable(name, url, windows=windows)]
    if mirror.of == "huggingface":
        every += set_variable("HF_HUB_DISABLE_XET", "1", windows=windows)  # Xet goes past every mirror
    return tuple(every)
