"""What a version of torch says of its build."""

from __future__ import annotations

import pytest

from envdoc.rules.torch_file import from_source, line, public, values, variant


@pytest.mark.parametrize(
    ("version", "tag", "own"),
    [
        ("2.8.0", "", False),
        ("2.8.0+cu128", "cu128", False),
        ("2.8.0+cpu", "cpu", False),
        ("2.8.0+rocm6.3", "rocm6.3", False),
        ("2.8.0a0+34c6371d24.nv25.08", "", True),  # NVIDIA's containers
        ("2.8.0a0+cu128", "cu128", True),  # one's own build may name its CUDA as well
        ("0.23.0a0+428a54c9", "", True),
    ],
)
def test_the_variant_and_who_built_it(version: str, tag: str, own: bool) -> None:
    assert (variant(version), from_source(version)) == (tag, own)


def test_the_release_and_its_line() -> None:
    assert (public("2.8.0+cu128"), line("2.8.0+cu128")) == ("2.8.0", "2.8")


def test_a_version_file_is_read_not_run() -> None:
    text = (
        "__version__ = '2.8.0+cu128'\ncuda: Optional[str] = \"12.8\"\nhip: Optional[str] = None\ngit_version = ''\n"
    )
    assert values(text) == {"__version__": "2.8.0+cu128", "cuda": "12.8", "hip": None, "git_version": None}
