"""Measure training runs on this machine's GPUs and write one line of JSON a run.

    python tools/measure_memory.py PLAN.json RUNS.jsonl [--gpus 2] [--only NAME] [--seconds 570]

PLAN.json is a list of runs: {"name", "model", "train": {keys of a training file}, "strategy": "ddp|fsdp|ds-z2|..."}.
Each run starts LLaMA-Factory's own training in processes of its own, on a model of random weights of that shape, for
three steps; what NVML says the GPU held is read from outside meanwhile. A result has allocated_mib and reserved_mib
(torch's allocator, the highest rank), device_mib (NVML's growth over the idle GPU), host_mib and seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from memory import shapes

_HERE = Path(__file__).resolve().parent / "memory"
_BASE: dict[str, Any] = {
    "stage": "sft",
    "do_train": True,
    "dataset": "long",
    "template": "empty",
    "max_steps": 3,
    "logging_steps": 1,
    "save_strategy": "no",
    "report_to": "none",
    "bf16": True,
    "gradient_accumulation_steps": 1,
    "overwrite_cache": True,
    "preprocessing_num_workers": 1,
    "dataloader_num_workers": 0,
    "lr_scheduler_type": "constant",
}


class Gauge(threading.Thread):
    """The most that NVML sees in use on any GPU while a run lasts, in MiB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most: list[int] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Ask ten times a second."""
        import pynvml

        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(each) for each in range(pynvml.nvmlDeviceGetCount())]
        self.most = [0] * len(handles)
        while not self.over.wait(0.1):
            for place, handle in enumerate(handles):
                self.most[place] = max(self.most[place], pynvml.nvmlDeviceGetMemoryInfo(handle).used >> 20)


def idle_mib() -> list[int]:
    """What the idle GPUs hold."""
    import pynvml

    pynvml.nvmlInit()
    return [
        pynvml.nvmlDeviceGetMemoryInfo(pynvml.nvmlDeviceGetHandleByIndex(each)).used >> 20
        for each in range(pynvml.nvmlDeviceGetCount())
    ]


def main() -> None:
    """Measure the plan's runs, a model at a time; a run that does not end well is written with its error."""
    asked = _arguments()
    plan = [run for run in json.loads(Path(asked.plan).read_text(encoding="utf-8")) if asked.only in run["name"]]
    work = Path(tempfile.mkdtemp(prefix="memory-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    began = time.monotonic()
    try:
        made = ""
        for run in plan:
            if time.monotonic() - began > asked.seconds:
                print("out of time before", run["name"], flush=True)
                break
            if run["model"] != made:
                shutil.rmtree(work / "model", ignore_errors=True)
                subprocess.run(
                    [
                        sys.executable,
                        str(_HERE / "model.py"),
                        str(work / "model"),
                        json.dumps(shapes.config(run["model"])),
                    ],
                    check=True,
                )
                made = run["model"]
            told = measure(run, work, asked.gpus)
            with Path(asked.out).open("a", encoding="utf-8") as out:
                out.write(json.dumps(told) + "\n")
            print(json.dumps(told), flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def measure(run: dict[str, Any], work: Path, gpus: int) -> dict[str, Any]:
    """One run: its figures, or its error's last lines."""
    from memory.model import data

    train = {**_BASE, **run["train"], "model_name_or_path": str(work / "model"), "dataset_dir": str(work / "data")}
    train["output_dir"] = str(work / "out")
    data(work / "data", 2 * int(train["cutoff_len"]))
    for old in work.glob("result*"):
        old.unlink()
    (work / "train.json").write_text(json.dumps({**train, **_strategy(run, work)}), encoding="utf-8")
    rank = [str(_HERE / "rank.py"), str(work / "train.json"), str(work / "result.json")]
    command = [sys.executable, *rank] if gpus == 1 else _several(run, work, gpus, rank)
    before, gauge, began = idle_mib(), Gauge(), time.monotonic()
    gauge.start()
    environ = {**os.environ, "DISABLE_VERSION_CHECK": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    gauge.over.set()
    gauge.join()
    ranks = [json.loads(each.read_text(encoding="utf-8")) for each in sorted(work.glob("result.*.json"))]
    told = {**run, "gpus": gpus, "seconds": round(time.monotonic() - began, 1), "exit": ended.returncode}
    if len(ranks) < gpus or any("error" in each for each in ranks):
        errors = [str(each["error"]) for each in ranks if "error" in each]
        return {**told, "error": errors or ended.stderr.strip().splitlines()[-6:]}
    return {
        **told,
        "allocated_mib": max(each["allocated_mib"] for each in ranks),
        "reserved_mib": max(each["reserved_mib"] for each in ranks),
        "device_mib": max(most - idle for most, idle in zip(gauge.most, before, strict=True)),
        "host_mib": max(each["host_mib"] for each in ranks),
    }


def _strategy(run: dict[str, Any], work: Path) -> dict[str, Any]:
    """What the training file says for a strategy, with the DeepSpeed file that it names."""
    name = run.get("strategy", "ddp")
    if not name.startswith("ds-z"):
        return {"ddp_timeout": 180}
    stage = int(name[4])
    offload = {"device": "cpu", "pin_memory": True} if name.endswith("-offload") else None
    zero: dict[str, Any] = {"stage": stage, "overlap_comm": False, "contiguous_gradients": True}
    if offload:
        zero["offload_optimizer"] = offload
        if stage == 3:
            zero["offload_param"] = offload
    if stage == 3:
        zero["stage3_gather_16bit_weights_on_model_save"] = True
    settings = {
        "train_batch_size": "auto",
        "train_micro_batch_size_per_gpu": "auto",
        "gradient_accumulation_steps": "auto",
        "gradient_clipping": "auto",
        "zero_allow_untested_optimizer": True,
        "bf16": {"enabled": "auto"},
        "zero_optimization": zero,
    }
    (work / "ds.json").write_text(json.dumps(settings), encoding="utf-8")
    return {"deepspeed": str(work / "ds.json")}


def _several(run: dict[str, Any], work: Path, gpus: int, rank: list[str]) -> list[str]:
    """torchrun, or accelerate for FSDP, whose plugin reads its settings from a file."""
    if run.get("strategy") != "fsdp":
        return [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(gpus), *rank]
    settings = {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "FSDP",
        "mixed_precision": "bf16",
        "num_machines": 1,
        "num_processes": gpus,
        "fsdp_config": {
            "fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
            "fsdp_backward_prefetch": "BACKWARD_PRE",
            "fsdp_cpu_ram_efficient_loading": True,
            "fsdp_forward_prefetch": False,
            "fsdp_offload_params": False,
            "fsdp_sharding_strategy": "FULL_SHARD",
            "fsdp_state_dict_type": "FULL_STATE_DICT",
            "fsdp_sync_module_states": True,
            "fsdp_use_orig_params": True,
        },
    }
    (work / "fsdp.json").write_text(json.dumps(settings), encoding="utf-8")
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(work / "fsdp.json")]
    return [*launch, *rank]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan")
    parser.add_argument("out")
    parser.add_argument("--gpus", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=3600.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
