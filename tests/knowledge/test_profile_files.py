"""Profiles: the shipped ones are good; a bad file is told all its mistakes at once, with line and way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from envdoc.errors import DataError, UsageError
from envdoc.knowledge import files, locks, profiles, yamlfile
from envdoc.knowledge.profileschema import COMPONENTS, SCHEMA
from envdoc.knowledge.tables import load as tables
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import GpuBounds, Profile, PythonBounds, TorchBounds
from envdoc.rules.coverage import covers

SHIPPED = sorted(Path(files.profiles_folder()).glob("*.yaml"))
IDS = (
    "rtx50-cu128",
    "rtx50-cu130",
    "rtx40",
    "rtx30",
    "rtx20",
    "gtx10",
    "volta",
    "turing-dc",
    "ampere-dc",
    "ada-dc",
    "hopper",
    "blackwell",
    "mixed",
    "cpu",
)
UNCERTAIN = {("windows", "6.0")}  # a P100 on Windows: PyTorch's script has it, a user's list of 2.8.0+cu126 does not
GOOD = """\
id: mine
title: Mine
summary: For me.
systems: [linux]
arches: [x86_64]
gpus: {min: "8.9", max: "8.9"}
python: {prefer: "3.12", allow: ["3.12"]}
torch:
  prefer: ["2.8"]
  cuda: [cu128]
components: [torch, llamafactory]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's profile in a folder of its own."""
    path = tmp_path / "profiles" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_shipped_ones_are_there_in_order() -> None:
    assert tuple(profiles.load_all()) == IDS
    assert profiles.validate(map(str, SHIPPED)) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_profile_is_what_its_name_says(path: Path) -> None:
    profile = profiles.load(path.stem)
    assert (profile.id, profile.origin) == (path.stem, "shipped")
    assert profile.disk_mib > profile.download_mib > 0
    assert "" not in (profile.sources, profile.checked, profile.title)
    assert profile.locks
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_profile_finds_a_build_for_all_its_gpus_on_every_system(path: Path) -> None:
    profile = profiles.load(path.stem)
    bounds = () if profile.gpus is None else (profile.gpus.min, profile.gpus.max)
    for system in profile.systems:
        for arch in profile.arches:
            if (system, arch) in (("windows", "aarch64"), ("darwin", "x86_64")):
                continue  # torch has no such build any more, or none yet
            fits = [
                row
                for row in tables().torch
                if (row.os, row.arch) == (system, arch)
                and row.version in profile.torch.prefer
                and row.cuda in profile.torch.cuda
                and profile.python.prefer in row.python
                and all(covers(row.sm, each) for each in bounds if (system, each) not in UNCERTAIN)
            ]
            assert fits, (system, arch)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_cards_that_a_shipped_profile_names_are_in_its_bounds(path: Path) -> None:
    gpus = profiles.load(path.stem).gpus
    for name in gpus.cards if gpus else ():
        row = tables().gpu_named(name)
        assert row is not None, name
        assert gpus is not None
        assert version_tuple(gpus.min) <= version_tuple(row.capability) <= version_tuple(gpus.max), name


def test_one_profile_whole() -> None:
    assert profiles.load("rtx50-cu128") == Profile(
        id="rtx50-cu128",
        title="RTX 50 with CUDA 12.8",
        summary=(
            "For GeForce RTX 50 and RTX PRO Blackwell cards, from driver 570 on. The conservative choice: most "
            "published wheels fit it."
        ),
        systems=("linux", "windows"),  # type: ignore[arg-type]
        arches=("x86_64",),
        gpus=GpuBounds("12.0", "12.0"),
        python=PythonBounds("3.12", ("3.11", "3.12", "3.13")),
        torch=TorchBounds(("2.7", "2.8", "2.9", "2.10"), ("cu128",)),
        components=("torch", "huggingface-hub", "bitsandbytes", "llamafactory", "liger-kernel"),
        optional=("deepspeed", "flash-attn", "llama.cpp", "llama.cpp-convert"),
        locks={
            f"{system}-x86_64-cp3{minor}": f"{system}-x86_64-cp3{minor}.txt"
            for system in ("linux", "windows")
            for minor in (11, 12, 13)
        },
        disk_mib=7600,
        download_mib=profiles.load("rtx50-cu128").download_mib,
        sources=(
            "https://github.com/pytorch/pytorch/blob/main/RELEASE.md",
            "https://github.com/pytorch/pytorch/blob/main/.ci/manywheel/build_cuda.sh",
            "measured: llamafactory-0.9.5-py3-none-any.whl METADATA",
        ),
        checked="2026-11-24",
    )


