"""Packages among each other: exact findings of small environments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from mint_parts import package

from envdoc.model.facts import known
from envdoc.model.finding import Report
from envdoc.model.machine import ExtensionBuild, Package

T4 = "linux-t4-535"
TORCH = package("torch", "2.8.0", 'triton==3.4.0; platform_system == "Linux"', "filelock")


def _installed(*packages: Package) -> dict[str, object]:
    return {"target.packages": known(packages, "site-packages")}


def _said(report: Report) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity.value, each.summary) for each in report.findings]


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ((TORCH, package("filelock", "3.20"), package("triton", "3.4.0")), []),
        (
            (TORCH, package("filelock", "3.20"), package("triton", "3.5.0")),
            [("torch-companion-mismatch", "error", "triton 3.5.0 does not belong to torch 2.8.0")],
        ),
        (
            (TORCH, package("triton", "3.4.0")),
            [("dependency-missing", "error", "torch 2.8.0 requires filelock, which is not installed")],
        ),
        (
            (TORCH, package("filelock", "3.20"), package("torchaudio", "2.11.0"), package("triton", "3.4.0")),
            [("torch-companion-mismatch", "error", "torchaudio 2.11.0 does not belong to torch 2.8.0")],
        ),
        (
            (package("seaborn", "0.13", "matplotlib>=3.4"), package("matplotlib", "3.0")),
            [("dependency-conflict", "warning", "seaborn 0.13 requires matplotlib>=3.4, installed is 3.0")],
        ),
        ((package("x", "1", 'colorama; sys_platform == "win32"'),), []),
        ((package("torchvision", "0.23.0+cu128", "torch==2.8.0"), package("torch", "2.8.0+cu128")), []),
        (
            (package("huggingface-hub", "1.33.0"), package("transformers", "4.57.6", "huggingface-hub<1.0,>=0.34.0")),
            [("known-break", "error", "transformers 4 refuses to import beside huggingface-hub 1.0 or newer")],
        ),
    ],
    ids=["well", "triton", "missing", "torchaudio", "outside-the-stack", "other-system", "local-tag", "known-break"],
)
def test_packages(
    packages: tuple[Package, ...], expected: list[tuple[str, str, str]], judge: Callable[..., Report]
) -> None:
    looked = ("package-bounds", "torch-companions", "known-breaks")
    assert _said(judge(T4, _installed(*packages), only=looked)) == expected


def test_local_tag_blind_spot_is_seen_through_the_files(judge: Callable[..., Report]) -> None:
    """The index's torchvision has no local tag in its metadata, but its version.py tells the variant."""
    changes = {
        **_installed(TORCH, package("torchvision", "0.23.0")),
        "target.extensions": {"torchvision": ExtensionBuild("torchvision", "0.23.0+cpu")},
    }
    assert _said(judge(T4, changes, only=("torch-companions",))) == [
        (
            "torch-variants-mixed",
            "error",
            "torchvision 0.23.0+cpu is of another CUDA variant than torch 2.8.0+cu128",
        )
    ]


def test_runtime_wheels_that_another_package_wants_stay(judge: Callable[..., Report]) -> None:
    cupy = package("cupy-cuda13x", "14.2.0", "nvidia-cublas-cu13>=13")
    changes = _installed(TORCH, cupy, package("nvidia-cublas-cu13", "13.1.0.3"))
    assert _said(judge(T4, changes, only=("runtime-wheels",))) == []


def test_what_triton_needs_of_a_python_on_windows(judge: Callable[..., Report]) -> None:
    """Only where triton-windows is installed; the remedy is another Python: nothing brings headers to this one."""
    embedded = {"target.python.value.headers": known(False, r"C:\embed\libs")}
    only = ("python-headers", "python-kind")
    without = judge("win11-2x5060ti-576-cu128", embedded, only=only)
    assert [each.id for each in without.checks] == ["python-kind"]
    changes = {**embedded, **_installed(package("triton-windows", "3.4.0.post20"))}
    (told,) = judge("win11-2x5060ti-576-cu128", changes, only=only).findings
    assert told.summary == (
        r"Python 3.12 has no C:\embed\libs with what Triton compiles and links against: its first kernel will fail"
    )
    assert [each.command for each in told.remediation.commands] == ["envdoc install --profile rtx50-cu128"]
