"""Values as the one JSON document of a command; each has a JSON Schema in docs/schemas/."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from envdoc import __version__
from envdoc.errors import EnvdocError
from envdoc.findings import Language, say
from envdoc.findings.catalogue import aliases
from envdoc.model.codec import encode
from envdoc.model.finding import CheckResult, Finding, Report, exit_code
from envdoc.model.plan import Plan
from envdoc.model.resolution import Resolution
from envdoc.model.results import InstallResult, ProofResult

SCHEMA = 1


def to_json(data: object, *, ascii_only: bool = False) -> str:
    return json.dumps(data, ensure_ascii=ascii_only, indent=2)


def translated(data: Any, language: Language) -> Any:
    """Plain data with its sentences in a language; English is what they are."""
    if language is Language.EN:
        return data
    if isinstance(data, dict):
        return {key: translated(value, language) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [translated(value, language) for value in data]
    return say(data, language) if isinstance(data, str) else data


def envelope(command: str, code: int, findings: Iterable[Finding] = (), /, **more: Any) -> dict[str, Any]:
    """What all documents share, then what the command adds."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "envdoc", "version": __version__},
        "command": command,
        "exit_code": int(code),
        "findings": [finding_data(finding) for finding in findings],
        **more,
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding; `where` and `values` stand only where there are some."""
    data = {
        "code": finding.code,
        "aliases": list(aliases(finding.code)),
        "severity": finding.severity.value,
        "summary": finding.summary,
        "evidence": list(finding.evidence),
        "remediation": {
            "text": finding.remediation.text,
            "commands": [
                {"shell": each.shell.value, "command": each.command} for each in finding.remediation.commands
            ],
        },
        "links": list(finding.links),
    }
    if finding.where:
        data["where"] = {name: value for name, value in _encoded(finding.where).items() if value}
    if finding.values:
        data["values"] = dict(finding.values)
    return data


def check_data(result: CheckResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title,
        "status": result.status.value,
        "reason": result.reason,
        "subject": result.subject.value,
        "group": result.group,
        "required": result.required,
        "seconds": round(result.seconds, 4),
    }


def report_document(report: Report, *, strict: bool = False) -> dict[str, Any]:
    """`envdoc check --format json`."""
    return envelope(
        "check",
        exit_code(report, strict=strict),
        report.findings,
        profile=report.profile,
        checks=[check_data(result) for result in report.checks],
        machine=encode(report.machine),
        next=[each.command for each in report.next_commands],
        **({"methods": [encode(each) for each in report.methods]} if report.methods else {}),
    )


def resolution_data(resolution: Resolution) -> dict[str, Any]:
    return {
        "profile": resolution.profile,
        "python": resolution.python,
        "cuda": resolution.cuda,
        "torch": resolution.torch,
        "sm": list(resolution.arch_list),
        "gpus": list(resolution.gpus),
        "components": list(resolution.components),
        "packages": {
            name: {"version": chosen.version, "source": chosen.source, "why": chosen.why}
            for name, chosen in resolution.packages.items()
        },
        "rejected": [{"candidate": each.candidate, "reasons": list(each.reasons)} for each in resolution.rejected],
        "openers": [{"change": each.change, "opens": each.opens} for each in resolution.openers],
        "lock": resolution.lock,
        "why": list(resolution.why),
    }


def plan_data(plan: Plan) -> list[dict[str, Any]]:
    """Steps as data, each with its kind: `ProvidePython`, `InstallPackages`, ..."""
    return [{"kind": type(step).__name__, **_encoded(step)} for step in plan.steps]


def _encoded(value: object) -> dict[str, Any]:
    data = encode(value)
    return data if isinstance(data, dict) else {}


def resolution_document(
    resolution: Resolution, plan: Plan | None, *, command: str, code: int, findings: Iterable[Finding] | None = None
) -> dict[str, Any]:
    """`envdoc resolve --format json`, and `install --dry-run`."""
    return envelope(
        command,
        code,
        resolution.findings if findings is None else findings,
        resolution=resolution_data(resolution),
        plan=plan_data(plan) if plan else [],
        environment=plan.environment if plan else "",
        download_mib=plan.download_mib if plan else 0,
        disk_mib=plan.disk_mib if plan else 0,
    )


def proof_data(proof: ProofResult) -> dict[str, Any]:
    return {
        "name": proof.name,
        "title": proof.title,
        "status": proof.status.value,
        "gpu": proof.gpu,
        "reason": proof.reason,
        "seconds": round(proof.seconds, 3),
        "figures": proof.figures,
    }


def install_document(
    result: InstallResult, resolution: Resolution | None, *, command: str, code: int
) -> dict[str, Any]:
    """`envdoc install --format json`: what was decided, done and proved; findings of both, without repeats."""
    return envelope(
        command,
        code,
        dict.fromkeys((*result.findings, *(resolution.findings if resolution else ()))),
        environment=result.environment,
        profile=result.profile,
        usable=result.usable,
        changed=result.changed,
        resolution=resolution_data(resolution) if resolution else None,
        steps=[
            {
                "id": step.id,
                "title": step.title,
                "status": step.status.value,
                "seconds": round(step.seconds, 3),
                "detail": step.detail,
            }
            for step in result.steps
        ],
        proofs=[proof_data(proof) for proof in result.proofs],
    )


def error_document(error: EnvdocError, *, command: str, exit_code: int) -> dict[str, Any]:
    """An error as the one document: a finding with the error's code."""
    document = envelope(command, exit_code)
    document["findings"] = [
        {
            "code": error.code,
            "aliases": [],
            "severity": "error",
            "summary": error.message,
            "evidence": [],
            "remediation": {"text": error.hint, "commands": []},
            "links": [],
        }
    ]
    return document
