"""The user's own training file with a stand-in: what is shrunk, sampled, handed on and refused."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import envdoc.smoke
from envdoc.errors import DataError
from envdoc.host.local import LocalHost
from envdoc.model.machine import Machine, OperatingSystem, System
from envdoc.smoke import PROOFS, Level, of_level
from envdoc.workflow.own_file import arguments
from envdoc.workflow.smoke import SmokeWish, chosen

PYTHON = os.environ.get("ENVDOC_LLAMAFACTORY_PYTHON", "")
LIB = Path(envdoc.smoke.__file__).parent / "lib"
HERE = Machine(os=OperatingSystem(System.LINUX, "x86_64"))


def lib(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, LIB / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


QWEN3_VL = {
    "model_type": "qwen3_vl",
    "text_config": {
        "hidden_size": 2560, "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 8,
        "head_dim": 128, "intermediate_size": 9728, "vocab_size": 151936, "hidden_act": "silu",
        "rope_scaling": {"mrope_section": [24, 20, 20], "rope_type": "default"},
    },
    "vision_config": {
        "depth": 24, "hidden_size": 1024, "num_heads": 16, "out_hidden_size": 2560, "patch_size": 16,
        "deepstack_visual_indexes": [5, 11, 17],
    },
    "quantization_config": {"quant_method": "awq"},
}  # fmt: skip


def test_only_sizes_change() -> None:
    small = lib("shrunk").shrunk(QWEN3_VL)
    assert "quantization_config" not in small
    assert small["text_config"] == {
        "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "head_dim": 16, "intermediate_size": 128, "vocab_size": 151936, "hidden_act": "silu",
        "rope_scaling": {"mrope_section": [3, 2, 3], "rope_type": "default"},
    }  # fmt: skip
    assert small["vision_config"] == {
        "depth": 2, "hidden_size": 64, "num_heads": 4, "out_hidden_size": 64, "patch_size": 16,
        "deepstack_visual_indexes": [0, 1],
    }  # fmt: skip


@pytest.mark.parametrize(("groups", "heads", "small"), [(32, 32, 4), (8, 32, 2), (1, 8, 1), (2, 14, 2)])
def test_key_heads_keep_their_kind(groups: int, heads: int, small: int) -> None:
    told = lib("shrunk").shrunk({"num_attention_heads": heads, "num_key_value_heads": groups, "hidden_size": 4096})
    assert told["num_key_value_heads"] == small


def test_every_kind_of_layer_stays() -> None:
    kinds = ["linear_attention"] * 3 + ["full_attention"]
    told = lib("shrunk").shrunk({"num_hidden_layers": 48, "layer_types": kinds * 12})
    assert told["num_hidden_layers"] == 4
    assert told["layer_types"] == kinds


def test_experts_become_few_and_what_is_small_stays() -> None:
    config = {"num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768, "n_routed_experts": 2}
    told = lib("shrunk").shrunk(config)
    assert told == {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32, "n_routed_experts": 2}


def written(folder: Path, name: str, count: int) -> Path:
    path = folder / name
    rows = [{"instruction": f"问 {number}", "output": 'a "b", c\nd'} for number in range(count)]
    if name.endswith(".csv"):
        body = "".join(f'"{row["instruction"]}","a ""b"", c\nd"\n' for row in rows)
        path.write_text("instruction,output\n" + body, encoding="utf-8")
    elif name.endswith(".jsonl") or name == "lines.json":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    else:
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["list.json", "lines.json", "lines.jsonl", "table.csv"])
def test_of_a_large_file_the_first_records_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sampled = lib("sampled")
    monkeypatch.setattr(sampled, "WHOLE", 4000)
    written(tmp_path, name, 500)
    (tmp_path / "out").mkdir()
    entry = {"file_name": name, "columns": {"prompt": "instruction"}}
    info = {"mine": entry, "far": {"hf_hub_url": "a/b"}}
    told, hub = sampled.sampled(info, ["mine", "far"], tmp_path, tmp_path / "out", 20)
    assert hub == ["far"]
    target = Path(told["mine"]["file_name"])
    assert (target.parent, target.suffix) == (tmp_path / "out", Path(name).suffix)
    assert told["mine"]["columns"] == entry["columns"]
    text = target.read_text(encoding="utf-8")
    if name == "list.json":
        assert [row["instruction"] for row in json.loads(text)] == [f"问 {number}" for number in range(20)]
    elif name.endswith(".csv"):
        assert text.count("问 ") in (19, 20)
        assert text.startswith("instruction,output\n")
    else:
        assert [json.loads(line)["instruction"] for line in text.splitlines()] == [f"问 {n}" for n in range(20)]


def test_a_small_file_stays_as_it_is_mistakes_and_all(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{broken")
    told, _ = lib("sampled").sampled({"x": {"file_name": "bad.json"}}, ["x"], tmp_path, tmp_path, 5)
    assert told == {"x": {"file_name": str(tmp_path / "bad.json")}}


def test_what_the_proof_is_handed(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text('{"model_type": "qwen3", "hidden_size": 1024}')
    file = tmp_path / "train.yaml"
    file.write_text(f"model_name_or_path: {tmp_path / 'model'}\nstage: sft\nlearning_rate: 1e-4\n")
    told = arguments(LocalHost(), str(file), HERE)
    assert told["config"] == {"model_name_or_path": str(tmp_path / "model"), "stage": "sft", "learning_rate": 1e-4}
    assert (told["model"]["model_type"], told["folder"], told["why"]) == ("qwen3", str(tmp_path / "model"), "")
    listed = tmp_path / "listed.yaml"
    listed.write_text("model_name_or_path: Qwen/Qwen2.5-7B-Instruct\n")
    told = arguments(LocalHost({"HOME": str(tmp_path)}), str(listed), HERE)
    assert (told["model"]["hidden_size"], told["folder"], told["why"]) == (3584, "", "")
    far = tmp_path / "far.yaml"
    far.write_text("model_name_or_path: nobody/nothing\n")
    assert "hf download nobody/nothing" in arguments(LocalHost({"HOME": str(tmp_path)}), str(far), HERE)["why"]
    with pytest.raises(DataError):
        arguments(LocalHost(), str(tmp_path / "none.yaml"), HERE)


def test_the_file_alone_is_proved() -> None:
    assert chosen(SmokeWish(train=True, config="train.yaml")) == ("train-config",)
    assert chosen(SmokeWish(train=True, config="train.yaml", cpu=True)) == ("train-config-cpu",)
    for level in (Level.QUICK, Level.FULL, Level.TRAIN):
        assert not [proof.name for proof in of_level(level) if proof.script == "train_config"]
    assert PROOFS["train-config"].needs == ("torch", "transformers", "llamafactory")


_ARCHITECTURES = """\
import importlib.util, json, sys
from pathlib import Path
import transformers
def lib(name):
    spec = importlib.util.spec_from_file_location(name, Path(sys.argv[1]) / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
shrunk, standin, out = lib("shrunk"), lib("standin"), {}
for kind in sys.argv[3:]:
    folder = Path(sys.argv[2]) / kind
    folder.mkdir()
    try:
        config = transformers.AutoConfig.for_model(kind).to_dict()
        small = shrunk.shrunk(config)
        (folder / "config.json").write_text(json.dumps(small))
        out[kind] = standin._weights(folder, small)
    except Exception as error:
        out[kind] = f"{type(error).__name__}: {error}"[:200]
print(json.dumps(out))
"""
KINDS = (
    "llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "gemma", "gemma2", "gemma3_text",
    "phi", "phi3", "glm", "glm4", "deepseek_v2", "deepseek_v3", "granite", "cohere2", "olmo2", "smollm3", "gpt_oss",
)  # fmt: skip


@pytest.mark.real
@pytest.mark.skipif(not PYTHON, reason="ENVDOC_LLAMAFACTORY_PYTHON names no Python with transformers")
def test_stand_ins_of_many_architectures_are_made_and_small(tmp_path: Path) -> None:
    line = [PYTHON, "-c", _ARCHITECTURES, str(LIB), str(tmp_path), *KINDS]
    ran = subprocess.run(line, capture_output=True, text=True, timeout=900, check=True)
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    print(told)
    assert {kind: size for kind, size in told.items() if not isinstance(size, int)} == {}
    assert all(size < 100_000_000 for size in told.values())
