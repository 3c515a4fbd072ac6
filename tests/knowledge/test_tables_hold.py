"""The shipped tables: every row has the shape of its class, a source and a date; and what must hold between rows."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from envdoc.knowledge import (
    buildrows,
    commands,
    errornames,
    extensions,
    facts,
    modules,
    performance,
    rows,
    tunables,
    windowserrors,
    xids,
)
from envdoc.knowledge.tables import load
from envdoc.model.codec import decode
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.rules.coverage import covers

DATA = Path(facts.__file__).with_name("data")
KNOWN = load()
KINDS = {
    "torch": rows.TorchRow,
    "companions": rows.CompanionRow,
    "driver_floors": rows.DriverFloorRow,
    "native_drivers": rows.NativeDriverRow,
    "driver_branches": rows.DriverBranchRow,
    "gpus": rows.GpuRow,
    "toolkits": rows.ToolkitRow,
    "toolkit_wheels": buildrows.ToolkitWheelsRow,
    "prerequisites": buildrows.PrerequisiteRow,
    "bitsandbytes": rows.BitsandbytesRow,
    "stacks": rows.StackRow,
    "breaks": rows.BreakRow,
    "advice": rows.AdviceRow,
    "mirrors": rows.MirrorRow,
    "gpu_memory": rows.GpuMemoryRow,
    "cards": rows.CardRow,
    "models": rows.ModelRow,
    "gpu_performance": performance.PerformanceRow,
    "flash_collections": rows.FlashCollectionRow,
    "flash_code": rows.FlashCodeRow,
    "flash_floors": rows.FlashFloorRow,
    "flash_reuse": rows.FlashReuseRow,
    "flash_sources": buildrows.FlashSourceRow,
    "llama_sources": buildrows.LlamaSourceRow,
    "llama_releases": buildrows.LlamaReleaseRow,
    "llama_archives": buildrows.LlamaArchiveRow,
    "llama_options": buildrows.LlamaOptionRow,
    "model_types": tunables.ModelTypeRow,
    "model_templates": tunables.TemplateRow,
    "model_quantization": tunables.QuantizedRow,
    "extensions": extensions.ExtensionRow,
    "xid": xids.XidRow,
    "error_names": errornames.ErrorRow,
    "windows_errors": windowserrors.WindowsErrorRow,
    "commands": commands.CommandRow,
    "modules": modules.ModuleRow,
}
# tables that are no rows of this floor: the training room's own, and the rules of freshness themselves
ELSEWHERE = {"training_methods", "training_moved", "llamafactory_args", "freshness"}


def test_every_table_can_be_shown() -> None:
    shown = {name.split("_")[0] if name.startswith(("flash_", "llama_")) else name for name in facts.names()}
    alias = {"flash_attn": "flash", "llamacpp": "llama"}
    files = {path.stem for path in DATA.glob("*.yaml")} - ELSEWHERE
    assert {alias.get(name, name) for name in files} == shown


@pytest.mark.parametrize("name", KINDS)
def test_every_row_has_its_shape_and_says_where_from(name: str) -> None:
    assert set(facts.names()) == set(KINDS)
    table = facts.table(name)[name]
    assert table
    for fields, row in zip(table, facts.rows(name), strict=True):
        assert decode(KINDS[name], fields) == row  # the codec checks every type
        assert re.match(r"https://\S+$|measured: .{8,}", row.source), row
        assert date(2026, 11, 1) <= date.fromisoformat(row.checked) <= date(2027, 12, 31), row


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("torch", ("version", "cuda", "os", "arch")),
        ("companions", ("torch",)),
        ("driver_floors", ("cuda_major",)),
        ("native_drivers", ("cuda",)),
        ("driver_branches", ("branch",)),
        ("toolkits", ("release",)),
        ("prerequisites", ("tool",)),
        ("toolkit_wheels", ("release", "systems", "arches")),
        ("bitsandbytes", ("versions",)),
        ("stacks", ("package", "version")),
        ("breaks", ("id",)),
        ("advice", ("id",)),
        ("mirrors", ("of", "name")),
    ],
)
def test_no_two_rows_speak_of_the_same(name: str, keys: tuple[str, ...]) -> None:
    said = [tuple(getattr(row, key) for key in keys) for row in getattr(KNOWN, name)]
    assert len(said) == len(set(said))


def test_each_platform_has_at_most_one_build_on_the_package_index() -> None:
    default = [(row.version, row.os, row.arch) for row in KNOWN.torch if row.pypi_default]
    assert len(default) == len(set(default))
    lines = {row.version for row in KNOWN.torch}
    assert {version for version, system, arch in default if (system, arch) == ("linux", "x86_64")} == lines
    assert {row.cuda for row in KNOWN.torch if row.pypi_default and row.os == "windows"} == {"cpu"}


@pytest.mark.parametrize(
    ("version", "arch", "cuda"),
    [
        ("2.6", "x86_64", "cu124"),
        ("2.7", "x86_64", "cu126"),
        ("2.8", "x86_64", "cu128"),
        ("2.10", "x86_64", "cu128"),
        ("2.11", "x86_64", "cu130"),
        ("2.14", "x86_64", "cu130"),
        ("2.15", "x86_64", "cu132"),
        ("2.10", "aarch64", "cpu"),
        ("2.11", "aarch64", "cu130"),
    ],
)
def test_what_the_package_index_serves_on_linux(version: str, arch: str, cuda: str) -> None:
    where = (version, "linux", arch)
    assert [r.cuda for r in KNOWN.torch if r.pypi_default and (r.version, r.os, r.arch) == where] == [cuda]


def test_every_torch_patch_has_companions_and_no_other_has() -> None:
    patches = {patch for row in KNOWN.torch for patch in row.patches}
    assert {row.torch for row in KNOWN.companions} == patches
    for row in KNOWN.companions:
        assert (row.torchaudio == "") == (Version(row.torch) >= Version("2.12")), row
        assert "" not in (row.torchvision, row.triton), row


def test_every_gpu_since_kepler_has_a_build_on_linux() -> None:
    for gpu in KNOWN.gpus:
        if gpu.integrated or gpu.generation in ("Kepler", "Rubin"):
            continue
        fits = [row for row in KNOWN.torch if row.os == "linux" and covers(row.sm, gpu.capability)]
        assert fits, gpu


@pytest.mark.parametrize("system", ["linux", "windows"])
@pytest.mark.parametrize(
    ("capability", "first", "last"),
    [
        ("6.1", ("2.1", "cu118"), ("2.14", "cu126")),
        ("7.5", ("2.1", "cu118"), ("2.15", "cu132")),
        ("8.9", ("2.1", "cu118"), ("2.15", "cu132")),
        ("12.0", ("2.7", "cu128"), ("2.15", "cu132")),
    ],
)
def test_the_first_and_last_build_for_a_generation(
    system: str, capability: str, first: tuple[str, str], last: tuple[str, str]
) -> None:
    fits = [r for r in KNOWN.torch if (r.os, r.arch) == (system, "x86_64") and covers(r.sm, capability)]
    ordered = sorted(fits, key=lambda row: (version_tuple(row.version), row.cuda))
    assert (ordered[0].version, ordered[0].cuda) == first
    assert (ordered[-1].version, ordered[-1].cuda) == last


def test_volta_is_left_out_of_two_cu128_lines() -> None:
    fits = [
        r.version for r in KNOWN.torch if (r.os, r.arch, r.cuda) == ("linux", "x86_64", "cu128") and "7.0" in r.sm
    ]
    assert fits == ["2.8", "2.9", "2.10"]


def test_no_build_has_code_that_its_toolkit_cannot_make() -> None:
    targets = {row.release: set(row.targets) for row in KNOWN.toolkits}
    for row in KNOWN.torch:
        if row.cuda != "cpu":
            assert set(row.sm) <= targets[str(cuda_of(row.cuda))], row


def test_every_cuda_variant_has_a_floor_and_a_native_driver_above_it() -> None:
    for tag in {row.cuda for row in KNOWN.torch} - {"cpu"}:
        for system in ("linux", "windows"):
            floor, native = KNOWN.driver_floor(tag, system), KNOWN.native_driver(tag, system)
            assert floor, (tag, system)
            assert native == "" or version_tuple(native) >= version_tuple(floor), (tag, system)


def test_driver_branches_rise() -> None:
    for old, new in pairwise(KNOWN.driver_branches):
        assert old.branch < new.branch
        assert version_tuple(old.cuda) < version_tuple(new.cuda)
        assert version_tuple(old.capability_min) <= version_tuple(new.capability_min)
    last = [row.branch for row in KNOWN.driver_branches if version_tuple(row.capability_min) < (7, 5)][-1]
    assert last == 580


def test_native_drivers_belong_to_the_branch_of_their_cuda() -> None:
    branch = {row.cuda: row.branch for row in KNOWN.driver_branches}
    for row in KNOWN.native_drivers:
        assert version_tuple(row.linux)[0] == branch[row.cuda], row


def test_toolkits_rise() -> None:
    for old, new in pairwise(KNOWN.toolkits):
        assert version_tuple(old.release) < version_tuple(new.release)
        assert (old.gcc_max, old.clang_max, old.msvc_max) <= (new.gcc_max, new.clang_max, new.msvc_max)


def test_the_ranges_of_bitsandbytes_leave_no_gap_and_no_overlap() -> None:
    released = ["0.43.0", "0.43.1", "0.43.3", "0.44.1", "0.45.0", "0.45.2", "0.45.3", "0.46.0", "0.46.1", "0.47.0",
                "0.48.0", "0.48.2", "0.49.2", "0.50.0", "0.50.2"]  # fmt: skip
    for version in released:
        assert len([row for row in KNOWN.bitsandbytes if version in SpecifierSet(row.versions)]) == 1, version


@pytest.mark.parametrize(
    ("cuda", "least"),
    [("12.6", "0.45"), ("12.8", "0.45.3"), ("12.9", "0.46.1"), ("13.0", "0.48"), ("13.2", "0.50")],
)
def test_the_first_bitsandbytes_for_a_cuda(cuda: str, least: str) -> None:
    first = next(row for row in KNOWN.bitsandbytes if cuda in row.cuda)
    assert first.versions.startswith(f">={least},")


def test_every_bound_is_a_specifier() -> None:
    for row in KNOWN.stacks:
        for pin in (row.python, row.torch, *row.pins.values()):
            SpecifierSet(pin)
    for broken in KNOWN.breaks:
        for pin in (*broken.packages.values(), *broken.fix.values()):
            SpecifierSet(pin)
    for told in KNOWN.advice:
        for pin in told.packages.values():
            SpecifierSet(pin)
        for pattern in told.env.values():
            re.compile(pattern)


def test_a_break_is_mended_by_its_fix() -> None:
    """The fix must lead out of the break: some version it allows must not match any more, `""` removes."""
    for row in KNOWN.breaks:
        assert set(row.fix) <= set(row.packages) | {"pandas", "scipy"}, row
        for package, pin in row.fix.items():
            bad = SpecifierSet(row.packages[package])
            good = [part.version for part in SpecifierSet(pin) if part.operator in ("<=", ">=", "==")]
            assert pin == "" or not good or any(version not in bad for version in good), row


def test_facts_are_rows_with_source_and_date_last() -> None:
    row = next(r for r in facts.table("torch")["torch"] if r["version"] == "2.8" and r["cuda"] == "cu128")
    assert list(row)[-2:] == ["source", "checked"]
    assert {key: row[key] for key in ("version", "cuda", "os", "arch", "sm", "pypi_default", "patches")} == {
        "version": "2.8",
        "cuda": "cu128",
        "os": "linux",
        "arch": "x86_64",
        "sm": ["7.0", "7.5", "8.0", "8.6", "9.0", "10.0", "12.0"],
        "pypi_default": True,
        "patches": ["2.8.0"],
    }


def test_an_unknown_table_has_a_near_name() -> None:
    with pytest.raises(facts.UsageError) as caught:
        facts.table("tourch")
    assert (caught.value.message, caught.value.hint) == (
        "unknown table `tourch`",
        "did you mean `envdoc facts torch`?",
    )
    assert list(facts.table("driver-floors")) == ["driver_floors"]


def test_a_module_is_of_one_package() -> None:
    """Compiled packages, and modules that pip calls otherwise, stand in two tables: where both speak, alike."""
    told = {row.module: row.package or row.module for row in facts.rows("modules")}
    both = {name: row.package for row in facts.rows("extensions") for name in row.modules if name in told}
    assert both
    assert both == {name: told[name] for name in both}
