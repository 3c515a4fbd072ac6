"""The proofs in a real environment without a GPU: torch, LLaMA-Factory and friends, and faults planted in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from smoke_fakes import ProcessHost

from envdoc.model.results import ProofResult
from envdoc.smoke import prove

pytestmark = pytest.mark.real

INSTALL = (
    *(f"import:{name}" for name in ("torch", "transformers", "peft", "accelerate", "bitsandbytes", "llamafactory")),
    *("torch-arch-list", "matmul-cpu", "matmul-gpu", "llamafactory-cli-version", "llamafactory-cli-train-help"),
)


def run(python: str, *names: str, **environ: str) -> dict[str, ProofResult]:
    arguments = {"torch-arch-list": {"capabilities": ["12.0"]}}
    results = prove(ProcessHost(), python, names, environ=environ, arguments=arguments, timeout_factor=3.0)
    return {result.name: result for result in results}


def test_what_install_ends_with(real_python: str) -> None:
    told = run(real_python, *INSTALL)
    statuses = {name: result.status.value for name, result in told.items()}
    assert statuses == {**dict.fromkeys(INSTALL, "passed"), "matmul-gpu": "not-checked"}
    assert told["torch-arch-list"].reason.endswith("cover sm_120")


def test_ranks_and_layers_on_the_cpu(real_python: str) -> None:
    told = run(real_python, "all-reduce-gloo", "bnb-nf4-cpu")
    assert {name: result.status.value for name, result in told.items()} == dict.fromkeys(told, "passed")


@pytest.mark.parametrize("method", ["lora", "qlora", "full"])
def test_training_by_transformers_and_peft(real_python: str, method: str) -> None:
    (result,) = run(real_python, f"train-{method}-cpu").values()
    assert result.status.value == "passed", result.output_tail
    assert result.figures["last_loss"] < 0.9 * result.figures["first_loss"]
    assert abs(result.figures["saved_loss"] - result.figures["reloaded_loss"]) < 0.05
    assert result.figures["peak_mib"] > 0


def test_training_by_llamafactory(real_python: str) -> None:
    (result,) = run(real_python, "llamafactory-lora-cpu").values()
    assert result.status.value == "passed", result.output_tail
    assert result.figures["last_loss"] < 0.9 * result.figures["first_loss"]


def planted(folder: Path, body: str) -> str:
    (folder / "sitecustomize.py").write_text(f"import torch\n{body}\n")
    return f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"


def test_wrong_numbers_are_found(real_python: str, tmp_path: Path) -> None:
    off = "1 + 1e-3 * (a.dtype == torch.float32)"
    body = f"plain = torch.Tensor.__matmul__\ntorch.Tensor.__matmul__ = lambda a, b: plain(a, b) * ({off})"
    (result,) = run(real_python, "matmul-cpu", PYTHONPATH=planted(tmp_path, body)).values()
    assert (result.status.value, [each.code for each in result.findings]) == ("failed", ["wrong-numbers"])
    assert result.reason == "256x256 product: off by 0.001 of the largest value, tolerance 1e-05"


def test_a_nan_is_wrong_too(real_python: str, tmp_path: Path) -> None:
    body = "plain = torch.Tensor.__matmul__\ntorch.Tensor.__matmul__ = lambda a, b: plain(a, b) * float('nan')"
    (result,) = run(real_python, "matmul-cpu", PYTHONPATH=planted(tmp_path, body)).values()
    assert [each.code for each in result.findings] == ["wrong-numbers"]


def test_a_build_without_code_for_the_card_is_found(real_python: str) -> None:
    results = prove(
        ProcessHost(), real_python, ["torch-arch-list"], arguments={"torch-arch-list": {"capabilities": ["6.1"]}}
    )
    assert [(each.status.value, each.findings[0].code) for each in results] == [("failed", "gpu-not-in-torch-build")]


def test_training_that_does_not_learn_is_found(real_python: str, tmp_path: Path) -> None:
    body = "torch.optim.AdamW.step = lambda self, closure=None: None"
    (result,) = run(real_python, "train-full-cpu", PYTHONPATH=planted(tmp_path, body)).values()
    assert (result.status.value, [each.code for each in result.findings]) == ("failed", ["loss-not-falling"])
