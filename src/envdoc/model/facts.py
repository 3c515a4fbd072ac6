"""A fact is one probed value with its source, or the reason why it is missing."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from envdoc.model.text import Text, joined
from envdoc.model.value import dataclass

T = TypeVar("T")

NOT_IN_LISTING = "not-in-listing"  # code of a missing fact: the pasted text does not tell it, nobody could ask
PARTIAL = "partial"  # code of a known fact: a list of which the pasted text may show only some


class Why(StrEnum):
    """Why a value is missing. "No GPU" and "no permission" must never look alike."""

    ABSENT = "absent"  # it was looked for and is not there
    DENIED = "denied"  # it is there, but we may not look
    FAILED = "failed"  # asking it gave an error; `detail` quotes it
    UNSUPPORTED = "unsupported"  # this system, driver or card has no such thing
    TIMED_OUT = "timed-out"  # it did not answer in its time
    NOT_ASKED = "not-asked"  # asking was not wished (offline, a what-if machine), or not possible (a listing)


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value and its source, or the reason why it is missing.

    Exactly one of `value` and `why` is set. `source` names where it was asked ("nvml", "/proc/meminfo",
    "nvidia-smi"); `detail` carries the error's own words, for people. `code` is the error's name, for decisions:
    an NVML error ("NVML_ERROR_GPU_IS_LOST"), an errno ("EACCES"), or one of envdoc's own in lower case
    ("not-loadable"); "" where there is none.
    """

    value: T | None = None
    source: str = ""
    why: Why | None = None
    detail: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.why is None):
            raise ValueError(f"a fact has a value or a reason, not both or neither: {self!r}")

    @property
    def known(self) -> bool:
        return self.why is None

    def __bool__(self) -> bool:
        raise TypeError("ask a fact for .known or .value: a missing value is not False")

    def or_else(self, default: T) -> T:
        """The value, or `default` where it is missing."""
        return default if self.value is None else self.value

    def reason(self) -> str:
        """Why it is missing, in words: `timed-out (nvidia-smi)`; `words/facts.yaml` says it in Chinese, and
        `words/details.yaml` the details that are envdoc's own. Another program's own words stay as they are."""
        if self.why is None:
            return ""
        if self.code == NOT_IN_LISTING:
            return Text("not in the listing", "facts", NOT_IN_LISTING, {})
        told = joined(Text(each, "details", each, {}) for each in (self.source, self.detail) if each)
        english = f"{self.why.value} ({told})" if told else self.why.value
        return Text(english, "facts", self.why.value, {"told": told})


def known(value: T, source: str = "") -> Fact[T]:
    """A fact with a value."""
    return Fact(value=value, source=source)


def missing(why: Why, source: str = "", detail: str = "", code: str = "") -> Fact[T]:
    """A fact without a value, and the reason."""
    return Fact(why=why, source=source, detail=detail, code=code)


@dataclass(frozen=True, slots=True)
class Readings(Generic[T]):
    """One quantity as several sources tell it, the most trusted first. All are kept."""

    facts: tuple[Fact[T], ...] = ()

    @property
    def best(self) -> Fact[T]:
        """The first known reading; without any, the first reason."""
        for fact in self.facts:
            if fact.known:
                return fact
        return self.facts[0] if self.facts else missing(Why.NOT_ASKED)

    @property
    def value(self) -> T | None:
        return self.best.value

    @property
    def known(self) -> bool:
        return self.best.known

    @property
    def agree(self) -> bool:
        """Whether all known readings are equal (True when fewer than two are known)."""
        told = [fact.value for fact in self.facts if fact.known]
        return all(value == told[0] for value in told)


def readings(*facts: Fact[T]) -> Readings[T]:
    return Readings(facts)
