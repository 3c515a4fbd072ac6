"""Sources: which is taken, under which version string, and what is said when one cannot be reached."""

from __future__ import annotations

import pytest
from resolver_kit import PYPI, PYTORCH, Resolver, down, offering

from envdoc.model.finding import Severity
from envdoc.model.resolution import Resolution, Source, SourceKind, SourceLayout, SourceState, Wish

RTX50 = {"gpus": ("RTX 5060 Ti",), "driver": "576.02"}
LOCAL = Source("local:/wheels", SourceKind.LOCAL, "/wheels", SourceLayout.LINKS)
MIRROR = Source("mirror:nju", SourceKind.MIRROR, "https://mirror.nju.edu.cn/pytorch/whl/{cuda}")
OWN = Source("https://own.example/simple", SourceKind.URL, "https://own.example/simple")


def torch_of(resolution: Resolution) -> tuple[str, str]:
    chosen = resolution.packages["torch"]
    return chosen.version, chosen.source


def whole(torch: str, vision: str, tag: str = "") -> dict[str, tuple[str, ...]]:
    return {"torch": (torch + tag,), "torchvision": (vision + tag,), "torchaudio": (torch + tag,)}


def test_unasked_sources_are_judged_by_the_tables(resolving: Resolver) -> None:
    resolution = resolving(**RTX50)
    assert torch_of(resolution) == ("2.7.1+cu128", "pytorch")
    assert [source.url for source in resolution.sources] == [
        "https://download.pytorch.org/whl/cu128",
        "https://pypi.org/simple",
    ]


def test_only_what_was_seen_is_taken(resolving: Resolver) -> None:
    """An index that offers 2.7.0+cu128 beside other variants gives exactly that."""
    index = offering(
        PYTORCH,
        torch=("2.7.0+cu126", "2.7.1+cu126", "2.7.0+cu128", "2.8.0+cpu"),
        torchvision=("0.22.0+cu126", "0.22.1+cu126", "0.22.0+cu128"),
        torchaudio=("2.7.0+cu126", "2.7.0+cu128"),
    )
    resolution = resolving(sources=(index, SourceState(PYPI)), **RTX50)
    assert {name: resolution.packages[name].version for name in ("torch", "torchvision", "torchaudio")} == {
        "torch": "2.7.0+cu128",
        "torchvision": "0.22.0+cu128",
        "torchaudio": "2.7.0+cu128",
    }


def test_a_source_without_the_companion_does_not_give_torch(resolving: Resolver) -> None:
    index = offering(PYTORCH, torch=("2.7.1+cu128",), torchvision=(), torchaudio=("2.7.1+cu128",))
    resolution = resolving(Wish("rtx50-cu128"), sources=(index,), **RTX50)
    assert resolution.cuda is None
    assert {finding.code for finding in resolution.findings} == {"source-without-build"}
    assert "pytorch does not offer torchvision 0.22.1+cu128" in resolution.rejected[0].reasons


def test_the_first_source_in_order_gives(resolving: Resolver) -> None:
    sources = (SourceState(MIRROR), SourceState(PYTORCH), SourceState(PYPI))
    resolution = resolving(sources=sources, **RTX50)
    assert torch_of(resolution) == ("2.7.1+cu128", "mirror:nju")
    assert [source.name for source in resolution.sources] == ["mirror:nju", "pypi"]


def test_unreachable_source_gives_way_to_the_same_variant(resolving: Resolver) -> None:
    """On Linux the package index serves torch 2.8 as a real cu128 build."""
    resolution = resolving(Wish("rtx50-cu128"), sources=(down(PYTORCH), SourceState(PYPI)), **RTX50)
    assert (resolution.cuda, *torch_of(resolution)) == ("cu128", "2.8.0", "pypi")
    assert [(f.code, f.severity, f.summary) for f in resolution.findings] == [
        (
            "network-unreachable",
            Severity.WARNING,
            "a preferred source could not be reached; pypi gives the same CUDA variant",
        )
    ]
    assert resolution.findings[0].evidence == ("pytorch: timed-out (pytorch)",)
    assert "pytorch could not be reached (timed-out); pypi serves instead" in resolution.why


