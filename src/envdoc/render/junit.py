"""JUnit XML, in the shape that Jenkins' and GitHub's test reports read: suite, cases, failure, error, skipped.

A failed check or proof is a `failure`, one that crashed or hung an `error`, one that could not be tried `skipped`
with its reason: never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from envdoc.model.finding import CheckResult, CheckStatus, Finding, Report, Severity
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.render.xml import attributes, escape


@dataclass(frozen=True, slots=True)
class _Case:
    group: str
    name: str
    seconds: float
    kind: str = ""  # "" passed | "failure" | "error" | "skipped"
    message: str = ""
    body: str = ""
    output: str = ""


def proofs_junit(results: Iterable[ProofResult], facts: Mapping[str, str]) -> str:
    """The proofs of one run; `facts` are the machine's, as properties of the suite."""
    return _suites("envdoc smoke", [_proof(result) for result in results], facts)


def report_junit(report: Report) -> str:
    """The checks of one report."""
    machine = report.machine
    facts = {"system": machine.os.system.value, "arch": machine.os.arch, "profile": report.profile}
    return _suites("envdoc check", [_check(result) for result in report.checks], facts)


def _proof(result: ProofResult) -> _Case:
    kinds = {
        ProofStatus.PASSED: "",
        ProofStatus.FAILED: "failure",
        ProofStatus.NOT_CHECKED: "skipped",
        ProofStatus.TIMED_OUT: "error",
        ProofStatus.CRASHED: "error",
    }
    figures = "\n".join(f"{name}: {value}" for name, value in result.figures.items())
    output = "\n".join(part for part in (figures, result.output_tail) if part)
    name = result.name if result.gpu is None else f"{result.name} (GPU {result.gpu})"
    body = _told(result.findings)
    return _Case("envdoc.smoke", name, result.seconds, kinds[result.status], result.reason, body, output)


def _check(result: CheckResult) -> _Case:
    kinds = {
        CheckStatus.PASS: "",
        CheckStatus.WARN: "",  # a warning does not fail a build; it stands in the case's output
        CheckStatus.FAIL: "failure",
        CheckStatus.NOT_CHECKED: "skipped",
        CheckStatus.CRASH: "error",
    }
    message = result.findings[0].summary if result.findings else result.reason
    warned = [each for each in result.findings if each.severity is not Severity.ERROR]
    body, output = _told(result.findings), _told(warned)
    return _Case("envdoc.check", result.id, result.seconds, kinds[result.status], message, body, output)


def _told(findings: Iterable[Finding]) -> str:
    lines: list[str] = []
    for each in findings:
        lines += [f"{each.code}: {each.summary}", *(f"  {line}" for line in each.evidence)]
        lines += [f"  {each.remediation.text}"] if each.remediation.text else []
        lines += [f"  $ {command.command}" for command in each.remediation.commands]
    return "\n".join(lines)


def _suites(name: str, cases: list[_Case], facts: Mapping[str, str]) -> str:
    counts = {kind: sum(case.kind == kind for case in cases) for kind in ("failure", "error", "skipped")}
    totals: dict[str, object] = {
        "name": name,
        "tests": len(cases),
        "failures": counts["failure"],
        "errors": counts["error"],
        "skipped": counts["skipped"],
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", f"  <testsuite{attributes(totals)}>"]
    lines += list(_properties(facts))
    for case in cases:
        lines += list(_case(case))
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _properties(facts: Mapping[str, str]) -> Iterator[str]:
    told = {name: value for name, value in facts.items() if value}
    if told:
        yield "    <properties>"
        for name, value in told.items():
            yield f"      <property{attributes({'name': name, 'value': value})}/>"
        yield "    </properties>"


def _case(case: _Case) -> Iterator[str]:
    head = {"classname": case.group, "name": case.name, "time": f"{case.seconds:.3f}"}
    if not case.kind and not case.output:
        yield f"    <testcase{attributes(head)}/>"
        return
    yield f"    <testcase{attributes(head)}>"
    if case.kind == "skipped":
        yield f"      <skipped{attributes({'message': case.message})}/>"
    elif case.kind:
        shape = {"message": case.message, "type": case.kind}
        yield f"      <{case.kind}{attributes(shape)}>{escape(case.body)}</{case.kind}>"
    if case.output:
        yield f"      <system-out>{escape(case.output)}</system-out>"
    yield "    </testcase>"
