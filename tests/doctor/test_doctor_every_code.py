"""Every check can find what it looks for, and stays silent where that is not so. Every code has its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from doctor_broken import BROKEN, WELL, Broken

from envdoc.doctor import checks
from envdoc.findings import codes, entry
from envdoc.model.finding import CheckStatus, Finding, Report, Severity

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "findings"
HEADINGS = ("## What it means", "## Why it happens", "## How envdoc knows", "## What mends it", "## Links")
CODES = {code: each.id for each in checks() for code in each.codes}
HOSTS = {
    "host-answer-broken",
    "host-not-sound",
    "host-unreachable",
    "host-without-envdoc",
    "hosts-differ",
}  # of `check --hosts`, in the room fleet


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.code)
def test_broken_machine_is_named(broken: Broken, judge: Callable[..., Report]) -> None:
    report = judge(broken.machine, broken.changes, broken.profile, require=broken.required)
    assert broken.code in {finding.code for finding in report.findings}
    assert not [each for each in report.checks if each.status is CheckStatus.CRASH]
    own = next(each for each in report.checks if each.id == CODES[broken.code])
    assert broken.code in {finding.code for finding in own.findings}


def test_every_code_has_a_broken_machine() -> None:
    assert {each.code for each in BROKEN} == set(CODES)
    assert len(BROKEN) == len(CODES)


@pytest.fixture(scope="module")
def everywhere(judge: Callable[..., Report]) -> tuple[Report, ...]:
    return tuple(judge(each.machine, each.changes, each.profile, require=each.required) for each in (*BROKEN, *WELL))


@pytest.mark.parametrize("code", sorted(CODES))
def test_code_is_not_found_everywhere(code: str, everywhere: tuple[Report, ...]) -> None:
    """On some machine its check looks and finds nothing of the kind."""
    silent = [
        each
        for report in everywhere
        for each in report.checks
        if each.id == CODES[code]
        and each.status in (CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL)
        and code not in {finding.code for finding in each.findings}
    ]
    assert silent


def test_every_finding_is_well_formed(everywhere: tuple[Report, ...]) -> None:
    for finding in (each for report in everywhere for each in report.findings):
        assert finding.code in CODES
        assert finding.summary
        assert not finding.summary.endswith("."), finding.summary
        assert finding.evidence, finding.code
        assert all(link.startswith("https://") for link in finding.links), finding.links
        _has_a_way_out(finding)


# whether a reboot or an administrator is needed depends on what cuInit answers
_BY_CAUSE = {"cuda-init-failed"}


def test_every_finding_is_as_the_catalogue_says(everywhere: tuple[Report, ...]) -> None:
    """Severity, and whether the machine itself is broken, are the same whoever finds it."""
    for finding in (each for report in everywhere for each in report.findings):
        told = entry(finding.code)
        assert finding.severity in (told.severity, *told.also), finding.code
        if finding.code not in _BY_CAUSE:
            broken = told.machine_broken and finding.severity is Severity.ERROR
            assert finding.machine_broken is broken, finding.code


def test_the_catalogue_knows_what_check_finds() -> None:
    told = {code for code in codes() if "check" in entry(code).found_by and not code.startswith("train-")}
    assert told - HOSTS == {code for code in CODES if not code.startswith("train-")}


def _has_a_way_out(finding: Finding) -> None:
    remedy = finding.remediation
    assert finding.severity is Severity.INFO or remedy.text, finding.code
    for command in remedy.commands:
        assert command.command.strip() == command.command
        # an unquoted `>` is a redirect in every shell
        assert not re.search("[<>]", re.sub('"[^"]*"', "", command.command)), command.command
        assert "sudo pip" not in command.command
        assert "install bitsandbytes-windows" not in command.command


@pytest.mark.parametrize("code", sorted(CODES))
def test_code_has_a_page(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}\n")
    assert [heading for heading in HEADINGS if heading not in text] == []
    assert re.search(r"https://", text)


def test_codes_are_kebab_case_and_belong_to_one_check() -> None:
    every = [code for each in checks() for code in each.codes]
    assert len(every) == len(set(every))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in every)


@pytest.mark.parametrize("code", sorted(CODES))
def test_page_names_every_severity_of_its_code(code: str, everywhere: tuple[Report, ...]) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("**Severity:**"))
    seen = {each.severity.value for report in everywhere for each in report.findings if each.code == code}
    assert seen
    assert {each for each in seen if each not in line.partition(" · ")[0]} == set()
    assert "`envdoc check`" in line


def test_list_of_checks_is_whole() -> None:
    """After a change: `python tools/list_checks.py`."""
    from list_checks import text

    assert (ROOT / "docs" / "reference" / "checks.md").read_text(encoding="utf-8") == text()
