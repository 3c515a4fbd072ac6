"""An installation is usable where what can be proved on the machine's GPUs was proved."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from envdoc.knowledge.profiles import load
from envdoc.model.codec import decode
from envdoc.model.facts import Why, known, missing, readings
from envdoc.model.machine import Machine, Origin
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.workflow.gpu_proof import gpus_answer

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from mint_recipe import altered  # noqa: E402 - the tools' folder must be known first


def machine(name: str, changes: dict[str, object] | None = None) -> Machine:
    data = json.loads((ROOT / "tests" / "machines" / f"{name}.json").read_text(encoding="utf-8"))
    made = altered(decode(Machine, data), changes or {})
    assert isinstance(made, Machine)
    return made


def proofs(on_gpu: ProofStatus, reason: str = "no GPU: NVML") -> tuple[ProofResult, ...]:
    return (
        ProofResult("import:torch", "", ProofStatus.PASSED),
        ProofResult("matmul-gpu", "", on_gpu, reason=reason),
    )


UNTRIED = proofs(ProofStatus.NOT_CHECKED)


def codes(result: ProofResult | None) -> tuple[str, ...]:
    assert result is not None
    assert result.status is ProofStatus.FAILED
    return tuple(each.code for each in result.findings)


def test_a_gpu_whose_driver_is_broken_is_no_image_build() -> None:
    told = gpus_answer(machine("linux-driver-mismatch"), load("rtx40"), UNTRIED)
    assert codes(told) == ("driver-library-mismatch", "cuda-init-failed")
    assert any(each.machine_broken for each in told.findings)  # type: ignore[union-attr]


HUNG = missing(Why.TIMED_OUT, "nvml", "no answer in 30 s")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"gpus": HUNG, "driver.version": readings(HUNG), "driver.cuda_init": HUNG},
         ("cuda-init-failed", "could-not-look")),
        ({"env.CUDA_VISIBLE_DEVICES": ""}, ("visible-devices-hide-all",)),
        ({}, ("nothing-proved",)),
    ],
)  # fmt: skip
def test_a_gpu_that_does_not_answer(changes: dict[str, object], expected: tuple[str, ...]) -> None:
    assert codes(gpus_answer(machine("linux-t4-535", changes), load("turing-dc"), UNTRIED)) == expected


def test_an_image_build_has_no_gpu_to_prove_on() -> None:
    assert gpus_answer(machine("linux-no-gpu"), load("hopper"), UNTRIED) is None
    hidden = {
        "os.container": known("docker", "/.dockerenv"),
        "driver.pci": known(("0000:01:00.0 10de:2684",), "/sys/bus/pci/devices"),
    }
    assert gpus_answer(machine("linux-no-gpu", hidden), load("hopper"), UNTRIED) is None


def test_proofs_that_ran_speak_for_themselves() -> None:
    for status in (ProofStatus.PASSED, ProofStatus.FAILED, ProofStatus.TIMED_OUT):
        assert gpus_answer(machine("linux-driver-mismatch"), load("rtx40"), proofs(status)) is None


def test_the_cpu_and_another_machine_ask_for_none() -> None:
    broken = machine("linux-driver-mismatch")
    assert gpus_answer(broken, load("cpu"), UNTRIED) is None
    assert gpus_answer(broken, None, UNTRIED) is None
    assert gpus_answer(altered(broken, {"origin": Origin.WHAT_IF}), load("rtx40"), UNTRIED) is None  # type: ignore[arg-type]
