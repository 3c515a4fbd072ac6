"""torch and its compiled neighbours, told apart by their files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from probe_site import install

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import ExtensionBuild, TargetKind, TorchBuild
from envdoc.probe import target
from envdoc.probe.ask import Ask
from envdoc.probe.extensions import parse_flash_tag
from envdoc.probe.remember import Memory
from envdoc.probe.torch_build import arch_list, torch_build
from envdoc.rules.torch_file import values as parse_version_py

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads files in the layout of Linux")

VERSION_PY = """from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
__version__ = '2.8.0+cu128'
debug = False
cuda: Optional[str] = '12.8'
git_version = 'a1cb3cc05d46d198467bebbb6e8fba50a325d4e7'
hip: Optional[str] = None
"""
# Of xformers-0.0.35-py39-none-manylinux_2_28_x86_64.whl, word for word.
CPP_LIB = (
    '{"version": {"cuda": 1208, "hip": null, "torch": "2.10.0+cu128", "python": "3.10.19"}, "env": '
    '{"TORCH_CUDA_ARCH_LIST": "7.5 8.0+PTX 8.0 9.0a", "PYTORCH_ROCM_ARCH": null, "XFORMERS_BUILD_TYPE": "Release", '
    '"XFORMERS_ENABLE_DEBUG_ASSERTIONS": null, "NVCC_FLAGS": "-allow-unsupported-compiler", '
    '"XFORMERS_PACKAGE_FROM": "wheel-v0.0.35"}}'
)
FLASH = "flash_attn_2_cuda.cpython-312-x86_64-linux-gnu.so"


def torch(site: Path, version_py: str = VERSION_PY, flags: bytes = b"sm_90 sm_120 compute_120\0") -> Path:
    lib = site / "torch" / "lib"
    lib.mkdir(parents=True)
    (site / "torch" / "__init__.py").write_text("raise RuntimeError('never imported')\n")
    (site / "torch" / "version.py").write_text(version_py)
    (lib / "libtorch_python.so").write_bytes(b"\x7fELF..sm_%d\0\0" + flags + b"more")
    (lib / "libc10.so").write_bytes(b"_ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx1112basic_stringIcE\0")
    return site / "torch"


def test_torch_from_its_files(site: Path) -> None:
    folder = torch(site)
    assert torch_build(LocalHost(), (str(site.parent), str(site))) == known(
        TorchBuild(
            version="2.8.0+cu128",
            cuda="12.8",
            arch_list=known(("sm_90", "sm_120", "compute_120"), "libtorch_python.so"),
            cxx11_abi=known(True, "libc10.so"),
            folder=str(folder),
        ),
        "torch/version.py",
    )


def test_a_cpu_torch_and_the_old_abi(site: Path) -> None:
    folder = torch(site, "__version__ = '2.5.1+cpu'\ncuda = None\nhip = None\n")
    (folder / "lib" / "libc10.so").write_bytes(b"_ZN3c105ErrorC1ENS_14SourceLocationESs\0")
    told = torch_build(LocalHost(), (str(site),)).value
    assert told is not None
    assert (told.version, told.cuda, told.cxx11_abi.value) == ("2.5.1+cpu", None, False)
    assert told.arch_list == missing(Why.UNSUPPORTED, "torch", "a CPU build")


def test_a_torch_that_lacks_its_library(site: Path) -> None:
    folder = torch(site)
    (folder / "lib" / "libtorch_python.so").unlink()
    (folder / "lib" / "libc10.so").write_bytes(b"x")
    told = torch_build(LocalHost(), (str(site),)).value
    assert told is not None
    assert told.arch_list == missing(Why.ABSENT, "libtorch_python.so", "no list of architectures in it")
    assert told.cxx11_abi.why is Why.ABSENT
    (folder / "version.py").write_text("# emptied\n")
    assert torch_build(LocalHost(), (str(site),)).why is Why.FAILED


def test_the_list_is_remembered_for_this_very_file(site: Path, tmp_path: Path) -> None:
    folder = torch(site)
    memory = Memory(str(tmp_path / "cache"))
    first = arch_list(LocalHost(), str(folder), memory)
    library = folder / "lib" / "libtorch_python.so"
    stat = library.stat()
    library.write_bytes(library.read_bytes().replace(b"sm_90 ", b"sm_80 "))
    os.utime(library, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # the same size and time: taken for the same file
    assert arch_list(LocalHost(), str(folder), memory) == first
    assert arch_list(LocalHost(), str(folder)).value == ("sm_80", "sm_120", "compute_120")
    os.utime(library, (1, 1))
    assert arch_list(LocalHost(), str(folder), memory).value == ("sm_80", "sm_120", "compute_120")


def test_version_py_with_and_without_annotations() -> None:
    assert parse_version_py(VERSION_PY)["cuda"] == "12.8"
    assert parse_version_py("cuda = '11.8'\nhip = None\n__version__ = \"2.1.2\"\n") == {
        "cuda": "11.8",
        "hip": None,
        "__version__": "2.1.2",
    }


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.8.3+cu12torch2.7cxx11abiTRUE", (("12",), "2.7", True)),
        ("2.6.3+cu123torch2.4cxx11abiFALSE", (("12.3",), "2.4", False)),
        ("2.8.3+cu128torch2.8", (("12.8",), "2.8", None)),
        ("2.8.3+cu128torch2.8.0cxx11abiFALSE", (("12.8",), "2.8.0", False)),
        ("2.7.4.post1+cu130torch2.10", (("13.0",), "2.10", None)),
        ("3.0.0+cu128torch2.9gite2743ab", (("12.8",), "2.9", None)),
        ("2.8.3+cu13torch2.10cxx11abitrue", (("13",), "2.10", True)),
        ("2.8.3.post2", ((), "", None)),
        ("2.8.3+rocm62torch2.6", ((), "", None)),
    ],
)
def test_flash_attn_tags_in_all_grammars(version: str, expected: tuple[tuple[str, ...], str, bool | None]) -> None:
    assert parse_flash_tag(version) == expected


def test_extensions_by_their_files(site: Path) -> None:
    install(
        site,
        "bitsandbytes",
        "0.45.3",
        tuple(f"bitsandbytes/libbitsandbytes_{each}.so" for each in ("cpu", "cuda118", "cuda128")),
    )
    install(site, "flash-attn", "2.8.3+cu12torch2.7cxx11abiTRUE", (FLASH,), WHEEL="Tag: cp312-cp312-linux_x86_64\n")
    install(
        site,
        "torchvision",
        "0.23.0",
        ("torchvision/_C.so", "torchvision/image.so"),
        METADATA="Name: torchvision\nVersion: 0.23.0\nRequires-Dist: torch (==2.8.0)\n\n",
    )
    (site / "torchvision" / "version.py").write_text("__version__ = '0.23.0+cu128'\n")
    install(site, "xformers", "0.0.35", ("xformers/_C.so",), WHEEL="Tag: py39-none-manylinux_2_28_x86_64\n")
    (site / "xformers" / "cpp_lib.json").write_text(CPP_LIB)
    told = target.probe(LocalHost(), target.choose(LocalHost(), Ask(env=str(site.parents[2]))))
    assert told.kind is TargetKind.VENV
    assert told.extensions == {
        "bitsandbytes": ExtensionBuild(
            "bitsandbytes",
            "0.45.3",
            ("libbitsandbytes_cpu.so", "libbitsandbytes_cuda118.so", "libbitsandbytes_cuda128.so"),
            ("11.8", "12.8"),
        ),
        "flash-attn": ExtensionBuild(
            "flash-attn",
            "2.8.3+cu12torch2.7cxx11abiTRUE",
            ("flash_attn_2_cuda.cpython-312-x86_64-linux-gnu.so",),
            ("12",),
            "2.7",
            "cp312",
            True,
        ),
        "torchvision": ExtensionBuild("torchvision", "0.23.0+cu128", ("_C.so",), ("12.8",), "2.8.0"),
        "xformers": ExtensionBuild(
            "xformers", "0.0.35", ("_C.so",), ("12.8",), "2.10.0+cu128", arch_list=("7.5", "8.0+PTX", "8.0", "9.0a")
        ),
    }
