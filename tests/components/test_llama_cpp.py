"""llama.cpp's roads: what is built with which toolkit, which archive is taken, and why each other is not."""

from __future__ import annotations

from typing import Any

import pytest
from component_kit import CONTEXT

from envdoc.components import llama_cpp
from envdoc.components.base import Candidate, Context
from envdoc.components.llama.build import architectures
from envdoc.knowledge import llamacpp
from envdoc.model.builds import CmakeBuild, FetchTree, Origin, ProvideToolkit
from envdoc.model.machine import System, Tool, Toolkit, VisualStudio
from envdoc.model.value import replace
from envdoc.rules.builder import Builder
from envdoc.rules.drivers import Driver

GCC = Tool("/usr/bin/g++", "12.2.0")
CUDA13 = Toolkit("/usr/local/cuda-13.0", "13.0.88", "/usr/local/cuda-13.0/bin/nvcc", ("PATH",))
CUDA124 = Toolkit("/usr/local/cuda-12.4", "12.4.131", "/usr/local/cuda-12.4/bin/nvcc", ("folder",))
BENCH = Builder(System.LINUX, (CUDA13,), GCC, frozenset({"cmake", "ninja"}), cores=16, memory_mib=64_000)
DRIVER = Driver("580.95.05", "linux", "13.0")
PLACED = {"llama.cpp": "prebuilt"}


def ways(**changes: Any) -> tuple[Candidate, ...]:
    context = replace(CONTEXT, **{"builder": BENCH, "driver": DRIVER, "glibc": "2.39", **changes})
    return llama_cpp.candidates(context)


def first(**changes: Any) -> Candidate:
    return ways(**changes)[0]


def fitting(**changes: Any) -> Candidate:
    return next(each for each in ways(**changes) if not each.reasons)


def build_of(way: Candidate) -> CmakeBuild:
    (step,) = (each for each in way.steps if isinstance(each, CmakeBuild))
    return step


@pytest.mark.parametrize(
    ("gpus", "told"),
    [
        (("12.0",), "120a-real"),
        (("9.0",), "90-real"),
        (("7.5", "8.6", "12.1"), "75-real;86-real;121a-real"),
        (("10.0",), "100-real"),
    ],
)
def test_the_gpus_of_this_machine_are_named(gpus: tuple[str, ...], told: str) -> None:
    flags = build_of(first(gpus=gpus)).flags
    assert architectures(gpus) == told
    assert f"-DCMAKE_CUDA_ARCHITECTURES={told}" in flags
    assert not any("native" in flag for flag in flags)


def test_a_build_with_the_toolkit_that_is_here() -> None:
    way = first()
    fetched, build = way.steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(build, CmakeBuild)
    assert (fetched.origin, fetched.place) == (Origin.INDEX, llamacpp.load().sources[0].file)
    assert len(fetched.sha256) == 64
    assert (build.toolkit, build.jobs, build.host_compiler) == ("/usr/local/cuda-13.0", 16, "/usr/bin/g++")
    assert "-DCMAKE_INSTALL_RPATH=$ORIGIN;/usr/local/cuda-13.0/lib64" in build.flags
    assert "-DGGML_CUDA_NO_VMM=ON" not in build.flags


def test_no_option_is_passed_that_llama_cpp_has_given_up() -> None:
    old = {row.name for row in llamacpp.load().options}
    for gpus, cuda in ((("12.0",), "cu130"), ((), "cpu")):
        named = {flag.removeprefix("-D").partition("=")[0] for flag in build_of(first(gpus=gpus, cuda=cuda)).flags}
        assert not named & old


def test_jobs_are_bounded_by_memory() -> None:
    assert build_of(first(builder=replace(BENCH, memory_mib=6000))).jobs == 4
    assert build_of(first(builder=replace(BENCH, memory_mib=100))).jobs == 1


def test_for_the_cpu_no_toolkit_is_asked_for() -> None:
    build = build_of(first(cuda="cpu", gpus=(), builder=replace(BENCH, toolkits=())))
    assert (build.toolkit, "-DGGML_CUDA=OFF" in build.flags) == ("", True)


