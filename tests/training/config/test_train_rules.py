"""Rules that need GPUs, launchers or folders, which the recording's machine does not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement_machine import gpu_machine

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why, missing
from envdoc.model.finding import CheckStatus
from envdoc.model.machine import Machine, System
from envdoc.model.value import replace
from envdoc.training.config import CHECKS, judge, load
from envdoc.training.config.methods import methods

BASE = """\
model_name_or_path: owner/model
stage: sft
do_train: true
dataset: tiny
dataset_dir: ONLINE
output_dir: out
"""
CODES = {check.id: set(check.codes) for check in CHECKS}
DEEPSPEED = '{"zero_optimization": {"stage": %d}, "bf16": {"enabled": "auto"}%s}'


@pytest.fixture
def codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The codes, sentences' names and keys that a file gets on a machine; `command` starts it."""
    monkeypatch.chdir(tmp_path)

    def found(text: str, machine: Machine, command: str = "") -> list[tuple[str, str, str]]:
        Path("a.yaml").write_text(BASE + text, encoding="utf-8")
        results = judge(load(LocalHost(), command or "a.yaml", machine))
        assert all({each.code for each in result.findings} <= CODES[result.id] for result in results)
        assert not [result.reason for result in results if result.status is CheckStatus.CRASH]
        every = [finding for result in results for finding in result.findings]
        return [(each.code, each.summary.name, each.where.key) for each in every]  # type: ignore[attr-defined, union-attr]

    return found


@pytest.mark.parametrize(
    ("capability", "text", "expected"),
    [
        ("7.5", "bf16: true", [("train-gpu-cannot", "emulated", "bf16")]),
        ("8.0", "bf16: true", []),
        ("7.5", "tf32: true", [("train-gpu-cannot", "tf32", "tf32")]),
        ("8.0", "tf32: true", []),
        ("6.1", "enable_liger_kernel: true", [("train-gpu-cannot", "triton", "enable_liger_kernel")]),
        ("7.5", "enable_liger_kernel: true", []),
        ("6.1", "use_unsloth: true", [("train-gpu-cannot", "unsloth", "use_unsloth")]),
        ("8.6", "fp8: true", [("train-gpu-cannot", "fp8", "fp8")]),
        ("9.0", "fp8: true", []),
        ("6.1", "fp16: true", []),
        ("7.0", "quantization_bit: 8", [("train-gpu-cannot", "quantized", "quantization_bit")]),
        ("7.5", "quantization_bit: 8", []),
        ("6.1", "quantization_bit: 4", []),
    ],
)
def test_precision_and_kernels_against_capability(codes, capability: str, text: str, expected: list[object]) -> None:
    assert codes(text, gpu_machine(capability)) == expected


def test_the_least_of_the_visible_gpus_counts(codes) -> None:
    both = gpu_machine("6.1", "9.0")
    command = "CUDA_VISIBLE_DEVICES=1 llamafactory-cli train a.yaml"
    assert codes("bf16: true", both, command) == []
    assert codes("bf16: true", both) == [("train-gpu-cannot", "emulated", "bf16")]


def test_gpus_that_could_not_be_asked_are_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(BASE + "bf16: true\n", encoding="utf-8")
    machine = replace(gpu_machine("9.0"), gpus=missing(Why.DENIED, "nvml"))
    told = {result.id: result for result in judge(load(LocalHost(), "a.yaml", machine))}
    assert told["train-gpus"].status is CheckStatus.NOT_CHECKED
    assert told["train-gpus"].reason == "the GPUs could not be asked: denied (nvml)"


@pytest.mark.parametrize(
    ("command", "gpus", "expected"),
    [
        ("python src/train.py a.yaml", 2, [("train-launch", "python-gpus", "")]),
        ("python src/train.py a.yaml", 1, []),
        ("torchrun --nproc-per-node 4 src/train.py a.yaml", 2, [("train-launch", "too-many", "")]),
        ("torchrun --nproc-per-node 2 src/train.py a.yaml", 2, []),
        ("NNODES=2 llamafactory-cli train a.yaml", 1, [("train-launch", "nodes", "")]),
        ("NNODES=2 NODE_RANK=0 MASTER_ADDR=h MASTER_PORT=1 llamafactory-cli train a.yaml", 1, []),
        ("FORCE_TORCHRUN=yes llamafactory-cli train a.yaml", 1, [("train-variable", "not-on", "FORCE_TORCHRUN")]),
        ("DISABLE_VERSION_CHECK=1 lmf train a.yaml", 1, [("train-variable", "unchecked", "DISABLE_VERSION_CHECK")]),
        ("USE_V1=1 lmf train a.yaml", 1, [("train-variable", "other-program", "USE_V1")]),
        ("llamafactory-cli export a.yaml", 1, [("train-file-other-program", "export", "")]),
    ],
)
def test_launchers(codes, command: str, gpus: int, expected: list[object]) -> None:
    assert codes("", gpu_machine(*["9.0"] * gpus), command) == expected


def test_a_blank_in_the_path_breaks_torchrun_only(codes) -> None:
    Path("my runs").mkdir()
    Path("my runs/b.yaml").write_text(BASE, encoding="utf-8")
    assert codes("", gpu_machine("9.0", "9.0"), "my runs/b.yaml") == [("train-launch", "blank", "")]
    assert codes("", gpu_machine("9.0"), "my runs/b.yaml") == []


