"""Every remedy of the table: the fault is made, the printed lines are run as they stand, the finding is gone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from bench import Bench, of, stack, with_pip
from faults import FAULTS, Fault

from envdoc.diagnose import Context, diagnose_text
from envdoc.model.finding import Severity

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the lines for bash are run, on Linux wheels' names"),
    pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_finding_is_gone(fault: Fault, bench: Bench) -> None:
    fault.make(bench)
    before = bench.check()
    found = of(before, fault.code)
    assert found, [finding.code for finding in before.findings]
    lines = [line for finding in found for line in bench.run(finding.remediation.commands)]
    assert lines
    after = bench.check()
    assert of(after, fault.code) == []
    errors = {finding.code for finding in after.findings if finding.severity is Severity.ERROR}
    assert errors <= {finding.code for finding in before.findings}  # and no other came
    assert set(fault.leaves) <= set(installed(bench))
    assert list(bench.folder.rglob("hit")) == []  # a value never became code


def installed(bench: Bench) -> list[str]:
    """What `uv pip list` says is there."""
    argv = ["list", "--format", "json", "--python", str(bench.env / "bin" / "python")]
    from uv import find_uv_bin

    done = subprocess.run([find_uv_bin(), "pip", *argv], capture_output=True, text=True, check=True, timeout=60)
    return [f"{each['name']}=={each['version']}" for each in json.loads(done.stdout)]


CPU_LOG = """\
  File "/home/u/train.py", line 3
torch: 2.8.0+cpu
GPU 0: NVIDIA GeForce RTX 5060 Ti
Driver Version: 580.95.05
Python version: {python}
AssertionError: Torch not compiled with CUDA enabled
"""


@pytest.mark.parametrize("with_machine", [False, True], ids=["log alone", "with the machine"])
def test_a_remedy_of_diagnose_changes_the_build(bench: Bench, with_machine: bool) -> None:
    bench.install(*stack("2.8.0", "cpu"))
    with_pip(bench)
    context = Context(machine=bench.machine() if with_machine else None)
    log = CPU_LOG.format(python=f"{sys.version_info.major}.{sys.version_info.minor}")
    remedy = diagnose_text(log, context).findings[0].remediation
    lines = bench.run(remedy.commands)
    assert [line.startswith("uv pip install --python") for line in lines] == [with_machine]
    assert {"torch==2.7.1+cu128", "torchvision==0.22.1+cu128"} <= set(installed(bench))


def test_the_line_without_a_tag_would_have_done_nothing(bench: Bench) -> None:
    """Why the tag is written: this is what the bench does with the line of old."""
    bench.install(*stack("2.7.1", "cpu"))
    from envdoc.model.finding import Command

    line = f"uv pip install --python {bench.env}/bin/python torch==2.7.1 --index-url https://download.pytorch.org/whl/cu128"
    bench.run([Command(line)])
    assert "torch==2.7.1+cpu" in installed(bench)
    assert of(bench.check(), "torch-cpu-build")