@pytest.mark.parametrize(
    ("toolkits", "reason"),
    [
        ((), ""),
        ((CUDA124,), "CUDA toolkit 12.4 at /usr/local/cuda-12.4 does not compile for compute capability 12.0"),
        ((replace(CUDA13, lacks=("cublas", "stubs")),), "CUDA toolkit 13.0 at /usr/local/cuda-13.0 lacks cublas"),
        (
            (replace(CUDA13, version="13.9.1"),),
            "CUDA toolkit 13.9 at /usr/local/cuda-13.0: nothing is known of what it compiles",
        ),
    ],
)
def test_the_indexs_toolkit_where_none_here_serves(toolkits: tuple[Toolkit, ...], reason: str) -> None:
    way = first(builder=replace(BENCH, toolkits=toolkits))
    _, toolkit, build = way.steps
    assert isinstance(toolkit, ProvideToolkit)
    assert isinstance(build, CmakeBuild)
    assert "nvidia-cuda-nvcc==13.0.88" in toolkit.requirements
    assert build.toolkit == toolkit.into
    assert "-DGGML_CUDA_NO_VMM=ON" in build.flags  # wheels have no stub of libcuda
    assert [text for _, why in way.passed_over for text in why] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"builder": replace(BENCH, host_compiler=Tool("/usr/bin/g++", "16.1.0"))},
            "gcc 16.1.0 is newer than CUDA toolkit 13.0 at /usr/local/cuda-13.0 accepts (up to 15); "
            "CUDAHOSTCXX=g++-15 would do",
        ),
        (
            {"driver": Driver("570.26", "linux", "12.8")},
            "CUDA toolkit 13.0 at /usr/local/cuda-13.0 makes programs that need driver 580.65.06, this one is 570.26",
        ),
        ({"gpus": ("7.0",)}, "CUDA toolkit 13.0 at /usr/local/cuda-13.0 does not compile for compute capability 7.0"),
        ({"builder": replace(BENCH, tools=frozenset())}, "llama.cpp cannot be built here without cmake"),
        ({"builder": replace(BENCH, host_compiler=None)}, "llama.cpp cannot be built here without a C++ compiler"),
        ({"gpus": ()}, "it is not known which GPUs to build for: name them with `--gpu`"),
    ],
)
def test_what_cannot_be_built_says_why_before_minutes_are_spent(changes: dict[str, Any], reason: str) -> None:
    assert reason in first(**changes).reasons


def test_cuda_home_comes_before_a_newer_toolkit() -> None:
    named = replace(CUDA124, found=("CUDA_HOME",))
    build = build_of(first(gpus=("8.6",), builder=replace(BENCH, toolkits=(CUDA13, named))))
    assert build.toolkit == CUDA124.root


def test_visual_studio_is_what_windows_builds_with() -> None:
    studio = VisualStudio("C:\\VS", "17.14", "Build Tools 2022", "14.44.35207", True)
    bench = replace(BENCH, system=System.WINDOWS, host_compiler=None, studios=(studio,))
    assert build_of(first(system=System.WINDOWS, builder=bench)).host_compiler == ""
    bare = replace(bench, studios=())
    reasons = first(system=System.WINDOWS, builder=bare).reasons
    assert reasons == ("llama.cpp cannot be built here without Visual Studio with its C++ workload",)


@pytest.mark.parametrize(
    ("place", "origin", "ref", "sha256"),
    [
        ("/src/llama.cpp", Origin.FOLDER, "", ""),
        ("https://github.com/ggml-org/llama.cpp#b9000", Origin.GIT, "b9000", ""),
        ("git+https://mirror/llama.cpp.git", Origin.GIT, "", ""),
        ("https://host/b9000.tar.gz#sha256=" + "a" * 64, Origin.ARCHIVE, "", "a" * 64),
        ("/downloads/b9000.zip", Origin.ARCHIVE, "", ""),
    ],
)
def test_the_users_own_place(place: str, origin: Origin, ref: str, sha256: str) -> None:
    (way,) = ways(places={"llama.cpp": place})
    fetched, build = way.steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(build, CmakeBuild)
    assert (fetched.origin, fetched.ref, fetched.sha256) == (origin, ref, sha256)
    assert build.source == (fetched.place if origin is Origin.FOLDER else fetched.into)


NO_CODE = "llama-b11462-bin-{} has no machine code for compute capability {}"
W124, W134 = "win-cuda-12.4-x64.zip", "win-cuda-13.4-x64.zip"
U128, U134 = "ubuntu-cuda-12.8-x64.tar.gz", "ubuntu-cuda-13.4-x64.tar.gz"


