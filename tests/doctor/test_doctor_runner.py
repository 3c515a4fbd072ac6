"""How checks are chosen and run: one that crashes never kills the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from doctor_cases import case_of

from envdoc.doctor import base, examine
from envdoc.doctor.base import Case, Check, Outcome
from envdoc.errors import UsageError
from envdoc.findings.catalogue import words
from envdoc.model.finding import CheckStatus, Report
from envdoc.model.machine import System


def _explode(case: Case) -> Outcome:
    raise ZeroDivisionError("GPU number zero")


@pytest.fixture
def crashing() -> Iterator[None]:
    base.REGISTRY.append(Check("crashing", ("never",), _explode, lambda _: True))
    yield
    base.REGISTRY.pop()


@pytest.mark.usefixtures("crashing")
def test_crash_is_a_result_with_a_reason() -> None:
    report = examine(case_of("linux-no-gpu"))
    (crash,) = [each for each in report.checks if each.status is CheckStatus.CRASH]
    assert (crash.id, crash.reason) == ("crashing", "bug in this check: ZeroDivisionError: GPU number zero")
    assert "no-gpu" in {finding.code for finding in report.findings}


def test_only_by_check_and_by_code(judge: Callable[..., Report]) -> None:
    by_check = judge("linux-no-gpu", only=("gpu-present",))
    assert [each.id for each in by_check.checks] == ["gpu-present"]
    by_code = judge("win11-2x5060ti-576-cpu-torch", only=("windows-no-nccl",))
    assert [each.id for each in by_code.checks] == ["windows-multi-gpu"]
    assert [finding.code for finding in by_code.findings] == ["windows-no-nccl"]


def test_skip_by_check_and_by_code() -> None:
    report = examine(case_of("win11-2x5060ti-576-cpu-torch"), skip=("torch-build", "windows-no-nccl"))
    assert "torch-build" not in {each.id for each in report.checks}
    assert {finding.code for finding in report.findings} >= {"windows-torchrun-libuv"}
    assert "windows-no-nccl" not in {finding.code for finding in report.findings}


def test_status_follows_what_is_left() -> None:
    report = examine(case_of("linux-no-gpu"), skip=("no-gpu",), only=("gpu-present", "driver-present"))
    assert {each.id: each.status for each in report.checks} == {
        "driver-present": CheckStatus.FAIL,
        "gpu-present": CheckStatus.PASS,
    }


def test_unknown_name_is_refused_with_near_ones() -> None:
    with pytest.raises(UsageError) as refused:
        examine(case_of("linux-no-gpu"), only=("torch-cpu-biuld",))
    assert refused.value.message == "no check or finding is called `torch-cpu-biuld`"
    assert "torch-cpu-build" in refused.value.hint


def test_gpu_checks_do_not_count_under_a_profile_without_gpu(judge: Callable[..., Report]) -> None:
    report = judge("linux-no-gpu", profile="cpu")
    gpu_ids = {each.id for each in base.REGISTRY if each.gpu}
    seen = {each.id: each for each in report.checks if each.id in gpu_ids}
    assert {each.status for each in seen.values()} == {CheckStatus.NOT_CHECKED}
    assert {each.reason for each in seen.values()} == {"profile `cpu` needs no GPU"}


def test_windows_checks_do_not_exist_on_linux() -> None:
    report = examine(case_of("linux-no-gpu"))
    assert case_of("linux-no-gpu").machine.os.system is System.LINUX
    assert not [each.id for each in report.checks if each.id.startswith("windows-")]


def test_former_codes_are_those_of_today(judge: Callable[..., Report]) -> None:
    cpu = "win11-2x5060ti-576-cpu-torch"
    ids = [each.id for each in judge(cpu, only=("cpu-torch",)).checks]
    assert ids == [each.id for each in judge(cpu, only=("torch-cpu-build",)).checks] == ["torch-build"]
    # `windows-libuv` was a code of `diagnose`; the check of that name is meant
    assert [each.id for each in judge(cpu, only=("windows-libuv",)).checks] == ["windows-libuv"]


def test_every_check_has_its_title_in_the_catalogue() -> None:
    titles = words("titles")
    assert {each.id for each in base.REGISTRY} == set(titles)
    assert all(set(told) == {"en", "zh"} for told in titles.values())