def test_variant_outlives_the_line(resolving: Resolver) -> None:
    """rtx40 prefers cu128 and also allows cu126, which the package index serves as 2.7: 2.8 cu128 is taken."""
    resolution = resolving(
        Wish("rtx40", torch=">=2.7,<2.9"),
        sources=(down(PYTORCH), SourceState(PYPI)),
        gpus=("RTX 4090",),
        driver="560.35.03",
    )
    assert (resolution.cuda, resolution.torch) == ("cu128", "2.8.0")


def test_mirror_stands_in_for_the_index(resolving: Resolver) -> None:
    sources = (down(PYTORCH), SourceState(MIRROR), SourceState(PYPI))
    assert torch_of(resolving(sources=sources, **RTX50)) == ("2.7.1+cu128", "mirror:nju")


def test_cpu_takes_the_larger_build_only_where_nothing_smaller_is(resolving: Resolver) -> None:
    small = resolving(sources=(SourceState(PYPI), SourceState(PYTORCH)))
    assert torch_of(small) == ("2.8.0+cpu", "pytorch")
    large = resolving(sources=(down(PYTORCH), SourceState(PYPI)))
    assert (large.cuda, *torch_of(large)) == ("cpu", "2.8.0", "pypi")
    assert large.packages["torch"].why == "the cpu build (cu128 build, used on the CPU)"
    told = "pypi serves torch 2.8.0 as the cu128 build only; it is larger than the CPU build and runs on the CPU"
    assert f"{told} just as well" in large.why


def test_windows_package_index_is_cpu_only(resolving: Resolver) -> None:
    lost = (down(PYTORCH), SourceState(PYPI))
    resolution = resolving(Wish("rtx50-cu128"), sources=lost, system="windows", **RTX50)
    assert resolution.cuda is None
    assert torch_of(resolving(sources=lost, system="windows")) == ("2.8.0", "pypi")


@pytest.mark.parametrize(
    ("tag", "taken"), [("+cu128", "2.8.0+cu128"), ("", "2.8.0")], ids=["tagged", "from the package index"]
)
def test_local_folder_gives_what_it_holds(resolving: Resolver, tag: str, taken: str) -> None:
    """A file without a tag is the package index's: cu128 for torch 2.8 on Linux."""
    folder = offering(LOCAL, **whole("2.8.0", "0.23.0", tag))
    resolution = resolving(sources=(folder,), **RTX50)
    assert torch_of(resolution) == (taken, "local:/wheels")


def test_untagged_file_of_another_variant_is_not_taken(resolving: Resolver) -> None:
    """torch 2.7.1 without a tag is cu126: no code for an RTX 50."""
    resolution = resolving(Wish("rtx50-cu128"), sources=(offering(LOCAL, **whole("2.7.1", "0.22.1")),), **RTX50)
    assert resolution.cuda is None


def test_unasked_folder_is_not_guessed_at(resolving: Resolver) -> None:
    for source in (LOCAL, OWN):
        resolution = resolving(Wish("rtx50-cu128"), sources=(SourceState(source),), **RTX50)
        assert resolution.rejected[0].reasons == (f"{source.name} was not asked what it offers (`--online` asks)",)


def test_no_source_at_all(resolving: Resolver) -> None:
    resolution = resolving(Wish("rtx50-cu128"), sources=(), **RTX50)
    assert [finding.code for finding in resolution.findings] == ["source-without-build"]
    assert resolution.rejected[0].reasons == ("no package source was named",)


def test_reaching_the_index_is_an_opener_that_was_tried(resolving: Resolver) -> None:
    resolution = resolving(Wish("rtx50-cu128"), sources=(down(PYTORCH), SourceState(PYPI)), **RTX50)
    assert [(each.change, each.opens) for each in resolution.openers] == [
        ("reaching pytorch", "torch 2.7 cu128 (rtx50-cu128)")
    ]


def test_a_smaller_build_of_another_line_goes_before_the_larger_one(resolving: Resolver) -> None:
    """The profile prefers 2.8, which only the package index has here, as a CUDA build; 2.9 is there for the CPU."""
    index = offering(PYTORCH, **whole("2.9.1", "0.24.1", "+cpu"))
    assert torch_of(resolving(sources=(index, SourceState(PYPI)))) == ("2.9.1+cpu", "pytorch")
