"""After an installation the check must have looked: what it could not see is no pass."""

from __future__ import annotations

import pytest

from envdoc.doctor import checks
from envdoc.model.finding import CheckResult, CheckStatus, Finding, Severity
from envdoc.model.results import ProofStatus
from envdoc.workflow.install import ENVIRONMENT_CHECKS, MUST_BE_SEEN, checked_again


def results(**changed: CheckResult) -> tuple[CheckResult, ...]:
    names = {each.replace("-", "_"): each for each in ENVIRONMENT_CHECKS}
    return tuple(changed.get(key, CheckResult(name, name, CheckStatus.PASS)) for key, name in names.items())


def test_the_ids_are_the_doctors_own() -> None:
    assert set(ENVIRONMENT_CHECKS) <= {each.id for each in checks()}
    assert set(MUST_BE_SEEN) <= set(ENVIRONMENT_CHECKS)


def test_all_well_passes_and_absent_packages_need_no_check() -> None:
    absent = CheckResult("flash-attn-build", "", CheckStatus.NOT_CHECKED, "not installed")
    assert checked_again(results(flash_attn_build=absent)).status is ProofStatus.PASSED


@pytest.mark.parametrize("name", MUST_BE_SEEN)
def test_what_could_not_be_seen_fails(name: str) -> None:
    unseen = CheckResult(name, "", CheckStatus.NOT_CHECKED, "denied")
    told = checked_again(results(**{name.replace("-", "_"): unseen}))
    assert (told.status, told.reason) == (ProofStatus.FAILED, f"{name} was not checked")


def test_a_warning_was_seen_and_stops_nothing() -> None:
    warned = CheckResult("package-copies", "", CheckStatus.WARN)
    assert checked_again(results(package_copies=warned)).status is ProofStatus.PASSED


def test_nothing_at_all_fails() -> None:
    assert checked_again(()).status is ProofStatus.FAILED


def test_errors_and_crashes_are_named() -> None:
    finding = Finding("torch-cpu-build", Severity.ERROR, "a CPU build")
    wrong = CheckResult("torch-build", "", CheckStatus.FAIL, findings=(finding,))
    crash = CheckResult("known-breaks", "", CheckStatus.CRASH, "boom")
    told = checked_again(results(torch_build=wrong, known_breaks=crash))
    assert (told.status, told.reason) == (ProofStatus.FAILED, "torch-cpu-build, known-breaks crashed")
    assert told.findings == (finding,)
