"""A listing of a machine against the snapshot that envdoc took of it: equal, or not in the listing; none wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from listing_samples import HERE, SAMPLES, index

from envdoc.model.codec import decode
from envdoc.model.facts import NOT_IN_LISTING, Fact, Why
from envdoc.model.jsontext import loads
from envdoc.model.machine import Gpu, Machine, Package, TorchBuild
from envdoc.rules.torch_file import public
from envdoc.workflow.listing import machines_in

WITH_SNAPSHOT = [row for row in index() if row.get("snapshot")]
# Changes from minute to minute; the listing and the snapshot were taken one after the other.
VOLATILE = {"memory_used_mib", "temperature_c"}
GPU_FIELDS = [name for name in vars(Gpu(0)) if name not in ("index", *VOLATILE)]
OS_FIELDS = ("name", "version", "kernel", "libc", "wsl")


def snapshot(name: str) -> Machine:
    return decode(Machine, loads((HERE / "machines" / f"{name}.json").read_text(encoding="utf-8")))


def compared(listed: Machine, real: Machine) -> Iterator[tuple[str, object, object]]:
    """Every fact that the listing tells, with the snapshot's."""
    for name in OS_FIELDS:
        yield from _pair(f"os.{name}", getattr(listed.os, name), getattr(real.os, name))
    yield "os.system", listed.os.system, real.os.system
    yield "os.arch", listed.os.arch, real.os.arch
    yield from _pair("cpu", listed.hardware.cpu, real.hardware.cpu)
    yield from _pair("driver", listed.driver.version.best, real.driver.version.best)
    yield from _pair("cuda driver", listed.driver.cuda.best, real.driver.cuda.best)
    if listed.hardware.memory_total_mib.value is not None:  # accelerate rounds to a hundredth of a GiB
        yield "memory", _gib(listed), _gib(real)
    for one, two in zip(listed.gpus.value or (), real.gpus.value or (), strict=False):
        for name in GPU_FIELDS:
            yield from _pair(f"gpu {one.index} {name}", getattr(one, name), getattr(two, name))
    yield from _software(listed, real)


def _software(listed: Machine, real: Machine) -> Iterator[tuple[str, object, object]]:
    python, known = listed.target.python.value, real.target.python.value
    if python is not None and known is not None:
        yield "python", python.version, known.version
        yield "bits", python.bits, known.bits
    versions = {each.name: each.version for each in real.target.packages.value or ()}
    for each in listed.target.packages.value or ():
        yield from _package(each, versions)
    if listed.target.torch.value is not None and real.target.torch.value is not None:
        yield from _torch(listed.target.torch.value, real.target.torch.value)
    for toolkit in listed.toolkits.found.value or ():
        yield "toolkit", toolkit.version, (real.toolkits.found.value or ())[0].version[: len(toolkit.version)]


def _package(each: Package, versions: dict[str, str]) -> Iterator[tuple[str, object, object]]:
    yield f"package {each.name}", each.version, versions.get(each.name, "not installed")


def _torch(one: TorchBuild, two: TorchBuild) -> Iterator[tuple[str, object, object]]:
    yield "torch", one.version, two.version if "+" in one.version else public(two.version)
    yield "torch's CUDA", one.cuda, two.cuda


def _gib(machine: Machine) -> float:
    return round((machine.hardware.memory_total_mib.value or 0) / 1024, 2)


def _pair(name: str, one: Fact[Any], two: Fact[Any]) -> Iterator[tuple[str, object, object]]:
    if one.value is None:
        assert one.code == NOT_IN_LISTING, f"{name}: {one!r}"
    elif two.why is not Why.NOT_ASKED:  # an older envdoc did not ask for all of it
        yield name, one.value, two.reason() if two.value is None else two.value


@pytest.mark.parametrize("row", WITH_SNAPSHOT, ids=lambda row: row["file"])
def test_a_fact_is_equal_or_not_in_the_listing(row: dict[str, Any]) -> None:
    (listed,) = machines_in((SAMPLES / row["file"]).read_bytes())
    every = list(compared(listed, snapshot(row["snapshot"])))
    assert [each for each in every if each[1] != each[2]] == []
    assert len(every) >= 2


def test_the_number_of_gpus_is_the_machines() -> None:
    tells = ("nvidia-smi", "collect_env")
    for row in WITH_SNAPSHOT:
        if row["programs"][0].startswith(tells):
            (listed,) = machines_in((SAMPLES / row["file"]).read_bytes())
            assert len(listed.gpus.value or ()) == len(snapshot(row["snapshot"]).gpus.value or ()), row["file"]
