"""The generated scripts and files with the real LLaMA-Factory, torchrun and accelerate, on the CPU.

ENVDOC_LLAMAFACTORY_PYTHON names a Python that has LLaMA-Factory 0.9.5; without it these tests are skipped. Each run
takes two minutes of a free processor; ENVDOC_TIME_FACTOR stretches the limit where others work beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from launch_cases import plan, wish

from envdoc.model.launch import Engine, HostSlots, LaunchWish, Sharing

PYTHON = os.environ.get("ENVDOC_LLAMAFACTORY_PYTHON", "")
LIMIT = 900 * float(os.environ.get("ENVDOC_TIME_FACTOR", "1"))  # seconds of one run
ROOT = Path(__file__).parents[3]
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PYTHON, reason="ENVDOC_LLAMAFACTORY_PYTHON names no Python with LLaMA-Factory"),
]
TRAIN = """\
model_name_or_path: model
stage: sft
do_train: true
finetuning_type: lora
lora_rank: 4
dataset: tiny
dataset_dir: data
template: chatml
cutoff_len: 64
per_device_train_batch_size: 1
max_steps: 2
save_strategy: "no"
overwrite_output_dir: true
use_cpu: true
bf16: true
report_to: none
output_dir: out
"""
_PREPARE = """\
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:]
from tiny_llama import make
from agreement_data import write
make(Path("model"))
write(Path("data"))
"""
_LOADS = """\
import json, sys
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.utils.deepspeed import HfDeepSpeedConfig
told = {}
for path in sys.argv[1:]:
    if path.endswith("accelerate.json"):
        made = load_config_from_file(path)
        told[path] = [str(made.distributed_type.value), made.num_processes, made.num_machines]
    else:
        made = HfDeepSpeedConfig(path)
        told[path] = [made._stage, made.is_offload(), made.is_zero3()]
print(json.dumps(told))
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with a model, data and a training file, from which a run can be started."""
    paths = [str(ROOT / "src/envdoc/smoke/lib"), str(ROOT / "tests/training/config")]
    subprocess.run([PYTHON, "-c", _PREPARE, *paths], cwd=tmp_path, check=True, timeout=LIMIT)
    (tmp_path / "train.yaml").write_text(TRAIN, encoding="utf-8")
    return tmp_path


def _written(asked: LaunchWish, work: Path) -> tuple[str, ...]:
    made = plan(asked, TRAIN)
    for file in made.files:
        target = work / made.wish.path(file.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.written)
    return made.commands


def _started(line: str, work: Path) -> subprocess.Popen[str]:
    path = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    return subprocess.Popen(
        ["bash", "-c", line],
        cwd=work,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _trained(work: Path, processes: list[subprocess.Popen[str]]) -> None:
    try:
        said = [process.communicate(timeout=LIMIT)[0] for process in processes]
    finally:
        for process in processes:  # ranks that wait for one another would stay for ever
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert [process.returncode for process in processes] == [0] * len(processes), "\n".join(said)[-6000:]
    assert "world size: 2" in said[0]
    assert (work / "out" / "adapter_model.safetensors").is_file()


@pytest.mark.parametrize("engine", [Engine.LLAMAFACTORY, Engine.TORCHRUN, Engine.ACCELERATE])
def test_two_processes_train(engine: Engine, work: Path) -> None:
    (line,) = _written(wish(engine, prefix="run/"), work)
    _trained(work, [_started(line, work)])


@pytest.mark.parametrize("engine", [Engine.LLAMAFACTORY, Engine.TORCHRUN, Engine.ACCELERATE])
def test_two_machines_train(engine: Engine, work: Path) -> None:
    hosts = (HostSlots("127.0.0.1", 1), HostSlots("localhost", 1))
    lines = _written(wish(engine, gpus=1, nodes=2, hosts=hosts), work)
    _trained(work, [_started(line, work) for line in lines])


def test_an_elastic_run_trains(work: Path) -> None:
    hosts = (HostSlots("127.0.0.1", 1), HostSlots("localhost", 1))
    lines = _written(wish(gpus=1, nodes=2, hosts=hosts, min_nodes=2), work)
    _trained(work, [_started(line, work) for line in lines])


def test_each_file_loads_in_its_own_library(tmp_path: Path) -> None:
    expected: dict[str, list[object]] = {}
    kinds = {Sharing.DDP: "MULTI_GPU", Sharing.FSDP: "FSDP"}
    for sharing in (each for each in Sharing if each is not Sharing.FILE):
        folder = tmp_path / sharing.value
        _written(wish(Engine.ACCELERATE, sharing, gpus=4, nodes=2, prefix=f"{folder}/"), tmp_path)
        expected[str(folder / "accelerate.json")] = [kinds.get(sharing, "DEEPSPEED"), 8, 2]
        if sharing.stage is not None:
            expected[str(folder / "deepspeed.json")] = [sharing.stage, sharing.offload, sharing.stage == 3]
    ran = subprocess.run([PYTHON, "-c", _LOADS, *expected], capture_output=True, text=True, timeout=LIMIT, check=True)
    assert json.loads(ran.stdout.splitlines()[-1]) == expected
