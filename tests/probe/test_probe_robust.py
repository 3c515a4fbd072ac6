"""Nothing that a sick machine says, or does not say, ends a run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe_machines import H200, recorded

from envdoc.host.recorded import RecordedHost
from envdoc.model.codec import decode, encode
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Machine
from envdoc.probe import (
    Ask,
    collect,
    gpus_kernel,
    gpus_smi,
    hardware,
    listings,
    packages,
    paths,
    system,
    tool_versions,
)
from envdoc.probe.extensions import parse_flash_tag
from envdoc.probe.index_config import _pip_index, _uv_index
from envdoc.probe.toolkit_version import parse_nvcc
from envdoc.rules.torch_file import values as parse_version_py

PARSERS = (
    gpus_kernel.nvidia_version,
    gpus_kernel.parse_information,
    gpus_kernel.parse_proc_version,
    hardware.parse_meminfo,
    listings.files_of,
    packages.parse_headers,
    packages.wheel_tag,
    parse_flash_tag,
    parse_nvcc,
    parse_version_py,
    system.parse_os_release,
    tool_versions.parse,
    lambda text: gpus_smi.parse(text, gpus_smi.FULL),
    lambda text: listings.version_in(text, "torch", system.System.LINUX, "x86_64"),
    _pip_index,
    _uv_index,
)
_WORDS = (
    'index-url=|[global]|[[index]]|index=1|pip=2|[pip]|<a href=|torch-|.whl|"files":|Name: |Tag:|NVRM version:|580.1'
    "|+cu128torch2.7|Version|{|}|[|]|\"|'|>|=|:|V|0, |  |\r|\n|é|\0"
)
PIECES = st.sampled_from(_WORDS.split("|"))  # what the parsers look for, in any order


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=20).map("".join)))
def test_parsers_take_any_text(text: str) -> None:
    for parse in PARSERS:
        parse(text)


class Broken(RecordedHost):
    """Every question that goes to the machine raises."""

    def _raise(self, *_: Any, **__: Any) -> Any:
        raise OSError("input/output error")

    read = listdir = stat = realpath = search = disk = memory = which = run = _raise
    registry = registry_keys = fetch = cpu_count = _raise


@pytest.mark.parametrize("name", ["linux", "windows", "darwin"])
def test_a_host_that_only_raises_still_gives_a_machine(name: str) -> None:
    machine = collect(Broken({"schema": 1, "origin": "minted", "system": name}), Ask(online=True))
    assert decode(Machine, encode(machine)) == machine
    failed = machine.hardware.cores
    assert (failed.why, failed.detail) == (Why.FAILED, "OSError: input/output error")


@pytest.mark.parametrize("name", ["linux", "windows", "darwin"])
def test_a_machine_that_tells_nothing(name: str) -> None:
    machine = collect(recorded(name), Ask())
    assert decode(Machine, encode(machine)) == machine
    assert not machine.gpus.known
    assert not machine.toolkits.found.known
    assert not machine.target.python.known


def test_what_we_may_not_see_is_not_absent() -> None:
    denied = {"why": "denied", "detail": "Permission denied"}
    host = recorded(
        stats={"/sys/module/nouveau": denied, "/there": {"size": 1, "is_dir": False, "is_link": False, "mtime": 0.0}},
        folders={"/dev": denied, "/sys/bus/pci/devices": denied},
        files={"/proc/driver/nvidia/version": denied, "/etc/os-release": denied, "/proc/meminfo": denied},
    )
    machine = collect(host, Ask())
    assert machine.driver.nouveau == missing(Why.DENIED, "/sys/module", "Permission denied")
    assert machine.driver.device_nodes.why is Why.DENIED
    assert machine.driver.pci.why is Why.DENIED
    assert machine.driver.version.facts[2].why is Why.DENIED
    assert machine.hardware.memory_total_mib.why is Why.DENIED
    assert paths.presence(host, "/there", "x") == known(True, "x")
    assert paths.presence(host, "/not-there", "x") == known(False, "x")


def test_a_part_of_the_h200_machine_at_a_time() -> None:
    """Whatever table a recording lacks, the rest is still told."""
    for table in H200:
        tables = {name: value for name, value in H200.items() if name != table}
        machine = collect(recorded(**tables), Ask())
        assert decode(Machine, encode(machine)) == machine, table
