"""Verdict, JUnit, annotations, job summary and text: whole outputs of one run with every kind of end."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest
from junit_schema import problems

from envdoc.findings import Language, entry
from envdoc.model.finding import Finding
from envdoc.model.machine import System
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.model.text import Text
from envdoc.render.github import finding_annotations, job_summary
from envdoc.render.junit import proofs_junit
from envdoc.render.lines import laid_out
from envdoc.render.text_smoke import smoke_document, smoke_lines
from envdoc.smoke import Visible, VisibleGpu, verdict
from envdoc.smoke.codes import COMMANDS
from envdoc.smoke.codes import finding as of_proof

GPU = Visible((VisibleGpu(0, "0", "NVIDIA H200"),))
NONE = Visible((), "the driver shows no GPU")
FACTS = {"system": "Ubuntu 24.04 x86_64", "driver": "580.159.04", "gpus": "1 x NVIDIA H200", "torch": ""}


def finding(code: str, told: str) -> Finding:
    """A finding of a proof that saw `told`."""
    return of_proof(code, Text(told, "smoke", "failed", {}))


def proof(name: str, status: ProofStatus, code: str = "", **more: object) -> ProofResult:
    findings = (finding(code, f"{name}: it is <wrong> & bad"),) if code else ()
    return ProofResult(name, f"title of {name}", status, findings=findings, **more)  # type: ignore[arg-type]


EVERY = (
    proof("matmul-bf16", ProofStatus.PASSED, gpu=0, reason="741 TFLOP/s", seconds=1.25, figures={"tflops": 741.0}),
    proof(
        "matmul-gpu", ProofStatus.FAILED, "no-kernel-image", gpu=0, reason="no | kernel", output_tail="Trace\x1b[0m"
    ),
    proof("flash-attn", ProofStatus.NOT_CHECKED, reason="`flash_attn` is not installed"),
    proof("compile", ProofStatus.TIMED_OUT, "proof-timed-out", reason="stopped after 300 s", seconds=300.0),
    proof("bnb-nf4", ProofStatus.CRASHED, "proof-crashed", reason="the process died: SIGSEGV"),
)


def codes(
    *results: ProofResult, seen: Visible = GPU, cpu: bool = False, strict: bool = False
) -> tuple[list[str], int]:
    told = verdict(results, seen, cpu=cpu, strict=strict)
    return [each.code for each in told.findings], told.exit_code


def test_all_well_is_0() -> None:
    assert codes(proof("a", ProofStatus.PASSED), proof("b", ProofStatus.NOT_CHECKED, reason="x")) == ([], 0)


def test_a_wrong_environment_is_1() -> None:
    assert codes(*EVERY) == (["no-kernel-image", "proof-timed-out", "proof-crashed"], 1)


def test_a_wrong_runner_is_75_whatever_else_is_wrong() -> None:
    lost = proof("cuda-init", ProofStatus.FAILED, "gpu-lost")
    told = codes(EVERY[1], lost)
    assert told == (["gpu-lost", "no-kernel-image"], 75)


def test_no_gpu_is_75_unless_proofs_without_one_were_asked_for() -> None:
    passed = proof("matmul-cpu", ProofStatus.PASSED)
    assert codes(passed, seen=NONE) == (["no-gpu-visible"], 75)
    assert codes(passed, seen=NONE, cpu=True) == ([], 0)


def test_a_mismatched_driver_is_named_instead() -> None:
    seen = Visible((), "NVML: failed", "driver-library-mismatch")
    assert codes(proof("cuda-init", ProofStatus.NOT_CHECKED), seen=seen) == (["driver-library-mismatch"], 75)


def test_nothing_that_could_be_tried_is_no_pass() -> None:
    assert codes(proof("flash-attn", ProofStatus.NOT_CHECKED)) == (["nothing-proved"], 1)
    assert codes() == (["nothing-proved"], 1)


def test_warnings_count_only_when_strict() -> None:
    slow = proof("matmul-bf16", ProofStatus.PASSED, "slower-than-card")
    assert codes(slow) == (["slower-than-card"], 0)
    assert codes(slow, strict=True) == (["slower-than-card"], 1)


def test_the_same_fault_of_two_proofs_stands_once() -> None:
    held = finding("gpu-memory-held", "only 3 of 80 MiB are free")
    twice = [ProofResult(name, name, ProofStatus.FAILED, findings=(held,)) for name in ("a", "b")]
    assert codes(*twice) == (["gpu-memory-held"], 75)


def test_junit_is_what_the_schema_says() -> None:
    text = proofs_junit(EVERY, FACTS)
    assert problems(text) == []
    suite = ElementTree.fromstring(text)[0]
    assert dict(suite.attrib) == {
        "name": "envdoc smoke",
        "tests": "5",
        "failures": "1",
        "errors": "2",
        "skipped": "1",
        "time": "301.250",
    }
    kinds = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert kinds == {
        "matmul-bf16 (GPU 0)": ["system-out"],
        "matmul-gpu (GPU 0)": ["failure", "system-out"],
        "flash-attn": ["skipped"],
        "compile": ["error"],
        "bnb-nf4": ["error"],
    }
    assert {p.get("name"): p.get("value") for p in suite.iter("property")} == {k: v for k, v in FACTS.items() if v}


def test_the_schema_check_finds_mistakes() -> None:
    wrong = (
        '<testsuites><testsuite name="x"><testcase name="a" time="soon"><oops/></testcase></testsuite></testsuites>'
    )
    assert problems(wrong) == [
        "testsuite lacks tests",
        "testcase@time: soon is no xs:decimal",
        "oops may not stand in testcase",
    ]


def test_control_characters_never_reach_xml() -> None:
    odd = proof("a", ProofStatus.FAILED, reason="\x00\x1b[31m\ud800\ufffe é 中", output_tail="]]>&<")
    case = ElementTree.fromstring(proofs_junit([odd], {}))[0][0]
    assert (case[0].get("message"), case[1].text) == ("[31m é 中", "]]>&<")


def test_annotations() -> None:
    two = (finding("no-kernel-image", "100% wrong:\nsm_120"), finding("slower-than-card", "slow"))
    assert finding_annotations(two) == (
        "::error title=envdoc no-kernel-image::100%25 wrong:%0Asm_120%0A"
        "Install a build that has code for this GPU%0A$ envdoc resolve\n"
        "::warning title=envdoc slower-than-card::slow%0A"
        "Look for heat, a power limit or another job on the GPU%0A$ nvidia-smi -q -d PERFORMANCE,POWER\n"
    )


def test_job_summary() -> None:
    told = verdict(EVERY[:3], GPU)
    assert job_summary(EVERY[:3], told.findings, FACTS, told.exit_code) == (
        "## envdoc smoke: the environment is wrong\n"
        "\n"
        "system Ubuntu 24.04 x86_64, driver 580.159.04, gpus 1 x NVIDIA H200\n"
        "\n"
        "| proof | GPU | result | seen | seconds |\n"
        "|---|---|---|---|---|\n"
        "| `matmul-bf16` | 0 | passed | 741 TFLOP/s | 1.2 |\n"
        "| `matmul-gpu` | 0 | **failed** | no \\| kernel | 0.0 |\n"
        "| `flash-attn` |  | not checked | `flash_attn` is not installed | 0.0 |\n"
        "\n"
        "**error** `no-kernel-image`: matmul-gpu: it is &lt;wrong> & bad\n"
        "- Install a build that has code for this GPU\n"
    )


def test_text() -> None:
    told = verdict(EVERY[:3], GPU)
    lines = smoke_lines(EVERY[:3], told.findings, FACTS, "/envs/a/bin/python", System.LINUX, exit_code=1, seconds=2.0)
    assert [f"{line.mark}|{line.text}" for line in laid_out(lines, Language.EN)] == [
        "|envdoc proves /envs/a/bin/python",
        "|on Ubuntu 24.04 x86_64, driver 580.159.04, gpus 1 x NVIDIA H200",
        "|",
        "pass|matmul-bf16 GPU 0  741 TFLOP/s (1.2 s)",
        "fail|matmul-gpu GPU 0   no | kernel",
        "|Trace\x1b[0m",
        "not-checked|flash-attn         not checked: `flash_attn` is not installed",
        "|",
        "fail|no-kernel-image: matmul-gpu: it is <wrong> & bad",
        "step|Install a build that has code for this GPU",
        "command|envdoc resolve",
        "|https://pytorch.org/docs/stable/notes/cuda.html",
        "|https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#binary-compatibility",
        "|",
        "|1 passed, 1 failed, 1 not checked in 2.0 s: the environment is wrong: exit 1",
    ]


def test_json() -> None:
    document = smoke_document(EVERY[:1], (), FACTS, "/envs/a/bin/python", exit_code=0, seconds=2.0)
    document.pop("tool")
    assert json.loads(json.dumps(document)) == {
        "schema": 1,
        "command": "smoke",
        "exit_code": 0,
        "findings": [],
        "python": "/envs/a/bin/python",
        "facts": FACTS,
        "seconds": 2.0,
        "proofs": [
            {
                "name": "matmul-bf16",
                "title": "title of matmul-bf16",
                "status": "passed",
                "gpu": 0,
                "reason": "741 TFLOP/s",
                "seconds": 1.25,
                "figures": {"tflops": 741.0},
                "output": "",
            }
        ],
    }


def test_json_validates_against_the_published_schema() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "smoke.schema.json").read_text())
    told = verdict(EVERY, GPU)
    document = smoke_document(
        EVERY, told.findings, FACTS, "/envs/a/bin/python", exit_code=told.exit_code, seconds=2.0
    )
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "proofs": [{"name": "a"}]}, schema)


def test_every_code_has_its_page_and_a_remedy() -> None:
    assert [code for code in COMMANDS if "smoke" not in entry(code).found_by] == []
    assert [code for code in COMMANDS if not finding(code, "seen").remediation.text] == []
