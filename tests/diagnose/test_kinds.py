"""Kinds of fault in advice: a remedy that is in place, a warning that is no fault, another program's words."""

from __future__ import annotations

import pytest

from envdoc.diagnose import diagnose_text
from envdoc.diagnose.clean import clean
from envdoc.knowledge import xids
from envdoc.model.finding import Finding, Severity

KERNEL = "RuntimeError: CUDA error: no kernel image is available for execution on the device"


def root(log: str) -> Finding:
    return diagnose_text(log).findings[0]


def commands(finding: Finding) -> str:
    return "\n".join(each.command for each in finding.remediation.commands)


@pytest.mark.parametrize(
    "log",
    [
        "Found GPU0 NVIDIA GB10 which is of cuda capability 12.1.\nMinimum and Maximum cuda capability supported "
        "by this version of PyTorch is\n(8.0) - (12.0)",
        "NVIDIA GB10\nUserWarning: torch==2.13.0+cu130 does not include kernels for this GPU",
        "Skipping import of cpp extensions due to incompatible torch version 2.9.1+cu130 for torchao version 0.14.1",
    ],
)
def test_a_harmless_warning_says_so_and_asks_for_nothing(log: str) -> None:
    found = root(log)
    assert found.severity is Severity.INFO
    assert "harmless" in found.summary
    assert found.remediation.text == "Nothing needs to be done"
    assert found.remediation.commands == ()


def test_triton_is_pointed_at_a_newer_ptxas_where_torch_is_new_enough() -> None:
    found = root(
        "NVIDIA GB10\ntorch 2.9.1+cu130\nptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'"
    )
    assert found.code == "triton-ptxas-arch"
    assert commands(found) == (
        "export TRITON_PTXAS_PATH=/usr/local/cuda/bin/ptxas\n"
        "export TRITON_PTXAS_BLACKWELL_PATH=/usr/local/cuda/bin/ptxas"
    )
    older = root(
        "NVIDIA GeForce RTX 5090\ntorch 2.6.0+cu124\n"
        "ptxas fatal   : Value 'sm_120' is not defined for option 'gpu-name'"
    )
    assert "torch==2.7.1+cu128" in commands(older)


def test_torch_is_not_prescribed_where_it_covers_the_gpu() -> None:
    found = root(f"NVIDIA RTX PRO 6000 Blackwell Workstation Edition\nTorch: 2.9.0+cu128\n{KERNEL}")
    assert found.code == "no-kernel-image"
    assert "pip install" not in commands(found)


def test_a_portable_python_is_named_in_the_commands() -> None:
    log = "D:\\C\\python_embeded\\python.exe main.py\nTorch not compiled with CUDA enabled\nNVIDIA GeForce RTX 4070\n"
    assert commands(root(log)).startswith(".\\python_embeded\\python.exe -m pip install torch==")


def test_a_command_of_cmake_is_not_given_for_flashinfer() -> None:
    found = diagnose_text("RuntimeError: Could not find nvcc and default cuda_home='/usr/local/cuda' doesn't exist")
    assert [each.code for each in found.findings] == ["flashinfer-no-nvcc"]
    assert "cmake" not in commands(found.findings[0])


def test_both_sides_of_uvs_conflict() -> None:
    log = (
        "Because llamafactory==0.9.4 depends on torch>=2.4.0,<=2.6.0,!=2.6.0 and vllm==0.8.0 depends on torch==2.6.0"
        ", we can conclude that llamafactory==0.9.4 and vllm==0.8.0 are incompatible."
    )
    assert root(log).summary == (
        "llamafactory==0.9.4 requires torch>=2.4.0,<=2.6.0,!=2.6.0, and that contradicts: "
        "vllm==0.8.0 depends on torch==2.6.0"
    )


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("INFO [multiproc_executor.py:12] up", "INFO [multiproc_executor.py:12] up"),
        ("[31mError[0m: no", "Error: no"),
        ("^[[1;31mError^[[m: no", "Error: no"),
        ("Error[m: no", "Error: no"),
        ("[mamba] installing", "[mamba] installing"),
    ],
)
def test_residue_of_colours_is_a_whole_code(raw: str, text: str) -> None:
    assert clean(raw.encode()) == text


def test_every_xid_has_its_words() -> None:
    for row in xids.rows():
        if row.xid == 79:
            continue  # gpu-lost
        found = root(f"NVRM: Xid (PCI:0000:3b:00): {row.xid}, pid=1, name=python")
        assert found.code == "gpu-xid"
        assert found.summary == f"The driver reported Xid {row.xid}: {row.meaning}"
        assert (found.severity is Severity.INFO) == (row.first == "none")
        assert found.remediation.text
    unknown = root("NVRM: Xid (PCI:0000:3b:00): 999, pid=1")
    assert unknown.summary == "The driver reported Xid 999, which the table of Xid numbers does not know"


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("FlashInfer backend is not available. Please install the package: https://x.org/f", "flashinfer-python"),
        ("Install it with `pip install fastsafetensors`", "fastsafetensors"),
        ("Please install flash_attn to use this", "flash-attn"),
        ("FlexKV is not installed. Please install it to use the connector", ""),
        ("NixlEP is not installed. Please install NixlEP package from https://x.org/nixl", ""),
        ("Install it with `pip install git+https://x.org/a/SpargeAttn.git`", ""),
        ("Please install torchvision via `pip install torchvision`", ""),
    ],
)
def test_what_pip_installs_is_a_name_that_pip_knows(message: str, wanted: str) -> None:
    """A program's name for a package may be anybody's at the index; and torch is chosen, not installed by name."""
    found = root(f"ImportError: {message}\n")
    assert found.code == "module-missing"
    installs = [each.command for each in found.remediation.commands if "pip install" in each.command]
    assert installs == ([f'python -m pip install "{wanted}"'] if wanted else [])
