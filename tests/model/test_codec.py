"""The codec: every value comes back as it was; a mistake is named with its place."""

from __future__ import annotations

import json

import pytest

from envdoc.errors import DataError
from envdoc.model.codec import decode, encode
from envdoc.model.facts import Fact, Readings, Why, known, missing, readings
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import (
    Disk,
    Driver,
    Gpu,
    Hardware,
    Machine,
    OperatingSystem,
    Origin,
    PcieLink,
    System,
    Target,
    TargetKind,
    TorchBuild,
)

MACHINE = Machine(
    os=OperatingSystem(System.LINUX, "x86_64", name=known("Ubuntu 24.04", "/etc/os-release")),
    origin=Origin.MINTED,
    hardware=Hardware(disks={"tmp": known(Disk("/tmp", 10, 20, "ext4"), "statvfs")}),
    driver=Driver(version=readings(known("580.1", "nvml"), missing(Why.TIMED_OUT, "nvidia-smi"))),
    gpus=known((Gpu(0, name=known("NVIDIA H200"), pcie=known(PcieLink(5, 5, 16, 16))),), "nvml"),
    target=Target(TargetKind.VENV, torch=known(TorchBuild("2.8.0+cpu", None, arch_list=missing(Why.ABSENT)))),
    env={"LC_ALL": "C"},
)


def test_a_machine_survives_json() -> None:
    assert decode(Machine, json.loads(json.dumps(encode(MACHINE)))) == MACHINE


def test_fields_at_their_default_are_left_out() -> None:
    assert encode(Gpu(3)) == {"index": 3}


def test_a_finding_survives() -> None:
    finding = Finding("no-gpu", Severity.ERROR, "no GPU", evidence=("a", "b"))
    assert decode(Finding, encode(finding)) == finding


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "machine: expected an object, found list"),
        ({"os": {"system": "beos", "arch": "x"}}, "machine.os.system: 'beos' is not one of linux, windows, darwin"),
        ({"os": {"system": "linux"}}, "machine.os: "),
        ({"os": {"system": "linux", "arch": 7}}, "machine.os.arch: expected str, found int"),
        ({"os": {"system": "linux", "arch": "x"}, "colour": 1}, "machine: unknown field 'colour'"),
        (
            {"os": {"system": "linux", "arch": "x"}, "gpus": {"value": [{"index": "a"}]}},
            "machine.gpus.value[0].index: ",
        ),
        (
            {"os": {"system": "linux", "arch": "x"}, "gpus": {"source": "nvml"}},
            "machine.gpus: a fact has a value or a reason",
        ),
        ({"os": {"system": "linux", "arch": "x"}, "schema": True}, "machine.schema: expected int, found bool"),
    ],
)
def test_a_mistake_is_named_with_its_place(data: object, message: str) -> None:
    with pytest.raises(DataError) as caught:
        decode(Machine, data)
    assert message in caught.value.message


def test_a_fact_has_a_value_or_a_reason() -> None:
    with pytest.raises(ValueError, match="a value or a reason"):
        Fact[int]()
    with pytest.raises(ValueError, match="a value or a reason"):
        Fact(value=1, why=Why.ABSENT)


def test_a_missing_fact_is_not_false() -> None:
    with pytest.raises(TypeError):
        bool(known(0))


def test_a_reason_reads_well() -> None:
    fact: Fact[str] = missing(Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST")
    assert fact.reason() == "failed (nvml, NVML_ERROR_GPU_IS_LOST)"


def test_readings_keep_all_and_prefer_the_first_known() -> None:
    told: Readings[str] = readings(missing(Why.DENIED, "nvml"), known("1", "proc"), known("2", "smi"))
    assert (told.value, told.agree, told.best.source) == ("1", False, "proc")
    assert readings(known("1", "a"), known("1", "b")).agree
    silent: Readings[str] = readings(missing(Why.DENIED, "nvml"))
    assert silent.best.why is Why.DENIED
