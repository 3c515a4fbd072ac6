"""llama.cpp's conversion scripts: from which tree, and in an environment of their own."""

from __future__ import annotations

from typing import Any

import pytest
from component_kit import CONTEXT

from envdoc.components import llama_cpp_convert, registry
from envdoc.knowledge import llamacpp
from envdoc.model.builds import FetchTree, Origin, OwnEnvironment
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.value import replace
from envdoc.resolver.componentsteps import component_steps
from envdoc.rules.builder import Builder

NAME = llama_cpp_convert.NAME
TREE = "/src/llama.cpp"


def steps(**changes: Any) -> tuple[FetchTree, OwnEnvironment]:
    (way,) = llama_cpp_convert.candidates(replace(CONTEXT, **changes))
    fetched, own = way.steps
    assert isinstance(fetched, FetchTree)
    assert isinstance(own, OwnEnvironment)
    return fetched, own


def test_the_tree_of_the_package_index_in_a_folder_of_its_own() -> None:
    """Taking it away takes nothing of llama.cpp itself."""
    fetched, own = steps(builder=Builder())  # nothing is compiled: no compiler is asked for
    row = llamacpp.load().sources[0]
    assert (fetched.origin, fetched.place, fetched.sha256) == (Origin.INDEX, row.file, row.sha256)
    assert own.source == fetched.into == f".envdoc/build/{NAME}/source"
    assert all(folder.startswith((NAME, f".envdoc/build/{NAME}")) for folder in registry.folders(NAME))


@pytest.mark.parametrize("named", [NAME, "llama.cpp"])
def test_a_tree_of_the_users_serves_both(named: str) -> None:
    fetched, own = steps(places={named: TREE})
    assert (fetched.origin, fetched.place, own.source) == (Origin.FOLDER, TREE, TREE)


def test_a_prebuilt_archive_has_no_scripts() -> None:
    fetched, _ = steps(places={"llama.cpp": "prebuilt:b11462"})
    assert fetched.origin is Origin.INDEX


def test_torch_comes_without_cuda() -> None:
    """The scripts compute on the CPU, whatever the environment is for."""
    pytorch = Source("pytorch", SourceKind.PYTORCH, "https://download.pytorch.org/whl/{cuda}")
    filled = replace(pytorch, url="https://download.pytorch.org/whl/cu128")
    pypi = Source("pypi", SourceKind.PYPI, "https://pypi.org/simple")
    ways = ((NAME, llama_cpp_convert.candidates(CONTEXT)[0]),)
    for sources, torch in (((pypi,), (pytorch,)), ((filled, pypi), ())):
        *_, own = component_steps(ways, sources, torch)
        assert isinstance(own, OwnEnvironment)
        assert [each.url for each in own.sources] == ["https://download.pytorch.org/whl/cpu", pypi.url]
