"""The locks: exact pins of everything but torch's own stack, within the bounds of what they pin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from envdoc.knowledge import files, locks, profiles
from envdoc.knowledge.tables import load

LOCKS = sorted((Path(files.profiles_folder(), "locks")).glob("*.txt"))
TORCHS = re.compile(r"(torch|torchvision|torchaudio|triton|triton-windows|nvidia-(?!ml-py).*|cuda-.*)$")


def pins(name: str) -> dict[str, str]:
    return {
        each.name: each.version for each in locks.read(files.join(files.profiles_folder(), "locks", f"{name}.txt"))
    }


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_each_line_has_hashes(path: Path) -> None:
    lines = locks.read(str(path))
    assert [each.name for each in lines if not each.hashes] == []
    assert [each.name for each in lines if len(each.hashes) > 9] == []  # this platform's files, not all of them


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_pins_all_but_torchs_own(path: object) -> None:
    name = path.stem  # type: ignore[attr-defined]
    found = pins(name)
    assert len(found) > 100
    assert [package for package in found if TORCHS.match(package)] == []
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", package) for package in found)
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in found.values())
    assert list(found) == sorted(found)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_keeps_the_bounds_of_llamafactory_and_transformers(path: object) -> None:
    found = pins(path.stem)  # type: ignore[attr-defined]
    stack = next(r for r in load().stacks if (r.package, r.version) == ("llamafactory", found["llamafactory"]))
    for package, bound in stack.pins.items():
        if package in found:
            assert found[package] in SpecifierSet(bound), package
    assert found["huggingface-hub"] in SpecifierSet(">=1.5.0,<2.0")  # that of transformers 5.0 to 5.6
    assert found["setuptools"] in SpecifierSet(">=77.0.3,<82")  # torch 2.14's, and that of 2.11 to 2.13


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_meets_no_known_break(path: object) -> None:
    found = pins(path.stem)  # type: ignore[attr-defined]
    for row in load().breaks:
        broken = all(name in found and found[name] in SpecifierSet(spec) for name, spec in row.packages.items())
        assert not broken, row.id


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_deepspeed_stands_only_where_it_installs(path: object) -> None:
    name = path.stem  # type: ignore[attr-defined]
    expected = {"linux": "0.18.4", "windows": "0.16.5", "darwin": None}[name.partition("-")[0]]
    if name in ("windows-x86_64-cp313", "windows-x86_64-cp314"):
        expected = None  # no wheel
    assert pins(name).get("deepspeed") == expected


def test_every_profile_has_a_lock_for_each_platform_and_python() -> None:
    used = set()
    for profile in profiles.load_all().values():
        for name in profile.locks:
            assert profiles.lock_lines(profile, name)
            used.add(name)
        for system in profile.systems:
            for arch in profile.arches:
                if (system, arch) not in (("windows", "aarch64"), ("darwin", "x86_64")):
                    tag = profile.python.prefer.replace(".", "")
                    assert f"{system}-{arch}-cp{tag}" in profile.locks, profile.id
    assert used == {path.stem for path in LOCKS}
