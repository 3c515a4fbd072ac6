"""Single decisions of `check`, each by a machine on which it alone makes the difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from doctor_cases import profiles
from mint_parts import package

from envdoc.model.facts import Why, known, missing
from envdoc.model.finding import CheckStatus, Report, Severity
from envdoc.model.machine import Disk

Judge = Callable[..., Report]
T4 = "linux-t4-535"


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize(
    ("below", "severity"), [("disk_mib", Severity.ERROR), ("download_mib", Severity.WARNING), ("", None)]
)
def test_a_disk_without_room_is_an_error_a_tight_one_a_warning(
    below: str, severity: Severity | None, judge: Judge
) -> None:
    """One MiB less than the environment takes; than it takes together with its downloads; and no less."""
    profile = next(each for each in profiles() if each.id == "cpu")
    wanted = {"disk_mib": profile.disk_mib, "download_mib": profile.disk_mib + profile.download_mib}
    free = wanted[below] - 1 if below else wanted["download_mib"]
    disk = {"hardware.disks.env": known(Disk("/home", free, 50000))}
    report = judge("linux-no-gpu", disk, "cpu", only=("disk-space",))
    assert [finding.severity for finding in report.findings] == ([] if severity is None else [severity])


@pytest.mark.parametrize(("limit", "expected"), [(4096, ["memory-small"]), (200_000, []), (16384, [])])
def test_a_limit_counts_where_it_is_less_than_what_is_there(limit: int, expected: list[str], judge: Judge) -> None:
    assert codes(judge(T4, {"hardware.memory_limit_mib": known(limit)}, only=("memory",))) == expected


@pytest.mark.parametrize(
    ("proved_with", "expected"), [("2.7.1+cu126", []), ("2.7.1", []), ("2.6.0+cu126", ["proof-outdated"])]
)
def test_a_proof_holds_for_the_release_whatever_its_tag(proved_with: str, expected: list[str], judge: Judge) -> None:
    marker = {"state": "usable", "torch": proved_with, "proved": "2026-11-01T08:00:00"}
    changes = {"target.marker": known(marker), "target.torch.value.version": "2.7.1+cu128"}
    assert codes(judge(T4, changes, only=("environment-marker",))) == expected


@pytest.mark.parametrize(("order", "expected"), [("FASTEST_FIRST", ["device-order-differs"]), ("PCI_BUS_ID", [])])
def test_only_the_bus_order_is_the_order_of_nvidia_smi(order: str, expected: list[str], judge: Judge) -> None:
    report = judge("linux-1080-5090-580", {"env": {"CUDA_DEVICE_ORDER": order}}, only=("device-order",))
    assert codes(report) == expected


def test_a_required_check_that_is_not_for_this_system_did_not_look(judge: Judge) -> None:
    report = judge(T4, require=("windows-long-paths",))
    assert "required-not-checked" in codes(report)


@pytest.mark.parametrize(("errors", "expected"), [(0, []), (1, ["gpu-ecc-errors"])])
def test_one_uncorrected_error_of_the_memory_is_one_too_many(errors: int, expected: list[str], judge: Judge) -> None:
    changes = {"gpus.value.0.ecc_uncorrected": known(errors)}
    assert codes(judge(T4, changes, only=("gpu-health",))) == expected


@pytest.mark.parametrize(("pin", "expected"), [("torch==2.7.1", []), ("torch==2.8.0", ["torch-companion-mismatch"])])
def test_a_companion_that_pins_another_torch_does_not_belong(pin: str, expected: list[str], judge: Judge) -> None:
    packages = (package("torch", "2.7.1"), package("xformers", "0.0.99", pin))
    changes = {"target.packages": known(packages), "target.torch.value.version": "2.7.1"}
    assert codes(judge(T4, changes, only=("torch-companions",))) == expected


@pytest.mark.parametrize(("version", "status"), [("2.7.1+cu126", "pass"), ("2.7.1a0+cu126", "not-checked")])
def test_the_table_tells_nothing_of_a_torch_that_somebody_built(version: str, status: str, judge: Judge) -> None:
    changes = {
        "target.torch.value.version": version,
        "target.torch.value.cuda": "12.6",
        "target.torch.value.arch_list": missing(Why.DENIED, "libtorch_cuda.so"),
    }
    report = judge(T4, changes, only=("torch-covers-gpus",))
    assert report.checks[0].status is CheckStatus(status)
