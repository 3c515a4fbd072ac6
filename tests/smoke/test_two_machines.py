"""The multi-node road by the variables that the guides show: FORCE_TORCHRUN, NNODES, NODE_RANK, MASTER_ADDR."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from two_machines import ADDRESSES, TwoMachines

import envdoc.smoke

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None,
        reason="network namespaces need Linux, root and iproute2",
    ),
]
ROOM = Path(envdoc.smoke.__file__).parent
MAKE = """
import importlib.util, json, pathlib, sys
spec = importlib.util.spec_from_file_location("tiny", sys.argv[1])
tiny = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tiny)
folder = pathlib.Path(sys.argv[2])
tiny.make(folder / "base")
rows = [{"instruction": q, "input": "", "output": a} for q, a in tiny.SAMPLES]
(folder / "data.json").write_text(json.dumps(rows))
(folder / "dataset_info.json").write_text('{"tiny": {"file_name": "data.json"}}')
"""


def test_two_ranks_on_two_machines_agree(real_python: str) -> None:
    with TwoMachines() as machines:
        ranks = [
            machines.start(
                number,
                [
                    real_python,
                    *("-m", "torch.distributed.run", "--nnodes=2", f"--node-rank={number}", "--nproc-per-node=1"),
                    *(f"--master-addr={ADDRESSES[0]}", "--master-port=29500"),
                    *(str(ROOM / "proofs" / "all_reduce.py"), "gloo", "cpu"),
                ],
                {},
            )
            for number in range(2)
        ]
        outputs = [rank.communicate(timeout=300)[0] for rank in ranks]
    assert ["RANK AGREES" in output for output in outputs] == [True, True], outputs
    assert [rank.returncode for rank in ranks] == [0, 0]


def test_a_machine_that_is_not_there_is_no_hang(real_python: str) -> None:
    """The second machine never comes: torchrun gives up by its own time limit, and nothing is left running."""
    with TwoMachines() as machines:
        alone = machines.start(
            1,
            [
                real_python,
                *("-m", "torch.distributed.run", "--nnodes=2", "--node-rank=1", "--nproc-per-node=1"),
                *(f"--master-addr={ADDRESSES[0]}", "--master-port=29500", "--rdzv-conf=timeout=5"),
                *(str(ROOM / "proofs" / "all_reduce.py"), "gloo", "cpu"),
            ],
            {},
        )
        output = alone.communicate(timeout=200)[0]
    assert alone.returncode != 0
    assert "Error" in output


def test_llamafactory_trains_on_two_machines(real_python: str, tmp_path: Path) -> None:
    make = [real_python, "-c", MAKE, str(ROOM / "lib" / "tiny_llama.py"), str(tmp_path)]
    subprocess.run(make, check=True, capture_output=True)
    factory = str(Path(real_python).with_name("llamafactory-cli"))
    path = f"{Path(real_python).parent}{os.pathsep}{os.environ['PATH']}"
    with TwoMachines() as machines:
        nodes = []
        for number in range(2):
            config = tmp_path / f"train{number}.yaml"
            config.write_text(json.dumps(settings(tmp_path, number)))
            environ = {
                "FORCE_TORCHRUN": "1",
                "NNODES": "2",
                "NODE_RANK": str(number),
                "MASTER_ADDR": ADDRESSES[0],
                "MASTER_PORT": "29500",
                "NPROC_PER_NODE": "1",  # without a GPU to count, llamafactory-cli would start none
                "PATH": path,
                "HF_HUB_OFFLINE": "1",
            }
            nodes.append(machines.start(number, [factory, "train", str(config)], environ))
        outputs = [node.communicate(timeout=900)[0] for node in nodes]
    assert [node.returncode for node in nodes] == [0, 0], outputs[0][-3000:] + outputs[1][-3000:]
    assert "world size: 2" in outputs[0].replace("world_size", "world size")
    log = (tmp_path / "out0" / "trainer_log.jsonl").read_text().splitlines()
    losses = [row["loss"] for row in map(json.loads, log) if "loss" in row]
    assert losses[-1] < 0.9 * losses[0]


def settings(folder: Path, number: int) -> dict[str, object]:
    return {
        "model_name_or_path": str(folder / "base"),
        "stage": "sft",
        "do_train": True,
        "finetuning_type": "full",
        "dataset": "tiny",
        "dataset_dir": str(folder),
        "template": "default",
        "cutoff_len": 128,
        "output_dir": str(folder / f"out{number}"),
        "overwrite_output_dir": True,
        "max_steps": 10,
        "per_device_train_batch_size": 4,
        "learning_rate": 3e-3,
        "lr_scheduler_type": "constant",
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "use_cpu": True,
        "preprocessing_num_workers": 1,
        "ddp_backend": "gloo",
    }
