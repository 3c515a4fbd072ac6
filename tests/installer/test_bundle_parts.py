"""Parts of bundles: starters, archives that climb out, build requirements, names of files and platforms."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from envdoc.installer.bundle import builds, starter, write
from envdoc.installer.bundle.abreast import abreast
from envdoc.installer.bundle.job import RefusedError
from envdoc.installer.bundle.verify import verified
from envdoc.installer.unpack import UnsafeArchiveError, unpack
from envdoc.knowledge.profiles import load
from envdoc.model.bundle import Conditions, Manifest, Target, is_inside
from envdoc.model.machine import System
from envdoc.model.resolution import Wish
from envdoc.rules.wheel_platform import glibc_needed, of_uv


def manifest(system: System, python_file: str = "") -> Manifest:
    target = Target(system, "x86_64", "3.12")
    return Manifest("0.1.0", "2026", target, Conditions("cpu"), Wish(), load("cpu"), "2.8.0", python_file=python_file)


@pytest.mark.parametrize("python", ["", "python/cpython-3.12.tar.gz"])
def test_the_starter_of_linux_is_a_shell_script(tmp_path: Path, python: str) -> None:
    sh = shutil.which("sh")
    if sh is None:
        pytest.skip("no sh here")
    text = starter.text(manifest(System.LINUX, python), "pip-25.3-py3-none-any.whl", "ab12", windows=False)
    (tmp_path / "install.sh").write_text(text, newline="\n")
    assert subprocess.run([sh, "-n", str(tmp_path / "install.sh")], check=False).returncode == 0
    assert f"archive='{python}'" in text
    assert "--no-index" in text
    assert "--require-hashes" in text


def test_the_starter_of_windows_has_its_line_ends_and_separators() -> None:
    text = starter.text(manifest(System.WINDOWS, "python/p.nupkg"), "pip.whl", "ab12", windows=True)
    assert text.count("\n") == text.count("\r\n")
    assert 'set "archive=python\\p.nupkg"' in text
    assert "%%p" in text  # in a batch file; a single % is a variable's


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("wheels/torch-2.8.0+cu128-cp312-cp312-win_amd64.whl", True),
        ("install.sh", True),
        ("python/cpython-3.12.16+20261110-x86_64.tar.gz", True),
        ("../x.whl", False),
        ("wheels/../../x", False),
        ("/etc/passwd", False),
        ("wheels\\x.whl", False),
        ("C:x.whl", False),
        ("wheels/.hidden", False),
        ("other/x.whl", False),
        ("", False),
    ],
)
def test_a_bundle_names_files_in_its_own_folders_only(path: str, inside: bool) -> None:
    assert is_inside(path) is inside


def whole(folder: Path, python_file: str = "") -> Path:
    """A bundle that holds nothing but its starter and its manifest."""
    folder.mkdir()
    write.finish(folder, manifest(System.LINUX, python_file), "")
    return folder


def test_a_python_that_is_not_among_the_files_is_refused(tmp_path: Path) -> None:
    """Its hash would be nobody's, and it would be started."""
    assert verified(whole(tmp_path / "good")).python_file == ""
    bundle = whole(tmp_path / "bad", "python.tar.gz")
    (bundle / "python.tar.gz").write_bytes(b"anything")
    with pytest.raises(RefusedError) as refused:
        verified(bundle)
    assert [found.code for found in refused.value.findings] == ["bundle-changed"]
    assert "python.tar.gz" in refused.value.findings[0].evidence[0]


@pytest.mark.parametrize("version", ["3", "", "3.12.1.2", "py312", "3.x"])
def test_a_python_of_no_version_is_refused(tmp_path: Path, version: str) -> None:
    """The resolver counts on a major and a minor number."""
    assert "is no Python version" in refusal(tmp_path, lambda told: told["target"].update(python=version))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("python", {"prefer": "3.12", "allow": ["3.12", ""]}, "python.allow"),
        ("python", {"prefer": "3", "allow": ["3.12"]}, "python.prefer"),
        ("gpus", {"min": "12", "max": "12.0"}, "gpus.min"),
        ("torch", {"prefer": ["2"], "cuda": ["cpu"]}, "torch.prefer"),
        ("torch", {"prefer": ["2.8"], "cuda": ["cuda"]}, "torch.cuda"),
        ("components", ["../../torch"], "components"),
        ("locks", {"linux": "a.txt"}, "locks"),
    ],
)
def test_a_bundles_profile_is_held_to_what_files_are_held_to(tmp_path: Path, key: str, value: Any, said: str) -> None:
    assert refusal(tmp_path, lambda told: told["profile"].update({key: value})).startswith(said)