def test_the_published_schema_is_the_one_in_use() -> None:
    published = Path(__file__).parents[2] / "docs" / "schemas" / "profile.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_knows_every_component_and_every_field() -> None:
    from dataclasses import fields

    from envdoc.components import registry

    assert {registry.named(name).NAME for name in COMPONENTS} == set(COMPONENTS)
    assert set(SCHEMA["properties"]) == {field.name for field in fields(Profile)} - {"origin"}


def test_every_mistake_at_once_with_line_and_way_out(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        """\
id: My Profile
title: ""
sumary: For me.
systems: [linux, window]
arches: []
gpus: {min: 12, max: "12.0"}
python: {prefer: "3.12.1", allow: "3.12"}
torch:
  prefer: ["2.8", "2.8"]
  cuda: [cu12.8]
components: [torch, llama-factory, bitsandbyte]
locks: {linux-amd64-cp312: ../../etc/passwd}
disk_mib: -1
id: again
""",
        encoding="utf-8",
    )
    told = [str(mistake).removeprefix(f"{path}:") for mistake in profiles.validate([str(path)])]
    assert told == [
        "1: id: `My Profile` is not what --profile takes: small letters, digits, hyphens; "
        "write for example `my-rtx50`",
        "2: title: `` is not one line for lists; write for example `RTX 50, CUDA 12.8`",
        "3: unknown field `sumary`; write `summary`",
        "4: systems: unknown `window`; write `windows`",
        "5: arches must not be empty; known: x86_64, aarch64",
        "6: gpus.min must be text; write for example `12.0`",
        "7: python.prefer: `3.12.1` is not a Python minor; write for example `3.12`",
        "7: python.allow must be a list; write for example `3.12`",
        "9: torch.prefer: `2.8` stands here twice; keep one of them",
        "10: torch.cuda: `cu12.8` is not a CUDA variant; write for example `cu128`",
        "11: components: unknown `llama-factory`; write `llamafactory`",
        "11: components: unknown `bitsandbyte`; write `bitsandbytes`",
        "12: locks: `linux-amd64-cp312` is no name of a platform; write for example `linux-x86_64-cp312`",
        "12: locks.linux-amd64-cp312: `../../etc/passwd` is not fit; write for example `linux-x86_64-cp312.txt`",
        "13: disk_mib must be 0 or more; write for example `7600`",
        "14: id stands here twice; keep one of them",
        "1: `summary` is missing; write for example `summary: RTX 50, CUDA 12.8`",
    ]


def test_sense_is_judged_too(own: Path) -> None:
    text = GOOD.replace('prefer: "3.12"', 'prefer: "3.13"').replace('min: "8.9"', 'min: "9.0"')
    text = text.replace("[cu128]", "[cu128, cpu]").replace("[torch, llamafactory]", "[llamafactory, torch]")
    own.write_text(text + "optional: [torch]\nlocks: {linux-x86_64-cp312: none.txt}\n", encoding="utf-8")
    told = [str(mistake).removeprefix(f"{own}:") for mistake in profiles.validate([str(own)])]
    assert told == [
        "7: python.prefer: 3.13 is not in python.allow; add it there",
        "6: gpus.min 9.0 is above gpus.max 8.9; swap them",
        "10: torch.cuda: a profile for GPUs cannot take `cpu`; remove it",
        "11: components: `torch` must come first; write it first",
        "12: optional: `torch` is in components already; remove it here",
        "13: locks.linux-x86_64-cp312: no file `none.txt` in locks/; put it beside the profile",
    ]
    own.write_text(GOOD.replace('{min: "8.9", max: "8.9"}', "null"), encoding="utf-8")
    assert [str(each) for each in profiles.validate([str(own)])] == [
        f"{own}:10: gpus is null, but torch.cuda names CUDA builds; write `cuda: [cpu]`"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: the file is empty; copy a shipped profile: `envdoc profiles show cpu`"),
        ("- a\n", "1: the file must be a mapping"),
        ("just words", "1: the file must be a mapping"),
        ("id: [\n", "2: not valid YAML: did not find expected node content"),
        ("id: &x mine\ntitle: *x\n", "2: aliases (`*name`) are not allowed; write the value out"),
    ],
)
def test_a_file_that_is_no_profile(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    mistakes = profiles.validate([str(path)])
    assert len(mistakes) == 1
    assert str(mistakes[0]).startswith(f"{path}:{told}")


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"id: \xff\xfe")
    told = [str(each) for each in profiles.validate([str(tmp_path / "none.yaml"), str(binary)])]
    assert told == [
        f"{tmp_path / 'none.yaml'}:1: No such file or directory; check the path",
        f"{binary}:1: not UTF-8 (byte 4); save the file as UTF-8",
    ]