@pytest.mark.parametrize(
    ("system", "gpus", "driver", "taken", "refused"),
    [
        # PTX cards need a driver that is the toolkit's own
        (
            System.LINUX,
            ("9.0",),
            Driver("580.95.05", "linux", "13.0"),
            U128,
            {
                U134: NO_CODE.format(U134, "9.0")
                + ", only PTX, which driver 580.95.05 is too old to compile (CUDA 13.4)"
            },
        ),
        (System.LINUX, ("9.0",), Driver("615.10.01", "linux", "13.4"), U134, {}),
        # an RTX 50 on Hopper's PTX runs, eighty times slower
        (
            System.WINDOWS,
            ("12.0",),
            Driver("572.61", "windows", "12.8"),
            "",
            {
                W124: NO_CODE.format(W124, "12.0") + ", only PTX of an older one, which is slow",
                W134: f"llama-b11462-bin-{W134} needs driver 580 or newer, this one is 572.61",
            },
        ),
        (System.WINDOWS, ("12.0",), Driver("581.29", "windows", "13.0"), W134, {}),
        (System.WINDOWS, ("8.9",), Driver("560.81", "windows", "12.6"), W124, {}),
        # every GPU counts
        (
            System.LINUX,
            ("7.0", "12.0"),
            Driver("580.95.05", "linux", "13.0"),
            U128,
            {U134: NO_CODE.format(U134, "7.0")},
        ),
        (System.LINUX, ("10.0",), Driver("580.95.05", "linux", "13.0"), "", {U128: NO_CODE.format(U128, "10.0")}),
        # which driver compiles it, nobody knows
        (
            System.LINUX,
            ("8.0",),
            Driver("", "linux"),
            "",
            {U128: NO_CODE.format(U128, "8.0") + ", only PTX, and it is not known whether this driver compiles it"},
        ),
    ],
)
def test_archives_are_taken_where_they_run_and_refused_by_name(
    system: System, gpus: tuple[str, ...], driver: Driver, taken: str, refused: dict[str, str]
) -> None:
    every = ways(system=system, gpus=gpus, driver=driver, places=PLACED, cuda="cu130")
    fits = [way.title for way in every if not way.reasons]
    assert (fits[0] if fits else "") == (f"llama-b11462-bin-{taken}" if taken else "")
    told = {way.title.removeprefix("llama-b11462-bin-"): way.reasons for way in every}
    for file, reason in refused.items():
        assert any(each.startswith(reason) for each in told[file]), told[file]


def test_the_runtime_comes_with_an_archive() -> None:
    """Without it the programs start and use the CPU."""
    (step,) = fitting(gpus=("8.9",), places={"llama.cpp": "prebuilt:b12000"}, driver=DRIVER).steps
    assert isinstance(step, FetchTree)
    assert step.place.endswith("/b12000/llama-b12000-bin-ubuntu-cuda-13.4-x64.tar.gz")
    assert [url.rpartition("/")[2] for url, _ in step.beside] == [
        "cudart-llama-b12000-bin-ubuntu-cuda-13.4-x64.tar.gz"
    ]
    assert all(row.runtime for row in llamacpp.load().archives if row.cuda)


def test_an_older_glibc_than_the_builders() -> None:
    reasons = first(gpus=("8.9",), glibc="2.35", places=PLACED).reasons
    assert "llama-b11462-bin-ubuntu-cuda-13.4-x64.tar.gz was built with glibc 2.39, this system has 2.35" in reasons


def test_no_archive_for_this_system() -> None:
    (way,) = ways(system=System.DARWIN, arch="aarch64", places=PLACED)
    assert way.reasons == ("no release archive of llama.cpp is for darwin aarch64 with cu128",)


def test_where_nothing_can_be_built_an_archive_is_taken() -> None:
    way = fitting(gpus=("8.9",), builder=Builder())
    assert way.title == "llama-b11462-bin-ubuntu-cuda-13.4-x64.tar.gz"


def context_of(**changes: Any) -> Context:
    return replace(CONTEXT, builder=BENCH, driver=DRIVER, **changes)


def test_bitsandbytes_from_a_tree_of_the_users() -> None:
    from envdoc.components import bitsandbytes

    (way,) = bitsandbytes.candidates(context_of(cuda="cu130", gpus=("9.0",), places={"bitsandbytes": "/src/bnb"}))
    fetched, build, package = way.steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(build, CmakeBuild)
    assert [each.name for each in way.requirements] == ["numpy", "packaging"]  # its import fails without
    assert (fetched.copied, build.in_source) == (True, True)  # its build writes into the tree: never into the user's
    assert {"-DCOMPUTE_BACKEND=cuda", "-DCOMPUTE_CAPABILITY=90"} <= set(build.flags)
    assert build.makes == ("bitsandbytes/libbitsandbytes_cuda130.so",)
    assert package.requirements == ("bitsandbytes @ {env}/.envdoc/build/bitsandbytes/source",)
    (other,) = bitsandbytes.candidates(context_of(cuda="cu128", gpus=("9.0",), places={"bitsandbytes": "/src/bnb"}))
    assert other.reasons[0] == "CUDA toolkit 13.0 is not of CUDA 12, which torch is built for"
