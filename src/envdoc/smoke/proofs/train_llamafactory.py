"""`llamafactory-cli train` on a tiny Llama, with a config and a dataset_info.json written on the spot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_STEPS = 40


def run(kit: Kit) -> str:
    tiny = kit.lib("tiny_llama")
    folder = Path(kit.scratch)
    tiny.make(folder / "base")
    _write_data(folder, tiny.SAMPLES)
    config = folder / "train.yaml"  # JSON is YAML; LLaMA-Factory 0.9.5 cannot read a file named .json
    config.write_text(json.dumps(_config(kit, folder)), encoding="utf-8")
    start = time.perf_counter()
    peak = _llamafactory(kit, config)
    seconds = time.perf_counter() - start
    losses = _losses(folder / "out" / "trainer_log.jsonl")
    told = str(tiny.judge(kit, losses, seconds, peak if kit.gpu is not None else tiny.peak_host_mib(children=True)))
    _reload(kit, folder)
    return f"{told}; the result loads again"


def _write_data(folder: Path, samples: tuple[tuple[str, str], ...]) -> None:
    rows = [{"instruction": question, "input": "", "output": answer} for question, answer in samples]
    (folder / "data.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / "dataset_info.json").write_text(json.dumps({"tiny": {"file_name": "data.json"}}), encoding="utf-8")


def _config(kit: Kit, folder: Path) -> dict[str, Any]:
    method = kit.args["method"]
    bf16 = False
    if kit.gpu is not None:
        import torch

        bf16 = torch.cuda.get_device_capability()[0] >= 8
    config: dict[str, Any] = {
        "model_name_or_path": str(folder / "base"),
        "stage": "sft",
        "do_train": True,
        "finetuning_type": "full" if method == "full" else "lora",
        "dataset": "tiny",
        "dataset_dir": str(folder),
        "template": "default",
        "cutoff_len": 128,
        "output_dir": str(folder / "out"),
        "overwrite_output_dir": True,
        "max_steps": _STEPS,
        "per_device_train_batch_size": 8,
        "gradient_accumulation_steps": 1,
        "learning_rate": 3e-3 if method == "full" else 5e-3,
        "lr_scheduler_type": "constant",
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "plot_loss": False,
        "bf16": bf16,
        "preprocessing_num_workers": 1,
        "dataloader_num_workers": 0,
    }
    if method != "full":
        config.update(lora_target="all", lora_rank=16, lora_alpha=32)
    if method == "qlora":
        config.update(quantization_bit=4, quantization_method="bnb")
    if kit.gpu is None:
        config["use_cpu"] = True
    return config


def _llamafactory(kit: Kit, config: Path) -> int:
    """Run it to its end; the most MiB of GPU memory that came into use meanwhile, 0 on the CPU."""
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    argv = [kit.lib("programs").beside_python(kit, "llamafactory-cli"), "train", str(config)]
    before = most = _used_mib(kit)
    log = config.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(argv, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        while process.poll() is None:
            time.sleep(0.2)
            most = max(most, _used_mib(kit))
    text = log.read_text(encoding="utf-8", errors="replace")
    print(text[-4000:], file=sys.stderr)
    if process.returncode:
        lines = [line.strip() for line in text.splitlines() if "Error" in line] or ["no error was named"]
        kit.fail("command-failed", f"`llamafactory-cli train` ended with {process.returncode}: {lines[-1]}")
    return most - before


def _used_mib(kit: Kit) -> int:
    return 0 if kit.gpu is None else int(kit.lib("smi").query(kit, "memory.used").get("memory.used", 0))


def _losses(log: Path) -> list[float]:
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [row["loss"] for row in rows if "loss" in row]


def _reload(kit: Kit, folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    if kit.args["method"] == "full":
        AutoModelForCausalLM.from_pretrained(folder / "out")
        return
    from peft import PeftModel

    PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folder / "base"), str(folder / "out"))
