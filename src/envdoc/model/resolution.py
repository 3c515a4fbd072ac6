"""What was decided, and why everything else was not."""

from __future__ import annotations

from envdoc.model.candidate import Candidate
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.finding import Finding
from envdoc.model.source import Source, SourceKind, SourceLayout
from envdoc.model.tunable import Need
from envdoc.model.value import dataclass, field

__all__ = [
    "ChosenPackage",
    "Offers",
    "Opener",
    "Rejected",
    "Resolution",
    "Source",
    "SourceKind",
    "SourceLayout",
    "SourceState",
    "Wish",
]


@dataclass(frozen=True, slots=True)
class Offers:
    """What a source was seen to offer, by package name: versions with their local tags ("2.7.1+cu128").

    A missing fact means that it was not asked (decide by the tables) or not reached (take the next source).
    """

    versions: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceState:
    source: Source
    offers: Fact[Offers] = missing(Why.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for, beyond the machine."""

    profile: str = "auto"
    torch: str = ""  # a PEP 440 specifier, "==2.8.0" or ">=2.7,<2.9"; a bare version means ==
    python: str = ""  # "3.12"
    with_components: tuple[str, ...] = ()
    without_components: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()  # component, and its folder, archive, URL, or `prebuilt`
    mirrors: tuple[str, ...] = ()  # names, URLs and folders as written: `rules.urls.shown` takes credentials off
    model: str = ""  # the one that shall be trained
    needs: tuple[Need, ...] = ()  # its own
    of: tuple[str, ...] = ()  # the options that name another machine than this: ("--machine", "node7.json")


@dataclass(frozen=True, slots=True)
class ChosenPackage:
    # exact, with its local tag where the source's files carry one ("2.7.0+cu128"); a range ("<3.5") where only that
    # is known to belong to torch
    version: str
    source: str  # Source.name
    why: str


@dataclass(frozen=True, slots=True)
class Rejected:
    candidate: str  # "torch 2.7 cu128 on Python 3.12 from pytorch" or "rtx50-cu130"
    reasons: tuple[str, ...]
    elsewhere: bool = False  # for another GPU or system: nobody expects it here, people are told all such in one line


@dataclass(frozen=True, slots=True)
class Opener:
    """The nearest change that would open more: `driver 580 or newer opens cu130`."""

    change: str
    opens: str


@dataclass(frozen=True, slots=True)
class Resolution:
    profile: str  # `bare` where no profile fits: torch and what goes with it, by the tables alone
    python: str  # minor, "3.12"; "" where nothing fits
    cuda: str | None  # "cu128" | "cpu"; None where nothing fits
    torch: str = ""  # "2.7.0"
    arch_list: tuple[str, ...] = ()  # compute capabilities the torch build has code for ("7.5", ...)
    gpus: tuple[str, ...] = ()  # compute capabilities it was resolved for
    candidates: tuple[tuple[str, Candidate], ...] = ()  # the chosen way of each component, in order of installation
    packages: dict[str, ChosenPackage] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    openers: tuple[Opener, ...] = ()
    sources: tuple[Source, ...] = ()  # in use, in order, with {cuda} filled in
    lock: str = ""  # name of the lock file that pins the rest
    why: tuple[str, ...] = ()  # the choice in sentences, most important first
    findings: tuple[Finding, ...] = ()
    left_out: tuple[int, ...] = ()  # indices of GPUs that it does not serve: no build serves all together
    asked: tuple[str, ...] = ()  # what was asked beside the profile, as `install` takes it: ("--with", "vllm")

    @property
    def to_name(self) -> str:
        """What `--profile` must say to get it: a profile's own name refuses the GPUs that `auto` leaves out."""
        return "auto" if self.profile == "bare" or self.left_out else self.profile

    @property
    def components(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.candidates)

    @property
    def fits(self) -> bool:
        return self.cuda is not None
