"""One report in the forms that machines read: every status, nothing that escapes, nothing that looks like a pass."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from envdoc.model.facts import known
from envdoc.model.finding import CheckResult, CheckStatus, Command, Finding, Remediation, Report, Severity, exit_code
from envdoc.model.machine import Machine, OperatingSystem, Python, PythonKind, System, Target, TargetKind
from envdoc.render.document import report_document
from envdoc.render.github import report_annotations
from envdoc.render.junit import report_junit
from envdoc.render.markdown import report_markdown

BAD = Finding(
    "no-gpu",
    Severity.ERROR,
    "No | GPU <b>here</b>: 100%",
    evidence=("nvml: absent\nsecond line",),
    remediation=Remediation("Mend it", (Command("mend | less"),)),
    links=("https://example.org/x",),
)
ODD = Finding("gpu-mig", Severity.WARNING, "a warning", evidence=("seen",))
SAID = Finding("hub-offline", Severity.INFO, "a note", evidence=("seen",))
CHECKS = (
    CheckResult("well", "Well", CheckStatus.PASS, "all | seen"),
    CheckResult("noted", "Noted", CheckStatus.PASS, "", findings=(SAID,)),
    CheckResult("odd", "Odd", CheckStatus.WARN, "", findings=(ODD,)),
    CheckResult("bad", "Bad", CheckStatus.FAIL, "", findings=(BAD,)),
    CheckResult("dark", "Dark", CheckStatus.NOT_CHECKED, "no light"),
    CheckResult("broken", "Broken", CheckStatus.CRASH, "bug in this check: ZeroDivisionError: x"),
)


def report(*checks: CheckResult) -> Report:
    python = known(Python("/env/bin/python", "3.12.1", PythonKind.VENV))
    machine = Machine(
        os=OperatingSystem(System.LINUX, "x86_64", name=known("Some OS")),
        target=Target(TargetKind.VENV, "/env", "--env", python),
    )
    return Report(machine, checks or CHECKS, "rtx40", (Command("envdoc smoke"),))


def test_junit_tells_every_status_apart() -> None:
    suite = ElementTree.fromstring(report_junit(report())).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    kinds = {case.get("name"): [part.tag for part in case] for case in suite.iter("testcase")}
    assert kinds == {
        "well": [], "noted": ["system-out"], "odd": ["system-out"], "bad": ["failure"], "dark": ["skipped"],
        "broken": ["error"],
    }  # fmt: skip
    (failure,) = suite.iter("failure")
    assert failure.get("message") == BAD.summary
    assert (
        failure.text == "no-gpu: No | GPU <b>here</b>: 100%\n  nvml: absent\nsecond line\n  Mend it\n  $ mend | less"
    )
    (error,) = suite.iter("error")
    assert error.get("message") == "bug in this check: ZeroDivisionError: x"
    (skipped,) = suite.iter("skipped")
    assert skipped.get("message") == "no light"


def test_github_has_one_annotation_a_finding_and_one_for_a_crash() -> None:
    assert report_annotations(report()) == (
        "::error title=envdoc no-gpu::No | GPU <b>here</b>: 100%25%0AMend it%0A$ mend | less\n"
        "::warning title=envdoc gpu-mig::a warning\n"
        "::notice title=envdoc hub-offline::a note\n"
        "::error title=envdoc check broken::bug in this check%3A ZeroDivisionError%3A x\n"
    ).replace("%3A", ":")
    assert report_annotations(report(CHECKS[0])) == ""


def test_markdown_escapes_and_tells_all() -> None:
    text = report_markdown(report())
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows == [
        "| check | status | seen |",
        "| Well | pass | all \\| seen |",
        "| Noted | pass |  |",
        "| Odd | **warning** |  |",
        "| Bad | **error** |  |",
        "| Dark | not checked | no light |",
        "| Broken | **crash** | bug in this check: ZeroDivisionError: x |",
    ]
    assert "### error: `no-gpu`\n\nNo \\| GPU &lt;b>here&lt;/b>: 100%\n- nvml: absent\\nsecond line\n" in text
    assert "\nMend it\n\n```\nmend | less\n```\n- <https://example.org/x>\n" in text
    assert text.endswith("\n1 error, 1 warning, 2 passed, 1 not checked, 1 crashed (a bug of envdoc)\n")


def test_a_crash_alone_is_never_0() -> None:
    crashed = report(CHECKS[-1])
    assert exit_code(crashed) == 1
    document = report_document(crashed)
    assert (document["exit_code"], document["findings"]) == (1, [])
    assert [check["status"] for check in document["checks"]] == ["crash"]


@pytest.mark.parametrize(
    ("checks", "code", "strict"),
    [
        (CHECKS[:2], 0, 0),
        (CHECKS[:3], 0, 1),
        (CHECKS[:4], 1, 1),
        (CHECKS[4:5], 0, 0),
        (CHECKS[5:], 1, 1),
    ],
)
def test_exit_code(checks: tuple[CheckResult, ...], code: int, strict: int) -> None:
    assert (exit_code(report(*checks)), exit_code(report(*checks), strict=True)) == (code, strict)
