"""The guide's last chapter played through: the LoRA script's model and data, from `memory` to three steps.

The script trains DeepSeek-R1-Distill-Qwen-1.5B (16 bits, rank 8 on q_proj and v_proj, batch 8 x 4, 512 tokens) on
`datasets.jsonl` with `prompt` and `completion`. Here its model is the config alone and its data are twenty records.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PYTHON = os.environ.get("ENVDOC_LLAMAFACTORY_PYTHON", "")
ENVDOC = (sys.executable, "-m", "envdoc")
# the shell, how its script is started, and a program that writes down what it was told
BASH = ("bash", ("bash", "run/launch.sh"), "llamafactory-cli", '#!/bin/sh\necho "$@" > told\n')
CMD = ("cmd", ("cmd", "/c", r"run\launch.cmd"), "llamafactory-cli.cmd", "@echo %*> told\n")
SHELL, START, NAME, PROGRAM = CMD if sys.platform == "win32" else BASH
CONFIG = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 1536, "num_hidden_layers": 28,
    "num_attention_heads": 12, "num_key_value_heads": 2, "intermediate_size": 8960, "vocab_size": 151936,
    "tie_word_embeddings": False, "max_position_embeddings": 131072, "rms_norm_eps": 1e-06, "rope_theta": 10000,
    "torch_dtype": "bfloat16", "hidden_act": "silu", "bos_token_id": 151643, "eos_token_id": 151643,
}  # fmt: skip
SCRIPT = {
    "model_name_or_path": "DeepSeek-R1-Distill-Qwen-1.5B", "stage": "sft", "do_train": True,
    "finetuning_type": "lora", "lora_rank": 8, "lora_alpha": 16, "lora_target": "q_proj,v_proj", "lora_dropout": 0.05,
    "dataset": "mine", "dataset_dir": "data", "template": "deepseekr1", "cutoff_len": 512, "val_size": 0.1,
    "output_dir": "results", "num_train_epochs": 3, "per_device_train_batch_size": 8,
    "per_device_eval_batch_size": 8, "gradient_accumulation_steps": 4, "fp16": True, "save_steps": 100,
    "eval_steps": 10, "learning_rate": 3.0e-5, "report_to": "none", "preprocessing_num_workers": 1,
}  # fmt: skip


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder as the guide's reader has it: the model, the data, the training file."""
    model, data = tmp_path / SCRIPT["model_name_or_path"], tmp_path / "data"  # type: ignore[operator]
    model.mkdir()
    (model / "config.json").write_text(json.dumps(CONFIG))
    data.mkdir()
    rows = [{"prompt": f"{number} 加 {number} 等于几?", "completion": f"等于 {2 * number}。"} for number in range(20)]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (data / "datasets.jsonl").write_text(lines, encoding="utf-8")
    entry = {"file_name": "datasets.jsonl", "columns": {"prompt": "prompt", "response": "completion"}}
    (data / "dataset_info.json").write_text(json.dumps({"mine": entry}))
    return tmp_path


def envdoc(work: Path, *argv: str, timeout: float = 300) -> tuple[int, dict[str, Any]]:
    ran = subprocess.run(
        [*ENVDOC, *argv, "--format", "json"], cwd=work, capture_output=True, text=True, timeout=timeout
    )
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout)


def of_the_file(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Errors and warnings about the training file: code and key."""
    found = [
        each for each in document["findings"] if each["code"].startswith("train-") and each["severity"] != "info"
    ]
    return [(each["code"], each.get("where", {}).get("key", "")) for each in found]


def trained_by(work: Path, **keys: object) -> str:
    (work / "train.yaml").write_text(json.dumps(SCRIPT | keys))
    return "train.yaml"


def test_before_the_gpu_is_rented(work: Path) -> None:
    model = str(SCRIPT["model_name_or_path"])
    run = ("--method", "lora", "--rank", "8", "--target", "q_proj,v_proj", "--batch", "8", "--seq", "512")
    _, memory = envdoc(work, "memory", model, *run, "--gpu", "RTX 5060 Ti 16GB", "--gpu", "RTX 4090")
    assert [each["fits"] for each in memory["fits"]] == [True, True]
    assert 3_000 < memory["estimate"]["parts_mib"]["weights"] < 3_600

    code, data = envdoc(work, "data", "check", "data")
    assert (code, data["datasets"][0]["records"], data["datasets"][0]["bad"]) == (0, 20, 0)

    theirs = trained_by(work, evaluation_strategy="steps")  # as the guide's script has it
    _, before = envdoc(work, "check", "--train", theirs)
    assert ("train-key-moved", "evaluation_strategy") in of_the_file(before)
    mine = trained_by(work, eval_strategy="steps")
    _, after = envdoc(work, "check", "--train", mine)
    lacks = [("train-model-incomplete", "model_name_or_path"), ("train-tokenizer-missing", "model_name_or_path")]
    assert of_the_file(after) == lacks  # weights and tokenizer, which this folder does not have, and nothing else

    _, plan = envdoc(work, "launch", mine, "--gpus", "1", "-o", "run", "--shell", SHELL)
    assert plan["written"] is True
    bin_ = work / "bin"
    bin_.mkdir()
    (bin_ / NAME).write_text(PROGRAM)
    (bin_ / NAME).chmod(0o755)
    env = {**os.environ, "PATH": os.pathsep.join((str(bin_), os.environ["PATH"]))}
    subprocess.run(START, cwd=work, env=env, check=True)
    assert (work / "told").read_text() == "train train.yaml\n"

    _, model_answer = envdoc(
        work, "resolve", "--gpu", "RTX 5060 Ti", "--driver", "576.02", "--os", "windows", "--for-model", model
    )
    assert (model_answer["model"]["transformers"], model_answer["model"]["template"]) == ("4.37.0", "deepseekr1")


@pytest.mark.real
@pytest.mark.skipif(not PYTHON, reason="ENVDOC_LLAMAFACTORY_PYTHON names no Python with LLaMA-Factory")
def test_three_steps(work: Path) -> None:
    mine = trained_by(work, eval_strategy="steps")
    smoke = ("smoke", "--train", "--config", mine, "--cpu", "--python", PYTHON, "--timeout-factor", "3")
    code, told = envdoc(work, *smoke, timeout=6000)
    (proof,) = told["proofs"]
    assert (code, proof["status"]) == (0, "passed"), told
    assert len(proof["figures"]["losses"]) == 3
    assert not (work / "results").exists()  # nothing is written where the file would write