def refusal(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """The first line of what is said of a bundle whose manifest, sums and all, says something else."""
    bundle = whole(tmp_path / "bundle")
    told = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    change(told)
    raw = json.dumps(told).encode()
    (bundle / "manifest.json").write_bytes(raw)
    (bundle / "SHA256SUMS").write_text(f"{sha256(raw).hexdigest()}  manifest.json\n", encoding="utf-8")
    with pytest.raises(RefusedError) as refused:
        verified(bundle)
    return str(refused.value.findings[0].evidence[0])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("place", ["manifest.json", "SHA256SUMS", "install.sh"])
@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_no_plain_file_of_a_bundle_is_refused_at_once(tmp_path: Path, place: str, kind: str) -> None:
    bundle = whole(tmp_path / "bundle")
    (bundle / place).rename(tmp_path / "elsewhere")
    {
        "pipe": lambda path: os.mkfifo(path),
        "link": lambda path: path.symlink_to(tmp_path / "elsewhere"),
        "folder": lambda path: path.mkdir(),
    }[kind](bundle / place)
    with pytest.raises(RefusedError):
        verified(bundle)


@pytest.mark.parametrize(
    ("file", "least"),
    [
        ("x-1-py3-none-any.whl", None),
        ("x-1-cp312-cp312-manylinux_2_28_x86_64.whl", (2, 28)),
        ("x-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64.whl", (2, 17)),
        ("x-1-cp312-cp312-manylinux1_x86_64.whl", (2, 5)),
        ("x-1-cp312-cp312-win_amd64.whl", None),
        ("x-1.tar.gz", None),
    ],
)
def test_the_glibc_that_a_wheel_asks_for(file: str, least: tuple[int, int] | None) -> None:
    assert glibc_needed(file) == least


def test_bundles_are_for_platforms_that_have_locks() -> None:
    assert of_uv(System.WINDOWS, "x86_64") == "x86_64-pc-windows-msvc"
    assert of_uv(System.DARWIN, "aarch64") == ""


def tar(path: Path, *names: str, link: str = "") -> Path:
    with tarfile.open(path, "w:gz") as out:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 1
            out.addfile(member, io.BytesIO(b"x"))
        if link:
            member = tarfile.TarInfo("link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            out.addfile(member)
    return path


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out", "C:\\out", "..\\out", "a\\..\\..\\out"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_name_that_climbs_out_refuses_the_whole_archive(tmp_path: Path, kind: str, name: str) -> None:
    archive = tmp_path / "a"
    if kind == "tar":
        tar(archive, "good", name)
    else:
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("good", "x")
            info = zipfile.ZipInfo("x")
            info.filename = name  # ZipInfo itself would mend it
            out.writestr(info, "x")
    with pytest.raises(UnsafeArchiveError):
        unpack(str(archive), tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a"]


@pytest.mark.parametrize("link", ["/etc/passwd", "../../x"])
def test_a_link_that_leads_out_refuses_it_too(tmp_path: Path, link: str) -> None:
    with pytest.raises(UnsafeArchiveError):
        unpack(str(tar(tmp_path / "a", "good", link=link)), tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_half_an_archive_is_refused_and_a_good_one_replaces_what_was_there(tmp_path: Path) -> None:
    whole = tar(tmp_path / "whole", *(f"python/{n}" for n in range(300)))
    half = tmp_path / "half"
    half.write_bytes(whole.read_bytes()[:400])
    with pytest.raises(UnsafeArchiveError):
        unpack(str(half), tmp_path / "folder")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/old").write_text("x")
    unpack(str(whole), tmp_path / "folder")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["python"]


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ('[build-system]\nrequires = ["setuptools>=61", "ninja"]\n', ("setuptools>=61", "ninja")),
        ("[project]\nname = 'x'\n", ("setuptools>=40.8.0",)),
        ("", ("setuptools>=40.8.0",)),
    ],
)
def test_what_a_source_needs_to_be_built(tmp_path: Path, text: str, needs: tuple[str, ...]) -> None:
    archive = tmp_path / "x-1.tar.gz"
    with tarfile.open(archive, "w:gz") as out:
        for name in ("x-1/pyproject.toml", "x-1/vendored/pyproject.toml") if text else ("x-1/setup.py",):
            data = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    assert builds.requirements(archive) == needs


def test_calls_abreast_come_back_in_order_and_a_failure_is_told() -> None:
    assert abreast(lambda n: n * n, list(range(20)), 4) == [n * n for n in range(20)]
    assert abreast(str, [], 4) == []

    def fails(number: int) -> int:
        if number == 3:
            raise KeyboardInterrupt
        return number

    with pytest.raises(KeyboardInterrupt):
        abreast(fails, list(range(6)), 2)