def test_a_users_profile_stands_beside_the_shipped_ones(own: Path) -> None:
    every = profiles.load_all(str(own.parent))
    assert tuple(every) == (*IDS, "mine")
    assert every["mine"].origin == str(own)
    assert profiles.load("mine", str(own.parent)) == profiles.load(str(own)) == every["mine"]


def test_a_users_profile_may_replace_a_shipped_one(own: Path) -> None:
    own.write_text(GOOD.replace("id: mine", "id: rtx40"), encoding="utf-8")
    assert profiles.load_all(str(own.parent))["rtx40"].title == "Mine"
    assert profiles.load("rtx40", str(own.parent)).title == "Mine"


def test_a_broken_users_profile_stops_only_who_names_it(own: Path) -> None:
    own.write_text(GOOD.replace("arches", "arch"), encoding="utf-8")
    warned: list[str] = []
    assert tuple(profiles.load_all(str(own.parent), warned.append)) == IDS
    assert warned == [
        f"{own}:5: unknown field `arch`; write `arches` (this profile is left out)",
        f"{own}:1: `arches` is missing; write for example `arches: [x86_64]` (this profile is left out)",
    ]
    assert profiles.load("cpu", str(own.parent)).id == "cpu"
    with pytest.raises(DataError) as caught:
        profiles.load(own.stem, str(own.parent))
    assert caught.value.message == (
        f"{own}:5: unknown field `arch`; write `arches`\n"
        f"{own}:1: `arches` is missing; write for example `arches: [x86_64]`"
    )
    assert caught.value.exit_code == 2


def test_an_unknown_profile_has_near_names() -> None:
    with pytest.raises(UsageError) as caught:
        profiles.load("rtx50")
    assert caught.value.message == "unknown profile `rtx50`"
    assert caught.value.hint == "did you mean `rtx50-cu128` or `rtx50-cu130`?"
    for odd in ("../cpu", "", "a/b", "cpu.yaml/.."):
        with pytest.raises(UsageError):
            profiles.load(odd)


def test_lock_lines_of_a_user_come_from_beside_the_profile_first(own: Path) -> None:
    (own.parent / "locks").mkdir()
    (own.parent / "locks" / "my.txt").write_text(
        "# mine\ntransformers==5.5.4  # why\n\nnumpy==2.3.0\n", encoding="utf-8"
    )
    own.write_text(
        GOOD + "locks: {linux-x86_64-cp312: my.txt, linux-x86_64-cp311: linux-x86_64-cp311.txt}\n", encoding="utf-8"
    )
    profile = profiles.load(str(own))
    assert profiles.lock_lines(profile, "linux-x86_64-cp312") == ("transformers==5.5.4", "numpy==2.3.0")
    assert "llamafactory==0.9.5" in locks.pins_of(profiles.lock_lines(profile, "linux-x86_64-cp311"))
    with pytest.raises(UsageError) as caught:
        profiles.lock_lines(profile, "windows-x86_64-cp312")
    assert caught.value.hint == "it has: linux-x86_64-cp312, linux-x86_64-cp311"


def _changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    data = yamlfile.parse(GOOD, "good")
    node = data
    for key in path[:-1]:
        node = node[key]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return data  # type: ignore[no-any-return]


VALUES = (
    None,
    True,
    7,
    -7,
    "",
    "x",
    "cu128",
    "2026-11-23",
    [],
    [7],
    ["x"],
    ["linux", "linux"],
    ["torch"],
    ["x86_64"],
    {},
    {"min": "8.9"},
    {"min": "8.9", "max": "9.0"},
    {"linux-x86_64-cp312": "linux-x86_64-cp312.txt"},
    {"a": "b"},
)


@pytest.mark.parametrize("key", [*SCHEMA["properties"], "other"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_our_check_and_jsonschema_agree(tmp_path: Path, key: str, value: Any) -> None:
    data = _changed((key,), value)
    path = tmp_path / "x.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    ours = _form_mistakes(path)
    theirs = list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(data))
    assert bool(ours) == bool(theirs), (ours, theirs)


def _form_mistakes(path: Path) -> list[str]:
    """The mistakes that the schema can tell."""
    from envdoc.knowledge import schemacheck

    node = yamlfile.compose(path.read_text(encoding="utf-8"), "x")
    return [str(each) for each in schemacheck.check(node, SCHEMA, "x")]
