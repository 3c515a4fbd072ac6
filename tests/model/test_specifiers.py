"""Specifiers: the quick way answers as `packaging` does; wishes as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from envdoc.errors import UsageError
from envdoc.model.specifiers import allows, wished

releases = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
bounds = st.lists(st.tuples(st.sampled_from(("<", "<=", "==", "!=", ">=", ">")), releases).map("".join), max_size=3)


@given(bounds.map(",".join), releases, st.sampled_from(("", "+cu128", "rc1", ".post1", ".dev3")))
def test_as_packaging_does(specifier: str, release: str, tail: str) -> None:
    version = release + tail
    expected = SpecifierSet(specifier).contains(version.partition("+")[0], prereleases=True)
    assert allows(specifier, version) is expected


@pytest.mark.parametrize(
    ("specifier", "version", "expected"),
    [
        ("==2.8.*", "2.8.1", True),
        ("~=3.8.0", "3.9", False),
        (">=2.4,!=2.5.*,<3", "2.5.1", False),
        ("", "2.8.0+cu128", True),
    ],
)
def test_what_is_not_plain(specifier: str, version: str, expected: bool) -> None:
    assert allows(specifier, version) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("", "")),
        ("2.8", ("==2.8.*", "")),
        ("2.8.0", ("==2.8.0", "")),
        ("==2.8.0", ("==2.8.0", "")),
        ("2.8.0+cu128", ("==2.8.0", "cu128")),
        ("2.8.*", ("==2.8.*", "")),
        (">=2.7", (">=2.7", "")),
    ],
)
def test_wishes(text: str, expected: tuple[str, str]) -> None:
    assert wished(text) == expected


@pytest.mark.parametrize("text", ["newest", "2..8", ">=", "2.8;rm", "== "])
def test_wishes_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="neither a torch version nor a specifier"):
        wished(text)
