"""`envdoc memory` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Run
from test_documents import validated

_CARD = ("--gpu", "RTX 5060 Ti 16GB")


def test_it_fits_says_so(envdoc: Run) -> None:
    ran = envdoc("memory", "qwen2.5-7b", "--method", "qlora", *_CARD, "--format", "json")
    document = validated(ran.stdout, "memory")
    assert ran.code == 0
    assert document["fits"] == [
        {"gpu": "RTX 5060 Ti 16GB", "free_mib": 16311, "fits": True, "tight": False, "change": [], "after_mib": 0}
    ]


def test_it_does_not_fit_says_what_would(envdoc: Run) -> None:
    ran = envdoc("memory", "Qwen/Qwen2.5-14B-Instruct", "--gpus", "2", *_CARD, "--format", "json")
    document = validated(ran.stdout, "memory")
    assert ran.code == 1
    assert document["fits"][0]["change"] == ["liger", "qlora"]
    assert document["estimate"]["device_mib"] > 2 * document["fits"][0]["after_mib"]


def test_text_is_whole(envdoc: Run) -> None:
    ran = envdoc("memory", "qwen2.5-7b", "--method", "qlora", "--seq", "1024", *_CARD)
    assert ran.stdout.splitlines()[0] == "qwen2.5-7b: 7.62 B parameters, qlora, batch 1 x 1024 tokens"
    assert ran.stdout.splitlines()[-1] == "✓ RTX 5060 Ti 16GB: 15.9 GiB free, it fits"
    assert "weights" in ran.stdout


def test_a_folder_is_read_and_nothing_in_it_is_run(envdoc: Run, tmp_path: Path) -> None:
    config = {
        "model_type": "llama",
        "hidden_size": 2048,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "intermediate_size": 8192,
        "vocab_size": 128256,
        "tie_word_embeddings": True,
        "head_dim": 64,
        "auto_map": {"AutoModelForCausalLM": "modeling.Planted"},
    }
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    planted = tmp_path / "ran"
    (tmp_path / "modeling.py").write_text(f"open({str(planted)!r}, 'w')", encoding="utf-8")
    document = validated(envdoc("memory", str(tmp_path), *_CARD, "--format", "json").stdout, "memory")
    assert document["parameters"] == pytest.approx(1.236e9, rel=0.001)
    assert not planted.exists()


@pytest.mark.parametrize(
    "content", ["", "[", "[]", "1", '{"model_type": "mixtral", "num_local_experts": 8}', "[" * 9999]
)
def test_a_broken_config_is_one_clear_error(envdoc: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content, encoding="utf-8")
    ran = envdoc("memory", str(tmp_path), *_CARD)
    assert ran.code == 2
    assert ran.stderr.startswith("error: ")
    assert "hint: " in ran.stderr


@pytest.mark.parametrize(
    "argv",
    [
        ("no-such-model",),
        ("qwen2.5-7b", "--gpu", "RTX 9999"),
        ("qwen2.5-7b", "--gpu", "RTX 5060 Ti"),  # sold with 8 and with 16 GB
        ("qwen2.5-7b", "--offload"),
        ("qwen2.5-7b", "--batch", "0"),
    ],
)
def test_what_nobody_knows_is_a_usage_error(envdoc: Run, argv: tuple[str, ...]) -> None:
    ran = envdoc("memory", *argv)
    assert ran.code == 2
    assert "Traceback" not in ran.stderr


def test_a_machine_without_gpu_gets_the_figures_and_no_verdict(envdoc: Run) -> None:
    machine = Path(__file__).parents[1] / "machines" / "linux-no-gpu.json"
    ran = envdoc("memory", "qwen2.5-7b", "--machine", str(machine))
    assert ran.code == 0
    assert "no GPU here told its memory" in ran.stdout
