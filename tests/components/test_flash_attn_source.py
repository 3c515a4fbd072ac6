"""flash-attn from sources: only where it is asked for, and refused before hours are spent on what cannot end well."""

from __future__ import annotations

from typing import Any

import pytest
from component_kit import CONTEXT

from envdoc.components import flash_attn
from envdoc.components.base import Candidate
from envdoc.components.flash.source import architectures
from envdoc.knowledge import flashwheels
from envdoc.model.builds import BuildWheel, FetchTree, Origin, ProvideToolkit
from envdoc.model.machine import System, Tool, Toolkit
from envdoc.model.plan import InstallWheel
from envdoc.model.value import replace
from envdoc.rules.builder import Builder
from envdoc.rules.drivers import Driver

CUDA128 = Toolkit("/usr/local/cuda-12.8", "12.8.93", "/usr/local/cuda-12.8/bin/nvcc", ("CUDA_HOME",))
CUDA130 = Toolkit("/usr/local/cuda-13.0", "13.0.88", "/usr/local/cuda-13.0/bin/nvcc", ("PATH",))
BENCH = Builder(System.LINUX, (CUDA130, CUDA128), Tool("/usr/bin/g++", "13.3.0"), cores=64, memory_mib=512_000)
DRIVER = Driver("580.95.05", "linux", "13.0")
ROW = flashwheels.load().sources[0]


def way(place: str = "index", **changes: Any) -> Candidate:
    told = {"builder": BENCH, "driver": DRIVER, "gpus": ("9.0",), "places": {"flash-attn": place}, **changes}
    (found,) = flash_attn.candidates(replace(CONTEXT, **told))
    return found


def build(**changes: Any) -> BuildWheel:
    (step,) = (each for each in way(**changes).steps if isinstance(each, BuildWheel))
    return step


def test_nobody_compiles_without_being_asked() -> None:
    for torch in ("2.7.0", "2.15.0"):
        for found in flash_attn.candidates(replace(CONTEXT, torch=torch, builder=BENCH, driver=DRIVER)):
            assert all(isinstance(step, InstallWheel) for step in found.steps)


def test_what_is_built_and_with_what() -> None:
    fetched, step = way().steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(step, BuildWheel)
    assert (fetched.origin, fetched.place, fetched.sha256) == (Origin.INDEX, ROW.file, ROW.sha256)
    assert step.build_env == {
        "FLASH_ATTENTION_FORCE_BUILD": "TRUE",
        "FLASH_ATTN_CUDA_ARCHS": "90",
        "NVCC_THREADS": "1",
    }
    # torch is cu128: the toolkit of CUDA 13, which is newer, does not serve
    assert (step.toolkit, step.host_compiler, step.jobs) == (CUDA128.root, "/usr/bin/g++", 64)
    assert step.title == "Compile flash-attn for compute capability 9.0: about 14 minutes with 64 at a time"
    assert step.detail.endswith("FLASH_ATTN_CUDA_ARCHS=90 NVCC_THREADS=1 MAX_JOBS=64")


@pytest.mark.parametrize(
    ("gpus", "told"),
    [
        (("8.0",), ("8.0",)),
        (("8.6", "8.9"), ("8.0",)),
        (("12.0",), ("12.0",)),
        (("12.1",), ("12.0",)),
        (("10.3", "9.0"), ("9.0", "10.0")),
        (("11.0",), ()),
    ],
)
def test_the_code_that_these_gpus_run_and_no_other(gpus: tuple[str, ...], told: tuple[str, ...]) -> None:
    assert architectures(ROW, gpus) == told


@pytest.mark.parametrize(
    ("cores", "memory", "gpus", "jobs", "minutes"),
    [
        (64, 512_000, ("9.0",), 64, 14),
        (64, 64_000, ("9.0",), 12, 75),  # 5 GiB each
        (64, 64_000, ("9.0", "12.0"), 6, 300),  # two threads each
        (8, 0, ("9.0",), 8, 112),
        (2, 24_000, ("8.9",), 2, 450),
    ],
)
def test_jobs_go_by_memory_and_the_time_is_told(
    cores: int, memory: int, gpus: tuple[str, ...], jobs: int, minutes: int
) -> None:
    step = build(builder=replace(BENCH, cores=cores, memory_mib=memory), gpus=gpus)
    assert step.jobs == jobs
    assert f"about {minutes} minutes" in step.title


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"system": System.WINDOWS}, "building flash-attn here is known on Linux alone; elsewhere take a wheel"),
        ({"gpus": ("7.5",)}, "FlashAttention 2 needs compute capability 8.0 or newer, not 7.5"),
        (
            {"gpus": ("11.0",)},
            f"the sources of flash-attn {ROW.version} compile for no code that compute capability 11.0 runs "
            "(they have 8.0 9.0 10.0 12.0)",
        ),
        (
            {"builder": replace(BENCH, memory_mib=4000)},
            "one compiler of flash-attn takes about 5120 MiB of memory, and 4000 MiB are free",
        ),
        (
            {"builder": replace(BENCH, toolkits=(CUDA130,))},
            "CUDA toolkit 13.0 is not of CUDA 12, which torch is built for",
        ),
        (
            {"builder": replace(BENCH, toolkits=(replace(CUDA128, lacks=("cublas",)),))},
            "CUDA toolkit 12.8 at /usr/local/cuda-12.8 lacks cublas",
        ),
        ({"builder": replace(BENCH, host_compiler=None)}, "flash-attn cannot be built here without a C++ compiler"),
        (
            {"builder": replace(BENCH, host_compiler=Tool("/usr/bin/g++", "15.1.0"))},
            "gcc 15.1.0 is newer than CUDA toolkit 12.8 at /usr/local/cuda-12.8 accepts (up to 14); "
            "CUDAHOSTCXX=g++-14 would do",
        ),
        ({"cuda": "cpu", "gpus": ()}, "the library is built for CUDA, and this torch is without"),
        ({"gpus": ()}, "it is not known which GPUs to build for: name them with `--gpu`"),
    ],
)
def test_what_cannot_end_well_is_refused_first(changes: dict[str, Any], reason: str) -> None:
    found = way(**changes)
    assert reason in found.reasons
    assert found.steps == ()


def test_the_indexs_toolkit_takes_headers_from_torchs_own_libraries() -> None:
    bare = replace(BENCH, toolkits=())
    fetched, toolkit, step = way(builder=bare, cuda="cu130", torch="2.10.0").steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(toolkit, ProvideToolkit)
    assert isinstance(step, BuildWheel)
    assert step.build_env["CPATH"] == "{env}/lib/python3.12/site-packages/nvidia/cu13/include"


def test_a_tree_of_the_users_is_copied() -> None:
    fetched, step = way("/src/flash-attention").steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(step, BuildWheel)
    assert (fetched.origin, fetched.copied, step.source) == (Origin.FOLDER, True, fetched.into)
