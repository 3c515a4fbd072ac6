"""What an engine calls "not found" is asked of the sources again: refused, down, behind a proxy, truly not there."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from installer_kit import PYPI, PYTORCH

from envdoc.installer.faults import explain
from envdoc.installer.second_look import second_look
from envdoc.installer.secrets import Credential
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.plan import InstallPackages

NOT_FOUND = (
    "error: No solution found when resolving dependencies\n"
    "  cause: Because torch was not found in the package registry and envdoc-step depends on torch==2.7.1+cu128"
)
TUNNEL = (
    "error: Failed to fetch: https://x/torch/\n  cause: error sending request for url (https://x/torch/)\n"
    "  cause: client error (Connect)\n  cause: tunnel error: unsuccessful"
)
LOCK = ("torch==2.7.1+cu128", "trl==1.0")


@dataclass
class Pages:
    """Answers of fetches: the first for torch's home, the second for the registry."""

    answers: tuple[Fact[str], ...]
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, *, timeout: float, limit: int = 1 << 20) -> Fact[str]:
        del timeout, limit
        self.asked.append(url)
        return self.answers[len(self.asked) - 1]


def failed(detail: str) -> Fact[str]:
    return missing(Why.FAILED, "https://x", detail)


FINE, ABSENT = known("", "https://x"), failed("HTTP 404")


@pytest.mark.parametrize("said", [NOT_FOUND, TUNNEL])
@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((failed("HTTP 401"),), "index-denied"),
        ((failed("HTTP 403"),), "index-denied"),
        ((failed("HTTP 407"),), "index-denied"),
        ((failed("HTTP 407 of the proxy"),), "index-denied"),
        ((failed("HTTP 403 of the proxy"),), "index-denied"),
        ((FINE, failed("HTTP 403")), "index-denied"),
        ((failed("HTTP 503"),), "network-unreachable"),
        ((missing(Why.TIMED_OUT, "https://x", "no answer in 15 s"),), "network-unreachable"),
        ((failed("its name cannot be resolved"),), "network-unreachable"),
        ((failed("connection refused"),), "network-unreachable"),
        ((failed("its certificate cannot be verified"),), "tls-not-trusted"),
        ((known("<html><form action='/login'><input name='user'></form></html>", "https://x"),), "source-web-page"),
        ((known("<html><meta http-equiv='refresh' content='0; /portal'></html>", "https://x"),), "source-web-page"),
    ],
)
def test_a_source_that_keeps_us_out_is_named(said: str, answers: tuple[Fact[str], ...], code: str) -> None:
    step = InstallPackages("torch", "torch", LOCK, LOCK, (PYTORCH, PYPI))
    found = second_look(explain("torch", said), step, Pages(answers))  # type: ignore[arg-type]
    assert found.code == code
    assert set(explain("torch", said).evidence) <= set(found.evidence)  # the engine's own words stay


@pytest.mark.parametrize("answers", [(ABSENT, ABSENT), (FINE, ABSENT), (FINE, FINE), (failed("HTTP 410"), FINE)])
def test_what_is_truly_not_there_stays_so(answers: tuple[Fact[str], ...]) -> None:
    step = InstallPackages("torch", "torch", LOCK, LOCK, (PYTORCH, PYPI))
    plain = explain("torch", NOT_FOUND)
    assert second_look(plain, step, Pages(answers)) == plain  # type: ignore[arg-type]


def test_each_source_is_asked_for_what_the_step_wants_of_it_with_its_credentials() -> None:
    step = InstallPackages("all", "all", ("trl==1.0", "torch==2.7.1+cu128"), LOCK, (PYTORCH, PYPI))
    pages = Pages((FINE, ABSENT))
    second_look(explain("all", NOT_FOUND), step, pages, (Credential(PYTORCH.url, "me", "t"),))  # type: ignore[arg-type]
    assert pages.asked == ["https://me:t@download.pytorch.org/whl/cu128/torch/", "https://pypi.org/simple/trl/"]


def test_a_plain_cause_is_not_asked_about_again() -> None:
    step = InstallPackages("torch", "torch", LOCK, LOCK, (PYTORCH, PYPI))
    full = explain("torch", "No space left on device (os error 28)")
    assert second_look(full, step, Pages(())) == full  # type: ignore[arg-type]
