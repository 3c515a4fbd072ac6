"""Hugging Face: the address, mirrors and Xet, space, and switches that no longer work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import need, on_windows, packages
from envdoc.doctor.words import found, passed, set_variable, shown, unset_variable
from envdoc.findings import finding, text
from envdoc.model.finding import Finding
from envdoc.rules.requirements import satisfies

_OFFICIAL = "https://huggingface.co"
# hf_xet is a hard dependency from this release on; file data then comes from xethub's own hosts, past a mirror.
_XET_SINCE = ">=0.31"
# A 7B model in bf16 has 15 GB of weights.
SPACE_LEAST_MIB = 16 * 1024
_TRUE = ("1", "ON", "YES", "TRUE")


@check("hub-endpoint", codes=("hub-endpoint-bad", "hub-mirror-xet", "hub-endpoint-not-https"), beyond_listings=True)
def hub_endpoint(case: Case) -> Outcome:
    value = case.machine.env.get("HF_ENDPOINT")
    if not value:
        return passed(text("checks", "official", official=_OFFICIAL))
    findings = list(_endpoint(case, value))
    return found(*findings, seen=value if "@" not in value else "set")


def _endpoint(case: Case, value: str) -> Iterator[Finding]:
    clean = value.strip().strip("'\"").rstrip("/")
    evidence = (shown("HF_ENDPOINT", value),)
    if not re.match(r"^https?://[^\s/]+(/[^\s]*)?$", value.rstrip("/")):
        address = clean if clean.startswith("http") else f"https://{clean}"
        yield finding(
            "hub-endpoint-bad",
            evidence=evidence,
            commands=() if "@" in value else set_variable("HF_ENDPOINT", address, windows=on_windows(case)),
        )
    elif value.startswith("http://") and not re.match(r"http://(localhost|127\.|\[::1\])", value):
        yield finding(
            "hub-endpoint-not-https",
            evidence=evidence,
        )
    if not clean.startswith(_OFFICIAL) and not _truthy(case, "HF_HUB_DISABLE_XET") and _has_xet(case):
        yield _past_the_mirror(case, evidence)


def _past_the_mirror(case: Case, evidence: tuple[str, ...]) -> Finding:
    return finding(
        "hub-mirror-xet",
        evidence=(*evidence, text("hub-mirror-xet", "not-set")),
        commands=set_variable("HF_HUB_DISABLE_XET", "1", windows=on_windows(case)),
    )


def _truthy(case: Case, name: str) -> bool:
    return case.machine.env.get(name, "").upper() in _TRUE


def _has_xet(case: Case) -> bool:
    """Whether the environment's hub uses Xet; one that is still to be installed will."""
    installed = {package.name: package for package in (case.machine.target.packages.value or ())}
    hub = installed.get("huggingface-hub")
    return hub is None or (satisfies(hub.version, _XET_SINCE) and "hf-xet" in installed)


@check("hub-space", codes=("hub-disk-low",))
def hub_space(case: Case) -> Outcome:
    fact = case.machine.hub.disk
    disk = need(fact, "what-model-space")
    if disk.free_mib >= SPACE_LEAST_MIB:
        return passed(text("checks", "gib-free", free=f"{disk.free_mib / 1024:.0f}"))
    return found(
        finding(
            "hub-disk-low",
            free=f"{disk.free_mib / 1024:.1f}",
            evidence=(text("checks", "space", path=disk.path, free=disk.free_mib, total=disk.total_mib),),
            commands=set_variable(
                "HF_HOME", "D:\\huggingface" if on_windows(case) else "/data/huggingface", windows=on_windows(case)
            ),
        )
    )


@check("hub-switches", codes=("hub-offline", "hub-transfer-missing"), beyond_listings=True)
def hub_switches(case: Case) -> Outcome:
    findings = []
    offline = [name for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") if _truthy(case, name)]
    if offline:
        findings.append(
            finding(
                "hub-offline",
                offline=offline[0],
                evidence=(shown(offline[0], case.machine.env[offline[0]]),),
            )
        )
    if _truthy(case, "HF_HUB_ENABLE_HF_TRANSFER") and case.machine.target.packages.known:
        findings += _transfer(case)
    return found(*findings, seen=text("checks", "nothing-odd"))


def _transfer(case: Case) -> list[Finding]:
    """Before 1.0 the switch makes every download fail without its package; later it is ignored (see advice)."""
    installed = packages(case)
    hub = installed.get("huggingface-hub")
    if hub is None or "hf-transfer" in installed or satisfies(hub.version, ">=1.0"):
        return []
    return [
        finding(
            "hub-transfer-missing",
            evidence=(text("hub-transfer-missing", "installed", version=hub.version),),
            commands=unset_variable("HF_HUB_ENABLE_HF_TRANSFER", windows=on_windows(case)),
        )
    ]
