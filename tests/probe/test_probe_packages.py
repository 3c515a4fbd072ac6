"""The judged environment's packages, torch and extensions, in fake site-packages on the real file system."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from probe_machines import recorded

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import ExtensionBuild, Leftover, Package, TargetKind, TorchBuild
from envdoc.probe import packages, target
from envdoc.probe.ask import Ask
from envdoc.probe.extensions import parse_flash_tag
from envdoc.probe.leftovers import leftovers
from envdoc.probe.remember import Memory
from envdoc.probe.site import site_folders
from envdoc.probe.torch_build import arch_list, parse_version_py, torch_build

VERSION_PY = """from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
__version__ = '2.8.0+cu128'
debug = False
cuda: Optional[str] = '12.8'
git_version = 'a1cb3cc05d46d198467bebbb6e8fba50a325d4e7'
hip: Optional[str] = None
"""
FLASH = "flash_attn_2_cuda.cpython-312-x86_64-linux-gnu.so"
METADATA = """Metadata-Version: 2.1
Name: LLaMA_Factory.x
Version: 0.9.5
Requires-Python: >=3.11
Requires-Dist: torch>=2.4
Requires-Dist: tyro<0.9.0
Requires-Dist: rich ; extra == 'cli'
Requires-Dist: numpy<3 ; python_version < "3.13"
Requires-Dist: x ; (python_version < "4") and extra == "y"

Name: not a header
Requires-Dist: nothing
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A virtual environment's empty site-packages."""
    folder = tmp_path / "环境 1" / "lib" / "python3.12" / "site-packages"
    folder.mkdir(parents=True)
    prefix = folder.parents[2]
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.3\n")
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").write_bytes(b"\x7fELF\x02")
    return folder


