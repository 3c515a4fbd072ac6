"""Single decisions of `diagnose`, each by a log or a machine on which it alone makes the difference."""

from __future__ import annotations

import pytest

from envdoc.diagnose import Context, diagnose_text
from envdoc.diagnose.logfacts import LogFacts
from envdoc.diagnose.match import _fits_log
from envdoc.diagnose.rank import ranked
from envdoc.diagnose.rules import load
from envdoc.diagnose.values import Advice, LogLine, Match, Rule, Sighting
from envdoc.model.facts import known
from envdoc.model.finding import Finding
from envdoc.model.machine import Disk, Machine, OperatingSystem, System
from envdoc.model.value import replace

SHM = (
    "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Bus error. It is possible that dataloader's "
    "workers are out of shared memory.\n"
)
OOM = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate {wanted}. GPU 0 has a total capacity of 23.5 GiB "
    "of which 1.2 GiB is free. Of the allocated memory 18.0 GiB is allocated by PyTorch, and {unused} is reserved by "
    "PyTorch but unallocated.\n"
)
XID = "[ 100.0] NVRM: Xid (PCI:0000:3b:00): {number}, pid=1234, name=python, it said so\n"


def found(log: str, machine: Machine | None = None, system: System | None = None) -> tuple[Finding, ...]:
    return diagnose_text(log, Context(machine=machine, system=system)).findings


def seen(code: str, follows: tuple[str, ...], offset: int) -> Match:
    """A match of a made-up rule for a code of the catalogue, at a place of the log."""
    rule = Rule(code, (), Advice(), "x.yaml", 1, follows=follows)
    return Match(rule, Sighting("x", 0, (LogLine(offset, "x"),), offset))


def test_of_two_that_follow_each_other_both_stand() -> None:
    roots, folded = ranked([seen("cuda-oom", ("gpu-lost",), 1), seen("gpu-lost", ("cuda-oom",), 2)])
    assert ([match.code for match in roots], folded) == (["cuda-oom", "gpu-lost"], {})


def test_what_follows_one_of_two_that_follow_each_other_stays_under_it() -> None:
    two = [seen("cuda-oom", ("gpu-lost",), 1), seen("gpu-lost", ("cuda-oom",), 2)]
    roots, folded = ranked([*two, seen("gpu-xid", ("gpu-lost",), 3)])
    assert [match.code for match in roots] == ["cuda-oom", "gpu-lost"]
    assert {root: [match.code for match in under] for root, under in folded.items()} == {"gpu-lost": ["gpu-xid"]}


def test_what_follows_is_folded_under_what_it_follows_from() -> None:
    roots, folded = ranked([seen("cuda-oom", ("gpu-lost",), 1), seen("gpu-lost", (), 2)])
    assert [match.code for match in roots] == ["gpu-lost"]
    assert [match.code for match in folded["gpu-lost"]] == ["cuda-oom"]


@pytest.mark.parametrize(("size", "severity"), [(64, "error"), (8192, "info")])
def test_shared_memory_is_small_below_a_gibibyte(size: int, severity: str) -> None:
    bare = Machine(OperatingSystem(System.LINUX, "x86_64"))
    machine: Machine = replace(bare, hardware=replace(bare.hardware, shm=known(Disk("/dev/shm", 60, size))))
    finding = next(each for each in found(SHM, machine) if each.code == "shm-small")
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("wanted", "unused", "told"),
    [("20.00 MiB", "4.00 GiB", True), ("20.00 MiB", "900.00 MiB", False), ("3.00 GiB", "4.00 GiB", False)],
)
def test_memory_that_is_reserved_and_unused_is_told_where_it_is_much(wanted: str, unused: str, told: bool) -> None:
    finding = next(each for each in found(OOM.format(wanted=wanted, unused=unused)) if each.code == "cuda-oom")
    assert any("are reserved but unused" in line for line in finding.evidence) is told


def test_of_several_xids_the_cause_is_told_not_the_cleanup_before_it() -> None:
    finding = next(each for each in found(XID.format(number=45) + XID.format(number=48)) if each.code == "gpu-xid")
    assert dict(finding.values)["xid"] == "48"


@pytest.mark.parametrize(("system", "fits"), [("windows", True), ("linux", False), ("", True)])
def test_a_rule_of_windows_is_not_for_a_log_of_linux(system: str, fits: bool) -> None:
    rule = next(each for each in load() if each.systems == ("windows",) and not (each.has or each.vendors))
    assert _fits_log(rule, LogFacts(text="", system=system)) is fits
