"""What `check -v` says of the programs that it started, in both languages."""

from __future__ import annotations

import pytest

from envdoc.findings import say
from envdoc.findings.language import Language
from envdoc.host import process
from envdoc.workflow import started as module
from envdoc.workflow.started import started

SEEN = [
    (("/usr/bin/nvidia-smi", "--query-gpu=name"), "GPUs and driver, beside NVML"),
    (("/usr/local/cuda/bin/nvcc", "--version"), "version of a CUDA toolkit that no file tells"),
    ((r"C:\VS\bin\cl.exe",), "version of the compiler"),
    (("/usr/bin/cmake", "--version"), "version of the tool"),
    ((r"C:\VS\vswhere.exe", "-all"), "where Visual Studio is"),
    (("/usr/sbin/sysctl", "-n", "hw.memsize"), "memory of the machine"),
    (("/usr/bin/python3", "-c", "# asks libcuda\n"), "cuInit in a process of its own"),
    (("/opt/env/bin/python3.12", "-I", "-S", "-c", "x" * 99), "what an interpreter says of itself, without site"),
]


@pytest.mark.parametrize(("argv", "why"), SEEN, ids=lambda each: each[0][-12:] if isinstance(each, tuple) else "")
def test_each_program_has_its_reason(argv: tuple[str, ...], why: str) -> None:
    process.STARTED.append((argv, 0.254))
    (line,) = started()
    assert line.endswith(f" (0.25 s): {why}")
    assert line.startswith(argv[0])
    assert "\n" not in line
    chinese = say(line, Language.ZH)
    assert "（0.25 秒）：" in chinese
    assert why not in chinese


def test_every_reason_is_tried_here() -> None:
    assert {module._why(argv) for argv, _ in SEEN} == {*module._WHY.values(), "tool", "cuda-init", "python"}
