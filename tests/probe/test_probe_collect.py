"""All probes together: whole machines, isolation, overrides, and the replay of a recording."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from probe_machines import CUDA_OK, H200, cuda_run, h200, recorded

from envdoc.errors import UsageError
from envdoc.host.base import Completed, Stat
from envdoc.host.local import LocalHost
from envdoc.host.recorded import RecordedHost
from envdoc.host.recording import RecordingHost
from envdoc.model.codec import decode, encode
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Gpu, Hardware, Machine, Origin, Override, TargetKind
from envdoc.probe import Ask, collect, environ, gather, hub, library_path, target
from envdoc.probe.shield import run_all, value_of


def test_the_h200_machine_as_a_whole() -> None:
    host = h200()
    machine = collect(host, Ask())
    assert machine.origin is Origin.PROBED
    assert machine.driver.version.agree
    assert [fact.source for fact in machine.driver.version.facts] == [
        "nvml",
        "nvidia-smi",
        "/proc/driver/nvidia/version",
        "/sys/module/nvidia",
    ]
    assert [fact.value for fact in machine.driver.cuda.facts] == ["13.0", "13.0"]
    assert {name: len(fact.or_else(())) for name, fact in machine.gpu_sources.items()} == {
        "nvml": 1,
        "nvidia-smi": 1,
        "proc": 1,
    }
    assert machine.gpus == machine.gpu_sources["nvml"]
    assert machine.gpus.or_else(())[0].compute_capability.value == "9.0"
    assert machine.env["CUDA_VISIBLE_DEVICES"] == "7"
    assert "SHELL" not in machine.env
    assert (machine.target.prefix, machine.target.chosen_by) == ("/usr", "PATH")
    assert machine.hub.home == known("/root/.cache/huggingface", "default")


def test_a_machine_survives_its_json() -> None:
    machine = collect(h200(), Ask())
    assert decode(Machine, encode(machine)) == machine


def test_nvml_well_and_cuinit_803() -> None:
    answer = CUDA_OK.replace('"result": 0', '"result": 803').replace(
        "CUDA_SUCCESS", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"
    )
    machine = collect(h200(runs=[*H200["runs"][:1], cuda_run(answer)]), Ask())
    assert machine.gpus.known
    assert machine.driver.cuda_init.value is not None
    assert machine.driver.cuda_init.value.result == 803


def test_gpus_by_smi_where_nvml_does_not_start() -> None:
    machine = collect(h200(nvml={"init": {"why": "failed", "detail": "NVML_ERROR_UNKNOWN"}}), Ask())
    assert machine.gpus.source == "nvidia-smi"
    assert machine.driver.nvml == missing(Why.FAILED, "nvml", "NVML_ERROR_UNKNOWN", "NVML_ERROR_UNKNOWN")


def test_a_container_without_a_gpu() -> None:
    machine = collect(recorded(files={"/.dockerenv": ""}, folders={"/dev": ["null"]}), Ask())
    assert machine.gpus == missing(Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND")
    assert machine.driver.smi == missing(Why.ABSENT, "nvidia-smi", "not on PATH")
    assert {fact.why for fact in machine.driver.version.facts} == {Why.ABSENT}
    assert machine.driver.device_nodes.why is Why.ABSENT
    assert machine.target.kind is TargetKind.NONE


def test_wsl_2_sees_its_gpu_through_dxg() -> None:
    lib = "/usr/lib/wsl/lib"
    machine = collect(
        recorded(
            files={"/proc/sys/kernel/osrelease": "5.15.167.4-microsoft-standard-WSL2\n", f"{lib}/libcuda.so.1": ""},
            folders={"/dev": ["dxg", "null"]},
            nvml={
                "init": "12.576.02",
                "system": {"DriverVersion": "576.02", "CudaDriverVersion": 12090},
                "devices": [{"Name": "NVIDIA GeForce RTX 4090"}],
            },
        ),
        Ask(),
    )
    assert machine.os.wsl.value == 2
    assert machine.driver.device_nodes.value == ("/dev/dxg",)
    assert machine.driver.version.value == "576.02"
    assert machine.driver.kernel_module.why is Why.ABSENT
    assert machine.gpus.or_else(())[0].name.value == "NVIDIA GeForce RTX 4090"


def device(index: int) -> dict[str, object]:
    return {
        "Name": "NVIDIA GeForce RTX 5060 Ti",
        "CudaComputeCapability": [12, 0],
        "MemoryInfo": {"total": 17103323136, "free": 16000000000, "used": 1103323136},
        "UUID": f"GPU-{index}",
        "PciInfo": {"busId": f"00000000:0{index + 1}:00.0"},
        "DriverModel": [0, 0],
        "MigMode": {"why": "unsupported", "detail": "NVML_ERROR_NOT_SUPPORTED"},
    }


def test_windows_with_two_rtx_5060_ti() -> None:
    display = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
    system = r"HKLM\SYSTEM\CurrentControlSet"
    adapter = {
        "MatchingDeviceId": r"PCI\VEN_10DE&DEV_2D04",
        "DriverVersion": "32.0.15.7602",
        "DriverDesc": "RTX 5060 Ti",
    }
    removed = {**adapter, "MatchingDeviceId": r"PCI\VEN_10DE&DEV_2504", "DriverVersion": "32.0.15.8129"}
    device_ids = [rf"PCI\VEN_10DE&DEV_2D04&SUBSYS_205E1462&REV_A1\4&2283f625&0&00{slot}" for slot in (19, 21)]
    place = "{4d36e968-e325-11ce-bfc1-08002be10318}"
    host = recorded(
        "windows",
        environ={"USERPROFILE": r"C:\Users\u", "Path": r"C:\Windows\System32", "SystemRoot": r"C:\Windows"},
        registry={
            display + "\\0000": adapter,
            display + "\\0001": adapter,
            display + "\\0002": {"MatchingDeviceId": "x"},
            display + "\\0003": removed,
            system + r"\Services\nvlddmkm\Enum": {"Count": 2, "0": device_ids[0], "1": device_ids[1]},
            system + r"\Services\BasicDisplay\Enum": {"Count": 0},
            **{rf"{system}\Enum\{name}": {"Driver": rf"{place}\000{n}"} for n, name in enumerate(device_ids)},
        },
        registry_keys={display: ["0000", "0001", "0002", "0003", "Properties"]},
        nvml={
            "init": "12.576.02",
            "system": {"DriverVersion": "576.02", "CudaDriverVersion": 12090},
            "devices": [device(0), device(1)],
        },
    )
    machine = collect(host, Ask())
    gpus = machine.gpus.or_else(())
    assert [(gpu.index, gpu.compute_capability.value, gpu.driver_model.value) for gpu in gpus] == [
        (0, "12.0", "WDDM"),
        (1, "12.0", "WDDM"),
    ]
    assert gpus[0].mig_enabled == missing(
        Why.UNSUPPORTED, "nvml", "NVML_ERROR_NOT_SUPPORTED", "NVML_ERROR_NOT_SUPPORTED"
    )
    assert machine.driver.version.agree
    assert machine.driver.kernel_module == known("576.02", "registry")
    assert machine.driver.pci.value == (r"pci\ven_10de&dev_2d04",) * 2
    assert machine.hub.home.value == r"C:\Users\u\.cache\huggingface"
    assert machine.os.wsl.value == 0


def test_a_probe_that_breaks_becomes_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Hardware:
        raise ValueError("no such thing")

    probes = tuple(
        replace(each, run=broken) if each.name in ("hardware", "nvml", "os", "env") else each
        for each in gather.PROBES
    )
    monkeypatch.setattr(gather, "PROBES", probes)
    machine = collect(h200(), Ask())
    assert machine.hardware.memory_total_mib == missing(Why.FAILED, "probe hardware", "ValueError: no such thing")
    assert machine.driver.version.facts[0] == missing(Why.FAILED, "probe nvml", "ValueError: no such thing")
    assert machine.driver.version.value == "580.159.04"
    assert machine.gpus.source == "nvidia-smi"
    assert machine.os.kernel.why is Why.FAILED
    assert machine.env == {}


def test_a_probe_that_hangs_is_left_behind() -> None:
    start = time.monotonic()
    told = run_all({"slow": lambda: time.sleep(3), "quick": lambda: 7}, limit=0.2)
    assert time.monotonic() - start < 2
    assert told["quick"].value == 7
    assert value_of(told["slow"], Hardware(), "probe x").cpu == missing(
        Why.TIMED_OUT, "probe x", "no answer within 0.2 s"
    )


def test_parts_that_are_not_wished_are_not_asked() -> None:
    host = h200()
    machine = collect(host, Ask(parts=("nvml",)))
    assert machine.gpus.known
    assert machine.driver.cuda_init.why is Why.NOT_ASKED
    assert machine.pythons.why is Why.NOT_ASKED


def test_overrides_replace_facts_and_are_announced() -> None:
    variables = {
        "ENVDOC_OVERRIDE_DRIVER": "570.86",
        "ENVDOC_OVERRIDE_GPUS": "RTX 5060 Ti, 12.0",
        "ENVDOC_OVERRIDE_CUDA": "12.8",
        "ENVDOC_OVERRIDE_PYTHON": "3.13",
    }
    machine = collect(h200(environ={**H200["environ"], **variables}), Ask())
    by = "ENVDOC_OVERRIDE_GPUS"
    assert machine.driver.version.facts == (known("570.86", "ENVDOC_OVERRIDE_DRIVER"),)
    assert machine.driver.cuda.value == "12.8"
    assert machine.target.python.or_else(None).version == "3.13"  # type: ignore[arg-type,union-attr]
    assert machine.gpus.value == (
        Gpu(0, name=known("RTX 5060 Ti", by)),
        Gpu(1, name=missing(Why.NOT_ASKED, by), compute_capability=known("12.0", by)),
    )
    assert machine.overrides == (
        Override("driver", "570.86", "ENVDOC_OVERRIDE_DRIVER"),
        Override("gpu", "RTX 5060 Ti, 12.0", by),
        Override("cuda", "12.8", "ENVDOC_OVERRIDE_CUDA"),
        Override("python", "3.13", "ENVDOC_OVERRIDE_PYTHON"),
    )


def test_an_empty_override_means_none() -> None:
    machine = collect(h200(environ={"ENVDOC_OVERRIDE_GPUS": "", "ENVDOC_OVERRIDE_DRIVER": ""}), Ask())
    assert machine.gpus == missing(Why.ABSENT, "ENVDOC_OVERRIDE_GPUS", "overridden")
    assert machine.driver.version.best.why is Why.ABSENT
    driver = machine.driver
    gone = (driver.nvml, driver.smi, driver.kernel_module, driver.pci, driver.device_nodes, driver.cuda_init)
    assert {fact.why for fact in gone} == {Why.ABSENT}
    assert machine.gpu_sources == {}


def test_an_override_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="ENVDOC_OVERRIDE_CUDA: 'latest' is not a CUDA version"):
        collect(recorded(environ={"ENVDOC_OVERRIDE_CUDA": "latest"}), Ask())


def test_variables_that_matter_are_raw_but_for_secrets() -> None:
    told = {
        "HF_ENDPOINT": "https://x ",
        "https_proxy": "p",
        "LS_COLORS": "x",
        "CUDA_HOME": '"/x"',
        "HF_TOKEN": "hf_secret",
        "PIP_INDEX_URL": "https://me:secret@host/simple",
    }
    assert environ.probe(recorded(environ=told)) == {
        "CUDA_HOME": '"/x"',
        "HF_ENDPOINT": "https://x ",
        "HF_TOKEN": "***",
        "PIP_INDEX_URL": "https://***@host/simple",
        "https_proxy": "p",
    }


def test_libraries_before_torchs_own() -> None:
    host = recorded(
        environ={"LD_LIBRARY_PATH": "/opt/mine::/usr/local/nvidia/lib64:/empty:/opt/mine"},
        folders={
            "/opt/mine": ["libcudnn.so", "libcudnn.so.9", "libcudnn.so.9.14.0", "libnccl.so.2", "libmine.so.1"],
            "/usr/local/nvidia/lib64": ["libcuda.so.1", "libnvidia-ml.so.1"],
            "/empty": [],
        },
    )
    assert library_path.probe(host).libraries == {
        "/opt/mine": ("libcudnn.so", "libcudnn.so.9", "libnccl.so.2"),
        "/usr/local/nvidia/lib64": ("libcuda.so.1",),
    }
    assert library_path.probe(recorded("windows", environ={"LD_LIBRARY_PATH": "/opt/mine"})).libraries == {}


@pytest.mark.parametrize(
    ("variables", "home", "cache"),
    [
        ({}, "/h/.cache/huggingface", "/h/.cache/huggingface/hub"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/huggingface", "/x/huggingface/hub"),
        ({"HF_HOME": "~/hf"}, "/h/hf", "/h/hf/hub"),
        ({"HF_HUB_CACHE": "/data/hub"}, "/h/.cache/huggingface", "/data/hub"),
    ],
)
def test_where_models_are_kept(variables: dict[str, str], home: str, cache: str) -> None:
    host = recorded(environ={"HOME": "/h", **variables})
    assert (hub.home(host), hub.cache(host)) == (home, cache)


def test_a_token_is_told_by_yes_and_no_only() -> None:
    secret = recorded(environ={"HOME": "/h", "HF_TOKEN": "hf_secret"})
    assert hub.probe(secret).token.value is True
    assert "hf_secret" not in str(hub.probe(secret))
    assert (
        hub.probe(recorded(environ={"HOME": "/h"}, files={"/h/.cache/huggingface/token": "hf_x"})).token.value is True
    )
    assert hub.probe(recorded(environ={"HOME": "/h"})).token.value is False


def test_a_recording_of_this_machine_replays_to_the_same_machine(tmp_path: Path) -> None:
    recording = RecordingHost(LocalHost())
    ask = Ask(own_prefix=str(tmp_path))
    real = collect(recording, ask)
    replayed = collect(RecordedHost(recording.data()), ask)
    assert replace(replayed, taken="") == replace(real, taken="")


def test_tasks_that_read_files_share_a_thread_until_one_is_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("envdoc.probe.shield._HELD_UP", 0.1)
    names: dict[str, str] = {}

    def note(name: str, seconds: float = 0.0) -> str:
        names[name] = threading.current_thread().name
        time.sleep(seconds)
        return name

    tasks = {name: partial(note, name) for name in ("process", "one", "two")}
    tasks |= {"stuck": partial(note, "stuck", 3.0), "after": partial(note, "after")}
    told = run_all(tasks, limit=0.6, waiting=frozenset(("process",)))
    assert {name: outcome.value for name, outcome in told.items()} == {
        "process": "process",
        "one": "one",
        "two": "two",
        "stuck": None,
        "after": "after",
    }
    assert told["stuck"].why is Why.TIMED_OUT
    assert names["one"] == names["two"] == names["stuck"] != names["after"]


def test_each_thing_is_asked_once() -> None:
    """Twenty probes look at one state of the machine; a driver and a program are asked each time."""
    asked: Counter[tuple[object, ...]] = Counter()

    class Counted(LocalHost):
        def read(self, path: str, *, limit: int = 1 << 20) -> Fact[str]:
            asked["read", path, limit] += 1
            return super().read(path, limit=limit)

        def which(self, name: str) -> str | None:
            asked["which", name] += 1
            return super().which(name)

        def stat(self, path: str) -> Fact[Stat]:
            asked["stat", path] += 1
            return super().stat(path)

    collect(Counted(), Ask())
    assert len(asked) > 10
    # two threads that ask at the same moment may both get through
    assert [key for key, times in asked.items() if times > 2] == []


def test_what_takes_longest_is_on_its_way_before_anything_else_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()
    host = h200()
    run = host.run

    def slow(*argv: Any, **rest: Any) -> Completed:
        begun.set()
        return run(*argv, **rest)

    seen: list[bool] = []

    def choose(*_: object) -> target.Choice:
        seen.append(begun.wait(5))
        return target.Choice("", "", "PATH", "none")

    monkeypatch.setattr(host, "run", slow)
    monkeypatch.setattr(target, "choose", choose)
    collect(host, Ask())
    assert seen == [True]


def test_an_error_of_what_was_started_first_is_a_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr("envdoc.probe.gpus_smi.probe", broken)
    monkeypatch.setattr("envdoc.probe.cuda.probe", broken)
    machine = collect(h200(), Ask())
    assert machine.driver.cuda_init == missing(Why.FAILED, "probe cuda_init", "ValueError: no such thing")
    assert machine.driver.smi == missing(Why.FAILED, "probe smi", "ValueError: no such thing")
    assert machine.gpus.source == "nvml"
