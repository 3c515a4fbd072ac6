"""`check --train` says whether the run fits, by the estimate of `envdoc memory`; what that does not cover, why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agreement_machine import gpu_machine

from envdoc.host.local import LocalHost
from envdoc.model.facts import known
from envdoc.model.finding import CheckResult
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.training.config.judge import judge
from envdoc.training.config.load import load

QWEN = {
    "model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
    "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064, "tie_word_embeddings": False,
}  # fmt: skip
LORA = {
    "stage": "sft", "do_train": True, "finetuning_type": "lora", "lora_rank": 8, "bf16": True, "template": "qwen",
    "per_device_train_batch_size": 1, "cutoff_len": 2048, "dataset": "x", "output_dir": "out",
}  # fmt: skip


def with_memory(*mib: int) -> Machine:
    machine = gpu_machine(*("9.0" for _ in mib))
    gpus = machine.gpus.or_else(())
    told = [replace(gpu, memory_total_mib=known(size)) for gpu, size in zip(gpus, mib, strict=True)]
    return replace(machine, gpus=known(tuple(told)))


def checked(folder: Path, machine: Machine, config: dict[str, object] | None = None, **keys: object) -> CheckResult:
    (folder / "model").mkdir(exist_ok=True)
    (folder / "model" / "config.json").write_text(json.dumps(QWEN | (config or {})))
    file = folder / "train.yaml"
    file.write_text(json.dumps({"model_name_or_path": str(folder / "model"), **LORA, **keys}))
    return next(each for each in judge(load(LocalHost(), str(file), machine)) if each.id == "train-memory")


@pytest.mark.parametrize(
    ("mib", "status", "severity", "changes"),
    [
        (80_000, "pass", "", ""),
        (20_500, "warn", "warning", ""),
        (12_000, "fail", "error", "QLoRA"),
        (3_000, "fail", "error", "None of the usual changes"),
    ],
)
def test_the_same_run_on_larger_and_smaller_gpus(
    tmp_path: Path, mib: int, status: str, severity: str, changes: str
) -> None:
    told = checked(tmp_path, with_memory(mib))
    assert told.status.value == status, told
    assert [each.severity.value for each in told.findings] == ([severity] if severity else [])
    assert all(changes in each.remediation.text for each in told.findings)
    assert "GiB" in told.reason


def test_the_smallest_gpu_decides(tmp_path: Path) -> None:
    assert checked(tmp_path, with_memory(80_000, 12_000)).status.value == "fail"


def test_qlora_fits_where_lora_does_not(tmp_path: Path) -> None:
    told = checked(tmp_path, with_memory(12_000), quantization_bit=4, quantization_method="bnb")
    assert told.status.value == "pass", told


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"use_unsloth": True}, "use_unsloth: true"),
        ({"stage": "dpo"}, 'stage: "dpo"'),
        ({"optim": "paged_adamw_8bit"}, 'optim: "paged_adamw_8bit"'),
        ({"quantization_bit": 8, "quantization_method": "bnb"}, "quantization_bit: 8"),
        ({"finetuning_type": "freeze"}, 'finetuning_type: "freeze"'),
        ({"lora_target": "q_proj,embed_tokens"}, 'lora_target: "q_proj,embed_tokens"'),
        ({"bf16": False}, "neither bf16 nor fp16"),
        ({"cutoff_len": "2048"}, "cutoff_len: "),
        ({"model_name_or_path": "nobody/nothing"}, "the config.json of nobody/nothing is not here"),
    ],
)
def test_what_no_estimate_covers_is_not_checked_and_says_why(
    tmp_path: Path, keys: dict[str, object], why: str
) -> None:
    told = checked(tmp_path, with_memory(80_000), **keys)
    assert (told.status.value, told.findings) == ("not-checked", ())
    assert why in told.reason


def test_an_architecture_that_was_not_measured_is_not_checked(tmp_path: Path) -> None:
    told = checked(tmp_path, with_memory(80_000), {"model_type": "mixtral", "num_local_experts": 8})
    assert told.status.value == "not-checked"
    assert "mixture of experts" in told.reason


def test_without_a_gpu_or_its_size_nothing_is_said(tmp_path: Path) -> None:
    assert checked(tmp_path, gpu_machine("9.0")).status.value == "not-checked"
    assert checked(tmp_path, gpu_machine()).status.value == "not-checked"


def test_a_listed_model_is_known_by_its_name(tmp_path: Path) -> None:
    told = checked(tmp_path, with_memory(12_000), model_name_or_path="Qwen/Qwen2.5-7B-Instruct")
    assert told.status.value == "fail"
