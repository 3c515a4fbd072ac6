"""The table of imagined machines (`machines.yaml`): choice or refusal, and the explanation of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from resolver_kit import PYPI, PYTORCH, Resolver, down

from envdoc.model.resolution import Resolution, SourceState, Wish

_TABLE = yaml.safe_load(Path(__file__).with_name("machines.yaml").read_text(encoding="utf-8"))
_CASES: list[dict[str, Any]] = _TABLE["cases"]


def _name(case: dict[str, Any]) -> str:
    keys = ("os", "arch", "profile", "torch", "python", "with", "down")
    parts = [
        " + ".join(case.get("gpus", ["no GPU"])),
        str(case.get("driver", "")),
        *(str(case.get(k, "")) for k in keys),
    ]
    return " ".join(part for part in parts if part)


def _resolved(case: dict[str, Any], resolving: Resolver) -> Resolution:
    wish = Wish(case.get("profile", "auto"), case.get("torch", ""), with_components=tuple(case.get("with", ())))
    lost = case.get("down", ())
    sources = tuple(down(each) if each.name in lost else SourceState(each) for each in (PYTORCH, PYPI))
    return resolving(
        wish,
        sources,
        gpus=tuple(case.get("gpus", ())),
        driver=str(case.get("driver", "")),
        system=case.get("os", ""),
        arch=case.get("arch", ""),
        python=case.get("python", ""),
    )


@pytest.mark.parametrize("case", _CASES, ids=_name)
def test_choice(case: dict[str, Any], resolving: Resolver) -> None:
    resolution = _resolved(case, resolving)
    errors = [finding.code for finding in resolution.findings if finding.severity == "error"]
    if "refused" in case:
        assert (resolution.cuda, errors) == (None, [case["refused"]])
    else:
        chosen = f"{resolution.profile} {resolution.cuda} {resolution.torch} {resolution.python}"
        assert (chosen, errors) == (case["expect"], [])
        bare = any(finding.code == "bare-choice" for finding in resolution.findings)
        assert bare is case["expect"].startswith("bare ")
        brought = {name: package.version for name, package in resolution.packages.items()}
        assert case.get("brings", {}).items() <= brought.items()


@pytest.mark.parametrize("case", [case for case in _CASES if "expect" in case], ids=_name)
def test_what_is_left_out_is_said(case: dict[str, Any], resolving: Resolver) -> None:
    found = [each for each in _resolved(case, resolving).findings if each.code == "mixed-gpus-not-covered"]
    assert len(found) == bool(case.get("left-out"))
    assert all(name in found[0].summary for name in case.get("left-out", ()))
    assert all("CUDA_VISIBLE_DEVICES" in each.remediation.commands[0].command for each in found)


@pytest.mark.parametrize("case", _CASES, ids=_name)
def test_rejected_candidates_say_why(case: dict[str, Any], resolving: Resolver) -> None:
    rejected = {each.candidate: "; ".join(each.reasons) for each in _resolved(case, resolving).rejected}
    for candidate, words in case.get("says", {}).items():
        assert words in rejected[candidate]


@pytest.mark.parametrize("case", [case for case in _CASES if "opens" in case], ids=_name)
def test_openers_name_the_change(case: dict[str, Any], resolving: Resolver) -> None:
    openers = [(each.change, each.opens) for each in _resolved(case, resolving).openers]
    for change, opens in case["opens"].items():
        assert any(change in words and opens in told for words, told in openers), openers


def test_table_is_wide_enough() -> None:
    """At least 120 machines; every case names a source that the table lists."""
    assert (
        len({tuple(str(case.get(key)) for key in ("gpus", "driver", "os", "arch", "python")) for case in _CASES})
        >= 120
    )
    assert {case["from"] for case in _CASES} <= set(_TABLE["sources"])
