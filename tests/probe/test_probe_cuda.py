"""cuInit by its child, and what is remembered of it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from probe_machines import CUDA_OK, H200, cuda_run, h200, recorded

from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import CudaDevice, CudaInit
from envdoc.probe import cuda
from envdoc.probe.remember import Memory

ANSWER = CudaInit(
    result=0,
    name="CUDA_SUCCESS",
    library="/usr/local/nvidia/lib64/libcuda.so.580.159.04",
    cuda_driver_version="13.0",
    devices=(CudaDevice("NVIDIA H200", "9.0", 143155),),
)


def test_libcuda_is_asked_without_this_shells_visible_devices() -> None:
    host = h200()
    assert host.environ["CUDA_VISIBLE_DEVICES"] == "7"
    assert cuda.probe(host) == known(ANSWER, "libcuda")


def silent(**changes: object) -> object:
    """The same machine, whose libcuda would no longer answer."""
    return h200(runs=[], **changes)


def test_a_success_is_remembered_with_its_age(tmp_path: Path) -> None:
    cuda.probe(h200(), Memory(str(tmp_path)))
    told = cuda.probe(silent(), Memory(str(tmp_path)))  # type: ignore[arg-type]
    assert told.source == "libcuda, remembered"
    assert told.value is not None
    assert told.value.devices == ANSWER.devices
    assert 0 <= told.value.age_seconds < 60


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {**H200["files"], "/proc/sys/kernel/random/boot_id": "another boot"}},
        {"files": {**H200["files"], "/sys/module/nvidia/version": "580.200\n"}},
        {"folders": {"/dev": ["nvidia0", "nvidia1", "nvidiactl"]}},
        {"environ": {**H200["environ"], "LD_LIBRARY_PATH": "/stubs"}},
    ],
)
def test_another_boot_driver_device_or_library_path_asks_again(changes: dict[str, object], tmp_path: Path) -> None:
    cuda.probe(h200(), Memory(str(tmp_path)))
    assert cuda.probe(silent(**changes), Memory(str(tmp_path))).why is Why.ABSENT  # type: ignore[arg-type]


def test_fresh_asks_again_and_remembers_that(tmp_path: Path) -> None:
    cuda.probe(h200(), Memory(str(tmp_path)))
    assert cuda.probe(silent(), Memory(str(tmp_path), fresh=True)).why is Why.ABSENT  # type: ignore[arg-type]
    assert cuda.probe(h200(), Memory(str(tmp_path), fresh=True)).source == "libcuda"


def test_a_failure_is_never_remembered(tmp_path: Path) -> None:
    failed = json.dumps(
        {**json.loads(CUDA_OK), "result": 803, "name": "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "devices": []}
    )
    told = cuda.probe(h200(runs=[cuda_run(failed)]), Memory(str(tmp_path)))
    assert told.value is not None
    assert told.value.result == 803
    assert list(tmp_path.iterdir()) == []


def test_it_is_forgotten_after_ten_minutes(tmp_path: Path) -> None:
    cuda.probe(h200(), Memory(str(tmp_path)))
    file = tmp_path / "remembered.json"
    told = json.loads(file.read_text())
    for entry in told.values():
        entry["at"] -= 601
    file.write_text(json.dumps(told))
    assert cuda.probe(silent(), Memory(str(tmp_path))).why is Why.ABSENT  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}', '{"x": {"at": "y"}}'])
def test_a_cache_file_of_another_shape_is_no_cache(text: str, tmp_path: Path) -> None:
    (tmp_path / "remembered.json").write_text(text)
    assert cuda.probe(h200(), Memory(str(tmp_path))) == known(ANSWER, "libcuda")


def test_an_unwritable_cache_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert cuda.probe(h200(), Memory(str(tmp_path / "file" / "x"))) == known(ANSWER, "libcuda")


def test_a_machine_without_a_boot_id_remembers_nothing(tmp_path: Path) -> None:
    cuda.probe(recorded(runs=[cuda_run()]), Memory(str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_hung_driver_is_a_fact() -> None:
    run = {**cuda_run(), "why": "timed-out", "detail": "killed after 10 s"}
    del run["returncode"]
    assert cuda.probe(h200(runs=[run])) == missing(Why.TIMED_OUT, "libcuda", "killed after 10 s")


def test_probes_side_by_side_lose_nothing_of_the_memory(tmp_path: Path) -> None:
    memory = Memory(str(tmp_path))
    threads = [threading.Thread(target=memory.put, args=(f"key {n}", n)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [memory.get(f"key {n}", seconds=60) is not None for n in range(20)] == [True] * 20
    assert [file.name for file in tmp_path.iterdir()] == ["remembered.json"]


def test_a_windows_without_nvcuda_starts_nobody_to_say_so() -> None:
    host = recorded("windows", environ={"SystemRoot": r"C:\Windows"}, runs=[cuda_run(CUDA_OK)])
    told = cuda.probe(host)
    assert (told.why, told.code, told.detail) == (Why.ABSENT, "absent", "no nvcuda.dll in System32")
    there = {r"C:\Windows\System32\nvcuda.dll": ""}
    assert cuda.probe(recorded("windows", files=there, runs=[cuda_run(CUDA_OK)])).known
