"""NVLink and peer access: asked of NVML through nvidia-ml-py, and only where a snapshot wants them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from probe_machines import recorded
from test_probe_collect import device

from envdoc.model.facts import Fact, Why, known, missing
from envdoc.probe import gpus_nvml

LINKS = {
    f"NvLinkState({link})": 1 if link < 12 else {"why": "failed", "code": "NVML_ERROR_INVALID_ARGUMENT"}
    for link in range(18)
}
NO_LINKS = {
    f"NvLinkState({link})": {"why": "unsupported", "detail": "NVML_ERROR_NOT_SUPPORTED"} for link in range(18)
}


def machine(*devices: dict[str, object]):  # type: ignore[no-untyped-def]
    return recorded(nvml={"init": "13.580", "system": {"DriverVersion": "580.95.05"}, "devices": list(devices)})


def gpus(host: object, *, thorough: bool = True) -> list[tuple[Fact[int], Fact[tuple[int, ...]]]]:
    told = gpus_nvml.probe(host, thorough=thorough).gpus.value or ()  # type: ignore[arg-type]
    return [(gpu.nvlinks, gpu.peers) for gpu in told]


def test_two_that_reach_each_other_and_two_that_do_not() -> None:
    linked = machine({**device(0), **LINKS, "P2PStatus(1, 0)": 0}, {**device(1), **LINKS, "P2PStatus(0, 0)": 0})
    assert gpus(linked) == [(known(12, "nvml"), known((1,), "nvml")), (known(12, "nvml"), known((0,), "nvml"))]
    apart = machine({**device(0), **NO_LINKS, "P2PStatus(1, 0)": 2}, {**device(1), **NO_LINKS, "P2PStatus(0, 0)": 2})
    code = "NVML_ERROR_NOT_SUPPORTED"
    none = missing(Why.UNSUPPORTED, "nvml", code, code)  # type: Fact[int]
    assert gpus(apart) == [(none, known((), "nvml"))] * 2


def test_one_gpu_and_a_check_ask_nothing() -> None:
    unasked = [(missing(Why.NOT_ASKED), missing(Why.NOT_ASKED))]
    assert gpus(machine({**device(0), **LINKS})) == unasked
    two = machine({**device(0), **LINKS}, {**device(1), **LINKS})
    assert gpus(two, thorough=False) == unasked * 2


C_LIBRARY = r"""
#include <stdio.h>
static char A, B;
int nvmlInit_v2(void) { return 0; }
int nvmlInitWithFlags(unsigned flags) { return 0; }
int nvmlSystemGetNVMLVersion(char *text, unsigned size) { snprintf(text, size, "13.580"); return 0; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) { snprintf(text, size, "580.95.05"); return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    *handle = index ? &B : &A; return index < 2 ? 0 : 2; }
int nvmlDeviceGetNvLinkState(void *handle, unsigned link, unsigned *state) {
    if (link >= 4) return 2;
    *state = handle == &A ? 1 : link < 3; return 0; }
int nvmlDeviceGetP2PStatus(void *one, void *other, unsigned caps, unsigned *status) {
    if (caps != 0 || one == other) return 2;
    *status = one == &A ? 0 : 3; return 0; }
"""
ASK = """
import json
from envdoc.host.local import LocalHost
from envdoc.model.codec import encode
from envdoc.probe import gpus_nvml
told = gpus_nvml.probe(LocalHost(), thorough=True).gpus.value
import sys
print(json.dumps([[encode(gpu.nvlinks), encode(gpu.peers)] for gpu in told]), "pynvml" in sys.modules)
"""


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="no gcc")
def test_the_real_nvidia_ml_py_is_asked(tmp_path: Path) -> None:
    """A stand-in for the driver's library, asked by the real module in a process of its own."""
    source = tmp_path / "nvml.c"
    source.write_text(C_LIBRARY, encoding="utf-8")
    library = tmp_path / "libnvidia-ml.so.1"
    subprocess.run(["gcc", "-w", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    env = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    told, imported = done.stdout.strip().rsplit(" ", 1)
    assert imported == "True"
    assert json.loads(told) == [
        [{"value": 4, "source": "nvml"}, {"value": [1], "source": "nvml"}],
        [{"value": 3, "source": "nvml"}, {"value": [], "source": "nvml"}],
    ]
