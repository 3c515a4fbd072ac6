"""Every error name of NVIDIA's libraries is recognised, by what it is about; what is no error is not."""

from __future__ import annotations

import pytest

from envdoc.diagnose import diagnose_text
from envdoc.diagnose.logic import named
from envdoc.knowledge import errornames, xids
from envdoc.model.finding import Severity

FAMILIES = {"cuda-runtime": 133, "cuda-driver": 101, "cudnn": 54, "cublas": 10, "nccl": 8, "nvml": 32}
KINDS = {
    "normal", "program", "kernel", "memory", "hardware", "driver", "build", "denied", "setup", "unsupported",
    "network", "internal",
}  # fmt: skip


def test_the_table_is_whole() -> None:
    """As many names as the headers have (tools/error_names.py), each of a kind, and its number once a family."""
    rows = errornames.rows()
    assert {family: sum(row.family == family for row in rows) for family in FAMILIES} == FAMILIES
    assert {row.kind for row in rows} == KINDS
    assert len({row.name for row in rows}) == len(rows)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_name_says_something(family: str) -> None:
    """By this rule or by one of its own; a kernel's own faults and what is no error may be silent."""
    for row in errornames.rows():
        if row.family == family and row.kind not in named._SILENT:
            line = f"RuntimeError: {row.name}: {row.says}" if row.says else f"RuntimeError: {row.name}"
            assert diagnose_text(f"step 3\n{line}\n").findings, row.name


def test_no_error_is_silent() -> None:
    for row in errornames.rows():
        if row.kind == "normal":
            assert not diagnose_text(f"result: {row.name}\n").findings, row.name


def test_a_program_s_own_fault_is_no_error_of_the_environment() -> None:
    (found,) = diagnose_text("RuntimeError: CUDA error: invalid argument\n").findings
    assert (found.code, found.severity) == ("nvidia-library-error", Severity.INFO)
    both = diagnose_text("CUDA error: device-side assert triggered\ncudaErrorInvalidValue\n").findings
    assert [each.code for each in both] == ["cuda-device-assert"]


@pytest.mark.parametrize("row", xids.rows(), ids=lambda row: str(row.xid))
def test_each_xid_says_its_meaning(row: xids.XidRow) -> None:
    found = diagnose_text(f"[12.3] NVRM: Xid (PCI:0000:3b:00): {row.xid}, pid=12, name=python\n").findings
    assert found, row.xid
    if found[0].code == "gpu-xid":
        assert str(row.xid) in found[0].summary
        assert row.meaning in found[0].summary
