"""How the places that packages and models come from answer: whether they hold the wanted file, send on to another
host, or answer with a page for people. Each is asked for something small that it must have; all side by side."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from envdoc.host.base import Host, WebAnswer
from envdoc.model.facts import Fact
from envdoc.model.machine import MirrorAnswer, Serves, System
from envdoc.model.value import dataclass
from envdoc.probe.listings import files_of, fits, is_distribution
from envdoc.probe.shield import run_all, value_of
from envdoc.rules.masks.texts import without_credentials

TIMEOUT = 8.0
_LISTING = 1 << 22  # bytes; torch's page has half a million
# A file that each of these has and that nobody changes: its address below the root, and a word in it.
SMALL = {
    "huggingface": ("openai-community/gpt2/resolve/main/config.json", '"model_type"'),
    "github": ("https://github.com/ggml-org/llama.cpp/raw/master/LICENSE", "MIT License"),
    "conda": ("conda-forge/noarch/repodata.json.zst", ""),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One address to ask. `layout` as in the table of mirrors; a `{cuda}` in `url` is filled in already."""

    of: str
    name: str
    url: str
    layout: str = "index"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The torch wheel that was chosen: `2.8.0+cu128`, for one Python and platform."""

    version: str
    python: str  # "3.12"
    system: System
    arch: str

    def is_in(self, name: str) -> bool:
        """Whether a file of a listing is it."""
        parts = name.removesuffix(".whl").split("-")
        if not name.endswith(".whl") or len(parts) < 5 or parts[0] != "torch":
            return False
        tag = "cp" + self.python.replace(".", "")
        return parts[1:4] == [self.version, tag, tag] and fits(parts[-1], self.system, self.arch)


def measure(
    host: Host, places: tuple[Place, ...], wanted: Wanted | None, *, timeout: float = TIMEOUT
) -> tuple[MirrorAnswer, ...]:
    """How each place answers, all asked at once. Never raises."""
    tasks = {str(n): partial(_one, host, place, wanted, timeout) for n, place in enumerate(places)}
    outcomes = run_all(tasks, limit=2 * timeout + 2)
    return tuple(
        value_of(outcomes[str(n)], _silent(place, "no answer in time"), place.name) for n, place in enumerate(places)
    )


def _one(host: Host, place: Place, wanted: Wanted | None, timeout: float) -> MirrorAnswer:
    if place.of in SMALL:
        return _small(host, place, timeout)
    wanted = wanted if place.of == "pytorch" else None  # the package index has other builds of torch, or none
    package = "torch" if place.of == "pytorch" else "pip"
    root = place.url.rstrip("/")
    page = f"{root}/" if place.layout == "links" else f"{root}/{package}/"
    told = host.answer(page, timeout=timeout, limit=_LISTING)
    if told.value is None:
        return _silent(place, told.detail or told.reason())
    files = [name for name in files_of(told.value.text) if is_distribution(name)]
    return _of_listing(place, page, told.value, files, wanted)


def _of_listing(place: Place, page: str, told: WebAnswer, files: list[str], wanted: Wanted | None) -> MirrorAnswer:
    name = f"torch {wanted.version} for Python {wanted.python}" if wanted else "pip"
    serves, detail = Serves.FILE, ""
    if told.status >= 400:
        serves, detail = Serves.REFUSES, f"HTTP {told.status}"
    elif not files:
        serves = Serves.WEB_PAGE
    elif wanted and not any(wanted.is_in(each) for each in files):
        serves = Serves.LACKS
    return _told(place, page, told, serves, name, detail)


def _small(host: Host, place: Place, timeout: float) -> MirrorAnswer:
    path, word = SMALL[place.of]
    url = f"{place.url.rstrip('/')}/{path}" if place.url else path
    told: Fact[WebAnswer] = host.answer(url, timeout=timeout, limit=1 << 14 if word else 0)
    if told.value is None:
        return _silent(place, told.detail or told.reason())
    answer, name = told.value, path.rpartition("/")[2]
    if answer.status >= 400:
        return _told(place, url, answer, Serves.REFUSES, name, f"HTTP {answer.status}")
    page = answer.kind == "text/html" or answer.text.lstrip()[:1] == "<"
    good = word in answer.text if word else not page
    return _told(place, url, answer, Serves.FILE if good else Serves.WEB_PAGE, name, "")


def _told(place: Place, asked: str, answer: WebAnswer, serves: Serves, wanted: str, detail: str) -> MirrorAnswer:
    here, there = urlsplit(asked).hostname or "", urlsplit(answer.url).hostname or ""
    return MirrorAnswer(
        place.of,
        place.name,
        without_credentials(place.url),
        serves,
        wanted,
        detail,
        there if there != here else "",
        round(answer.seconds, 3),
    )


def _silent(place: Place, why: str) -> MirrorAnswer:
    return MirrorAnswer(place.of, place.name, without_credentials(place.url), Serves.SILENT, detail=why)