def test_several_gpus_on_windows(codes) -> None:
    machine = gpu_machine("12.0", "12.0")
    windows = replace(machine, os=replace(machine.os, system=System.WINDOWS))
    assert codes("", windows) == [("train-launch", "windows", "")]
    assert codes("", windows, "python ranks.py --ranks 2 --llamafactory a.yaml") == []
    too_many = codes("", windows, "python ranks.py --ranks 3 --llamafactory a.yaml")
    assert too_many == [("train-launch", "too-many", "")]
    forced = "FORCE_TORCHRUN=1 CUDA_VISIBLE_DEVICES=0 llamafactory-cli train a.yaml"
    assert codes("", windows, forced) == [("train-launch", "windows-forced", "")]


@pytest.mark.parametrize(
    ("data", "text", "expected"),
    [
        (DEEPSPEED % (2, ""), "", []),
        (
            DEEPSPEED % (2, ', "gradient_accumulation_steps": 4'), "",
            [("train-deepspeed-config", "summary", "gradient_accumulation_steps")],
        ),
        (DEEPSPEED % (2, ', "gradient_accumulation_steps": 4'), "gradient_accumulation_steps: 4", []),
        (DEEPSPEED % (2, ', "fp16": {"enabled": true}'), "", [("train-deepspeed-config", "summary", "fp16")]),
        ("{", "", [("train-deepspeed-config", "broken", "deepspeed")]),
        (None, "", [("train-deepspeed-config", "absent", "deepspeed")]),
        (DEEPSPEED % (3, ""), "pure_bf16: true", [("train-refused", "zero3", "pure_bf16")]),
        (DEEPSPEED % (2, ""), "pure_bf16: true", []),
        (DEEPSPEED % (3, ""), "quantization_bit: 8", [("train-fails-later", "sharded", "deepspeed")]),
        (DEEPSPEED % (3, ""), "quantization_bit: 4", []),
    ],
)  # fmt: skip
def test_deepspeed(codes, data: str | None, text: str, expected: list[object]) -> None:
    if data is not None:
        Path("ds.json").write_text(data, encoding="utf-8")
    assert codes(f"deepspeed: ds.json\n{text}", gpu_machine("9.0", "9.0")) == expected


def test_deepspeed_on_one_gpu_needs_torchrun(codes) -> None:
    Path("ds.json").write_text(DEEPSPEED % (2, ""), encoding="utf-8")
    one = gpu_machine("9.0")
    assert codes("deepspeed: ds.json", one) == [("train-refused", "deepspeed-torchrun", "deepspeed")]
    assert codes("deepspeed: ds.json", one, "FORCE_TORCHRUN=1 llamafactory-cli train a.yaml") == []


@pytest.mark.parametrize(
    ("data", "text", "expected"),
    [
        ("distributed_type: FSDP\nnum_processes: 2\n", "", []),
        ("distributed_type: FSDP\nnum_processes: 8\n", "", [("train-accelerate-config", "processes", "")]),
        ("a: [", "", [("train-accelerate-config", "broken", "")]),
        ("num_processes: 2\nmixed_precision: fp16\n", "bf16: true", [("train-accelerate-config", "precision", "")]),
        (
            "distributed_type: FSDP\nnum_processes: 2\n", "quantization_bit: 8",
            [("train-fails-later", "sharded", "model_name_or_path")],
        ),
    ],
)  # fmt: skip
def test_accelerate(codes, data: str, text: str, expected: list[object]) -> None:
    Path("acc.yaml").write_text(data, encoding="utf-8")
    command = "accelerate launch --config_file acc.yaml src/train.py a.yaml"
    assert codes(text, gpu_machine("9.0", "9.0"), command) == expected


def test_the_output_folder(codes) -> None:
    one = gpu_machine("9.0")
    Path("out/checkpoint-20").mkdir(parents=True)
    Path("out/checkpoint-100").mkdir()
    assert codes("", one) == [("train-output-resumes", "summary", "output_dir")]
    assert codes("overwrite_output_dir: true", one) == []
    assert codes("resume_from_checkpoint: out/checkpoint-20", one) == []


def test_a_model_with_a_shard_missing_and_one_of_pickles(codes) -> None:
    Path("model").mkdir()
    Path("model/config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    Path("model/tokenizer.json").write_text("{}", encoding="utf-8")
    index = '{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'
    Path("model/model.safetensors.index.json").write_text(index, encoding="utf-8")
    Path("model/model-1.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    one = gpu_machine("9.0")
    assert codes("model_name_or_path: model\n", one)[-1:] == [
        ("train-model-incomplete", "summary", "model_name_or_path")
    ]
    for path in Path("model").glob("*.safetensors*"):
        path.unlink()
    Path("model/pytorch_model.bin").write_bytes(b"x")
    assert ("train-model-pickle", "summary", "model_name_or_path") in codes("model_name_or_path: model\n", one)


def test_methods_of_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(BASE, encoding="utf-8")
    told = {each.name: each for each in methods(load(LocalHost(), "a.yaml", gpu_machine("7.5")))}
    assert told["bf16"].works is False
    assert told["bf16"].reasons == ("needs compute capability 8.0; GPU 0 (a GPU) has 7.5",)
    assert told["sdpa"].works is True
    assert told["bnb-4bit"].works is True
    assert told["bnb-4bit"].version == "0.50.2"
    assert told["hqq"].reasons == ("hqq is not installed",)
    assert told["fsdp"].reasons == ("needs more than one GPU",)
