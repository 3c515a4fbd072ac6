"""Hugging Face: the address, mirrors and Xet, space, and switches that no longer work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import need, on_windows, packages
from envdoc.doctor.words import finding, found, passed, set_variable, shown, unset_variable
from envdoc.model.finding import Finding, Severity
from envdoc.rules.requirements import satisfies

_VARIABLES = "https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables"
_OFFICIAL = "https://huggingface.co"
# hf_xet is a hard dependency from this release on; file data then comes from xethub's own hosts, past a mirror.
_XET_SINCE = ">=0.31"
# A 7B model in bf16 has 15 GB of weights.
SPACE_LEAST_MIB = 16 * 1024
_TRUE = ("1", "ON", "YES", "TRUE")


@check(
    "hub-endpoint", "Hugging Face endpoint", codes=("hub-endpoint-bad", "hub-mirror-xet", "hub-endpoint-not-https")
)
def hub_endpoint(case: Case) -> Outcome:
    value = case.machine.env.get("HF_ENDPOINT")
    if not value:
        return passed(f"{_OFFICIAL} (not set)")
    findings = list(_endpoint(case, value))
    return found(*findings, seen=value if "@" not in value else "set")


def _endpoint(case: Case, value: str) -> Iterator[Finding]:
    clean = value.strip().strip("'\"").rstrip("/")
    evidence = (shown("HF_ENDPOINT", value),)
    if not re.match(r"^https?://[^\s/]+(/[^\s]*)?$", value.rstrip("/")):
        address = clean if clean.startswith("http") else f"https://{clean}"
        yield finding(
            Severity.ERROR,
            "hub-endpoint-bad",
            "HF_ENDPOINT is not a clean address; huggingface_hub uses it as it is and every download fails",
            evidence=evidence,
            fix="Set it to the address alone, with `https://` and without blanks or quotes",
            commands=() if "@" in value else set_variable("HF_ENDPOINT", address, windows=on_windows(case)),
            links=(_VARIABLES,),
        )
    elif value.startswith("http://") and not re.match(r"http://(localhost|127\.|\[::1\])", value):
        yield finding(
            Severity.WARNING,
            "hub-endpoint-not-https",
            "HF_ENDPOINT has no TLS: tokens and weights travel in the clear",
            evidence=evidence,
            fix="Use the mirror's https address",
            links=(_VARIABLES,),
        )
    if not clean.startswith(_OFFICIAL) and not _truthy(case, "HF_HUB_DISABLE_XET") and _has_xet(case):
        yield _past_the_mirror(case, evidence)


def _past_the_mirror(case: Case, evidence: tuple[str, ...]) -> Finding:
    return finding(
        Severity.WARNING,
        "hub-mirror-xet",
        "Files come past the mirror: Xet fetches their data from its own hosts",
        evidence=(*evidence, "HF_HUB_DISABLE_XET is not set"),
        fix="Switch Xet off where the mirror must serve everything",
        commands=set_variable("HF_HUB_DISABLE_XET", "1", windows=on_windows(case)),
        links=("https://github.com/huggingface/huggingface_hub/issues/4475", _VARIABLES),
    )


def _truthy(case: Case, name: str) -> bool:
    return case.machine.env.get(name, "").upper() in _TRUE


def _has_xet(case: Case) -> bool:
    """Whether the environment's hub uses Xet; one that is still to be installed will."""
    installed = {package.name: package for package in (case.machine.target.packages.value or ())}
    hub = installed.get("huggingface-hub")
    return hub is None or (satisfies(hub.version, _XET_SINCE) and "hf-xet" in installed)


@check("hub-space", "Space for models", codes=("hub-disk-low",))
def hub_space(case: Case) -> Outcome:
    fact = case.machine.hub.disk
    disk = need(fact, "space for models")
    if disk.free_mib >= SPACE_LEAST_MIB:
        return passed(f"{disk.free_mib / 1024:.0f} GiB free")
    return found(
        finding(
            Severity.WARNING,
            "hub-disk-low",
            f"Only {disk.free_mib / 1024:.1f} GiB are free where models are kept; a 7B model takes 15",
            evidence=(f"{disk.path}: {disk.free_mib} of {disk.total_mib} MiB free",),
            fix="Remove old models with `hf cache rm`, or move the cache with HF_HOME",
            commands=set_variable(
                "HF_HOME", "D:\\huggingface" if on_windows(case) else "/data/huggingface", windows=on_windows(case)
            ),
            links=(_VARIABLES,),
        )
    )


@check("hub-switches", "Hugging Face switches", codes=("hub-offline", "hub-transfer-missing"))
def hub_switches(case: Case) -> Outcome:
    findings = []
    offline = [name for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") if _truthy(case, name)]
    if offline:
        findings.append(
            finding(
                Severity.INFO,
                "hub-offline",
                f"{offline[0]} is set: nothing is downloaded, only what is cached can be used",
                evidence=(shown(offline[0], case.machine.env[offline[0]]),),
                links=(_VARIABLES,),
            )
        )
    if _truthy(case, "HF_HUB_ENABLE_HF_TRANSFER") and case.machine.target.packages.known:
        findings += _transfer(case)
    return found(*findings, seen="nothing odd")


def _transfer(case: Case) -> list[Finding]:
    """Before 1.0 the switch makes every download fail without its package; later it is ignored (see advice)."""
    installed = packages(case)
    hub = installed.get("huggingface-hub")
    if hub is None or "hf-transfer" in installed or satisfies(hub.version, ">=1.0"):
        return []
    return [
        finding(
            Severity.ERROR,
            "hub-transfer-missing",
            "HF_HUB_ENABLE_HF_TRANSFER is set, but the package hf_transfer is not installed: every download fails",
            evidence=(f"installed: huggingface-hub {hub.version}",),
            fix="Remove the variable; current releases are fast without it",
            commands=unset_variable("HF_HUB_ENABLE_HF_TRANSFER", windows=on_windows(case)),
            links=(_VARIABLES,),
        )
    ]
