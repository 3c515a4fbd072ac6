"""Who needs what is not here: whose file it is, whose the missing symbol, and that nobody else is mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from envdoc.diagnose import diagnose_bytes, diagnose_text
from envdoc.diagnose.needs import of_path, symbol_of
from envdoc.knowledge import extensions
from envdoc.model.finding import Finding

CORPUS = Path(__file__).parent / "corpus"
SITE = "/x/lib/python3.12/site-packages"


def root(log: str) -> Finding:
    return diagnose_text(log).findings[0]


@pytest.mark.parametrize(
    ("path", "package"),
    [
        (f"{SITE}/vllm/_C.abi3.so", "vllm"),
        (f"{SITE}/sgl_kernel/common_ops.abi3.so", "sgl-kernel"),
        (f"{SITE}/causal_conv1d_cuda.cpython-312-x86_64-linux-gnu.so", "causal-conv1d"),
        ("/usr/lib/python3/dist-packages/torch_scatter/_version_cuda.so", "torch-scatter"),
        (r"C:\v\Lib\site-packages\flash_attn_2_cuda.cp312-win_amd64.pyd", "flash-attn"),
        ("selective_scan_cuda.cpython-310-x86_64-linux-gnu.so", "mamba-ssm"),
        (f"{SITE}/nobody_knows/_C.so", "nobody_knows"),
    ],
)
def test_whose_file(path: str, package: str) -> None:
    who = of_path(path)
    assert who is not None
    assert who.package == package


@pytest.mark.parametrize(
    ("symbol", "owner"),
    [
        ("_ZN3c104cuda9SetDeviceEa", "torch"),
        ("_ZNK3c106SymInt22maybe_as_int_slow_pathEv", "torch"),
        ("_ZN2at4_ops5empty13memory_format4callEv", "torch"),
        ("_ZNR5torch7Library4_defEv", "torch"),
        ("aoti_torch_call_dispatcher", "torch"),
        ("cudnnGetLibConfig", "cudnn"),
        ("ncclCommRegister", "nccl"),
        ("__nvJitLinkComplete_12_4", "cuda"),
        ("cudaGetDriverEntryPointByVersion", "cuda"),
        ("_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm", "cxx"),
        ("PyUnicode_AsUTF8AndSize", "python"),
        ("my_helper", ""),
    ],
)
def test_whose_symbol(symbol: str, owner: str) -> None:
    assert symbol_of(symbol) == owner


@pytest.mark.parametrize(
    "path", sorted((CORPUS / "extension-mismatch").glob("[!n]*.log")), ids=lambda path: path.stem
)
def test_no_package_is_mended_for_another_one(path: Path) -> None:
    found = diagnose_bytes(path.read_bytes()).findings[0]
    said = " ".join(command.command for command in found.remediation.commands)
    assert "uninstall" not in said
    assert "flash-attn" not in said


def test_each_way_of_getting_another_build() -> None:
    log = f"torch 2.8.0+cu128\nImportError: {SITE}/%s: undefined symbol: _ZN3c104cuda9SetDeviceEa"
    pip = "python -m pip install"
    assert [root(log % path).remediation.commands[0].command for path in _FILES] == [
        f"{pip} vllm --upgrade",
        f"{pip} torchao --upgrade --no-deps",
        f"{pip} torch-scatter --force-reinstall --no-deps --find-links https://data.pyg.org/whl/torch-2.8.0+cu128.html",
        f"{pip} mamba-ssm --force-reinstall --no-deps --no-cache-dir --no-build-isolation",
        "python -m pip show nobody_knows",
    ]


_FILES = (
    "vllm/_C.so",
    "torchao/_C.so",
    "torch_scatter/_scatter_cuda.so",
    "selective_scan_cuda.so",
    "nobody_knows/_C.so",
)


def test_a_library_of_another_cuda_is_the_askers_matter() -> None:
    frame = f'Traceback (most recent call last):\n  File "{SITE}/%s/__init__.py", line 3, in <module>\n'
    missing = "ImportError: libcudart.so.12: cannot open shared object file: No such file or directory"
    asked = root("torch 2.9.1+cu130\n" + frame % "vllm" + missing)
    assert (
        asked.summary == "vllm was built for CUDA 12 (libcudart.so.12), and the installed torch brings another CUDA"
    )
    same = root("torch 2.9.1+cu128\n" + frame % "vllm" + missing)
    assert same.summary.startswith("libcudart.so.12 is not found by the loader")


def test_a_hostile_name_makes_no_command() -> None:
    found = root("ImportError: /x/site-packages/--evil/_C.so: undefined symbol: _ZN3c104cuda9SetDeviceEa")
    assert all("evil" not in command.command for command in found.remediation.commands)


def test_the_table_of_extensions_holds() -> None:
    rows = extensions.rows()
    assert {row.made for row in rows} == {"pinned", "wheel", "pyg", "source"}
    modules = [module for row in rows for module in row.modules]
    assert len(modules) == len(set(modules))
    assert [row.package for row in rows if not row.source.startswith("https://")] == []
    assert [row.package for row in rows if not re.fullmatch(r"[a-z0-9-]+", row.package)] == []
