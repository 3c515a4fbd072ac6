"""flash-attn where it stands: the seed's own mistake, what names the right wheel, and where nothing does."""

from __future__ import annotations

from typing import Any

import pytest
from doctor_cases import case_of

from envdoc.doctor.flash_attn import flash_attn_build, flash_attn_gpu
from envdoc.findings import Language, said
from envdoc.model.facts import known
from envdoc.model.finding import Finding
from envdoc.model.machine import ExtensionBuild, Package

SEED = "win11-2x5060ti-576-cu128"
SEEDS_OWN = "2.7.4.post1+cu124torch2.6.0cxx11abifalse"
RIGHT = (
    "https://github.com/mjun0812/flash-attention-prebuild-wheels/releases/download/v0.7.11/"
    "flash_attn-2.8.3%2Bcu128torch2.7-cp312-cp312-win_amd64.whl"
)


def with_flash(machine: str, version: str, **built: Any) -> Any:
    package = Package("flash-attn", version, "/site/flash_attn.dist-info")
    changes = {
        "target.packages": known((package,), "test"),
        "target.extensions": {"flash-attn": ExtensionBuild("flash-attn", version, **built)},
    }
    return case_of(machine, changes)


def seeds_own() -> Any:
    built = {"cuda": ("12.4",), "torch": "2.6.0", "python": "cp312", "cxx11_abi": False}
    return with_flash(SEED, SEEDS_OWN, **built)


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


def test_the_seeds_wheel_is_refused_and_the_right_one_named() -> None:
    finding = only(flash_attn_build(seeds_own()).findings)
    assert (finding.code, finding.evidence) == (
        "flash-attn-mismatch",
        ("built for torch 2.6.0, this is torch 2.7.1",),
    )
    lines = [each.command for each in finding.remediation.commands]
    assert lines
    assert all(RIGHT in line and "--no-deps" in line for line in lines)


def test_the_seeds_wheel_has_no_code_for_its_card() -> None:
    findings = flash_attn_gpu(seeds_own()).findings
    assert [finding.code for finding in findings] == ["flash-attn-gpu-uncovered"]
    assert findings[0].evidence == ("its code: 8.0 9.0",)
    assert RIGHT in findings[0].remediation.commands[0].command


def test_the_right_wheel_has_nothing_against_it() -> None:
    case = with_flash(SEED, "2.8.3+cu128torch2.7", cuda=("12.8",), torch="2.7", python="cp312")
    assert (flash_attn_build(case).findings, flash_attn_gpu(case).findings) == ((), ())


def test_an_old_gpu_is_told_what_serves_instead() -> None:
    case = with_flash("linux-t4-535", "2.8.3+cu12torch2.8cxx11abitrue", cuda=("12",), torch="2.8", python="cp312")
    finding = flash_attn_gpu(case).findings[0]
    assert finding.evidence == ("FlashAttention 2 needs compute capability 8.0 or newer, not 7.5",)
    assert "sdpa" in finding.remediation.text
    assert "uninstall" in finding.remediation.commands[0].command


@pytest.mark.parametrize("check", [flash_attn_build, flash_attn_gpu])
def test_in_chinese(check: Any) -> None:
    told = said(check(seeds_own()).findings[0], Language.ZH)
    assert "flash-attn 2.7.4.post1" in told.summary
    assert any(ord(letter) > 0x4E00 for letter in told.summary + told.remediation.text + "".join(told.evidence))