def install(site: Path, name: str, version: str, files: tuple[str, ...] = (), **texts: str) -> Path:
    """A distribution's metadata, and empty files."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(texts.pop("METADATA", f"Name: {name}\nVersion: {version}\n\n"))
    (info / "RECORD").write_text("")
    for file, text in texts.items():
        (info / file).write_text(text)
    for each in files:
        (site / each).parent.mkdir(parents=True, exist_ok=True)
        (site / each).write_text("")
    return info


def test_all_of_a_distributions_metadata(site: Path) -> None:
    info = install(
        site,
        "llama-factory",
        "0.9.5",
        METADATA=METADATA,
        WHEEL="Wheel-Version: 1.0\nGenerator: uv\nTag: py3-none-any\n",
        INSTALLER="uv\n",
    )
    assert packages.packages(LocalHost(), (str(site),)) == (
        Package(
            name="llama-factory-x",
            version="0.9.5",
            folder=str(info),
            requires=("torch>=2.4", "tyro<0.9.0", 'numpy<3 ; python_version < "3.13"'),
            requires_python=">=3.11",
            installer="uv",
            tag="py3-none-any",
        ),
    )


def test_headers_longer_than_the_first_look(site: Path) -> None:
    many = "".join(f"Requires-Dist: package{n:04} ; extra == 'x'\n" for n in range(900))
    install(site, "big", "1", METADATA=f"Name: big\nVersion: 1\n{many}Requires-Dist: last\n\ntext\n")
    assert packages.packages(LocalHost(), (str(site),))[0].requires == ("last",)


def test_headers_with_windows_line_ends() -> None:
    assert packages.parse_headers("Name: a\r\nVersion: 1\r\n\r\nName: b\r\n") == ("a", "1", "", ())


def test_broken_metadata_is_named_by_its_folder(site: Path) -> None:
    (site / "torch-2.7.0.dist-info").mkdir()
    told = packages.packages(LocalHost(), (str(site),))
    assert [(each.name, each.version, each.has_record) for each in told] == [("torch", "2.7.0", False)]


def test_editable_installs_and_eggs(site: Path, tmp_path: Path) -> None:
    direct = json.dumps({"url": "file:///src", "dir_info": {"editable": True}})
    install(site, "mine", "1", **{"direct_url.json": direct})
    egg = site / "old.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Name: old\nVersion: 3\n")
    (egg / "requires.txt").write_text("six\n\n[dev]\npytest\n")
    checkout = tmp_path / "checkout"
    (checkout / "linked.egg-info").mkdir(parents=True)
    (checkout / "linked.egg-info" / "PKG-INFO").write_text("Name: Linked\nVersion: 5\n")
    (site / "linked.egg-link").write_text(f"{checkout}\n.\n")
    told = packages.packages(LocalHost(), (str(site),))
    assert [(each.name, each.version, each.editable, each.requires) for each in told] == [
        ("linked", "5", True, ()),
        ("mine", "1", True, ()),
        ("old", "3", False, ("six",)),
    ]


def test_duplicates_are_all_kept(site: Path) -> None:
    for version in ("1.26.4", "2.3.0"):
        install(site, "numpy", version)
    told = packages.packages(LocalHost(), (str(site),))
    assert [(each.name, each.version) for each in told] == [("numpy", "1.26.4"), ("numpy", "2.3.0")]


def test_what_broken_installs_leave_behind(site: Path) -> None:
    (site / "~orch").mkdir()
    (site / "~orch-2.7.0.dist-info").mkdir()
    gone = install(site, "transformers", "5.0")
    install(site, "torch", "2.8.0", ("torch/__init__.py",))
    recordless = install(site, "peft", "0.1", ("peft/__init__.py",))
    (recordless / "RECORD").unlink()
    host, folders = LocalHost(), (str(site),)
    assert leftovers(host, folders, packages.packages(host, folders)) == (
        Leftover(str(site / "~orch"), "tilde", "~orch"),
        Leftover(str(site / "~orch-2.7.0.dist-info"), "tilde", "~orch-2.7.0.dist-info"),
        Leftover(str(recordless), "no-record", "peft"),
        Leftover(str(gone), "no-files", "transformers"),
    )


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
    install(site, "xformers", "0.0.30", ("xformers/_C.so",))
    cpp = {
        "version": {"cuda": 1208, "hip": None, "torch": "2.7.0+cu128", "python": "3.12.10"},
        "env": {"TORCH_CUDA_ARCH_LIST": "8.0+PTX 9.0a"},
    }
    (site / "xformers" / "cpp_lib.json").write_text(json.dumps(cpp))
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
            "xformers", "0.0.30", ("_C.so",), ("12.8",), "2.7.0+cu128", "cp312", None, ("8.0+PTX", "9.0a")
        ),
    }


def test_the_marker_of_envdoc(site: Path) -> None:
    prefix = site.parents[2]
    assert target.marker(LocalHost(), str(prefix)).why is Why.ABSENT
    (prefix / ".envdoc").mkdir()
    (prefix / ".envdoc" / "state.json").write_text('{"profile": "rtx50-cu128", "state": "ready"}')
    assert target.marker(LocalHost(), str(prefix)).value == {"profile": "rtx50-cu128", "state": "ready"}
    (prefix / ".envdoc" / "state.json").write_text("[1]")
    assert target.marker(LocalHost(), str(prefix)).why is Why.FAILED


def test_site_folders_of_debian_and_of_a_user() -> None:
    local, shared = "/usr/local/lib/python3.12/dist-packages", "/usr/lib/python3/dist-packages"
    user = "/home/u/.local/lib/python3.12/site-packages"
    files = {f"{folder}/x.py": "" for folder in (local, shared, user, "/usr/lib/python3.12")}
    host = recorded(environ={"HOME": "/home/u"}, files=files)
    assert site_folders(host, "/usr", "3.12") == (user, local, shared)
    assert site_folders(
        recorded(environ={"HOME": "/home/u", "PYTHONNOUSERSITE": "1"}, files=files), "/usr", "3.12"
    ) == (
        local,
        shared,
    )


def test_an_environment_that_sees_its_base() -> None:
    files = {
        "/v/pyvenv.cfg": "home = /opt/py/bin\ninclude-system-site-packages = true\n",
        "/v/lib/python3.12/site-packages/a.py": "",
        "/opt/py/lib/python3.12/site-packages/b.py": "",
    }
    assert site_folders(recorded(files=files), "/v", "3.12") == (
        "/v/lib/python3.12/site-packages",
        "/opt/py/lib/python3.12/site-packages",
    )


def test_our_own_environment_reads_as_importlib_reads_it() -> None:
    """Every distribution that the standard library sees here is seen by us, with the same version."""
    from importlib import metadata

    ours = packages.packages(LocalHost(), tuple(path for path in sys.path if path.endswith("site-packages")))
    theirs = {
        packages.normalise(each.metadata["Name"]): each.version
        for each in metadata.distributions()
        if "site-packages" in str(each.locate_file(""))
    }
    assert {each.name: each.version for each in ours} == theirs
