"""A world in which bundles are made: small wheels on a loopback index, a profile of one's own, nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from loopback import Index, Wheel, torch_wheel, wheel

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
CP = f"cp{sys.version_info[0]}{sys.version_info[1]}"
LINUX, WINDOWS = "manylinux_2_17_x86_64", "win_amd64"
PROFILE = """\
id: {id}
title: Small
summary: A small profile of a test.
systems: [linux, windows]
arches: [x86_64]
gpus: {gpus}
python: {{prefer: "{minor}", allow: ["{minor}"]}}
torch: {{prefer: ["2.8"], cuda: [{cuda}]}}
components: [torch, huggingface-hub]
locks:
  linux-x86_64-{cp}: small-linux.txt
  windows-x86_64-{cp}: small-windows.txt
disk_mib: 10
download_mib: 10
sources: ["a test"]
checked: "2026-11-26"
"""


def wheels() -> dict[str, list[Wheel]]:
    """Two indexes: torch's with two CUDA variants, and one for the rest, which has a file for each system."""
    both = [(LINUX, "linux"), (WINDOWS, "win32")]
    needs = ("filelock", "colorama ; sys_platform == 'win32'", "uvloop ; sys_platform != 'win32'")
    rest = [
        wheel("huggingface-hub", "0.36.0", requires=needs),
        wheel("filelock", "3.20.0"),
        wheel("filelock", "3.25.0"),
        wheel("colorama", "0.4.6"),
        wheel("uvloop", "0.22.1", tag=f"{CP}-{CP}-{LINUX}"),
        *(wheel("numpy", "2.2.6", tag=f"{CP}-{CP}-{platform}") for platform, _ in both),
        *(wheel("torchvision", "0.23.0", tag=f"{CP}-{CP}-{platform}") for platform, _ in both),
    ]
    tools = ("typer", "0.27.0"), ("rich", "14.0.0"), ("nvidia-ml-py", "13.580.82"), ("packaging", "25.0")
    tools += ("requests", "2.32.5"), ("pyyaml", "6.0.3"), ("uv", "0.9.18"), ("pip", "25.3")
    rest += [wheel(name, version) for name, version in tools]
    torch = {
        tag: [_tagged(torch_wheel(f"2.8.0+{tag}", requires=("numpy",)), platform) for platform in (LINUX, WINDOWS)]
        + [wheel("torchvision", f"0.23.0+{tag}"), wheel("torchaudio", f"2.8.0+{tag}")]
        for tag in ("cpu", "cu128")
    }
    return {"pypi": rest, **torch}


def _tagged(built: Wheel, platform: str) -> Wheel:
    return Wheel(built.name.replace("py3-none-any", f"{CP}-{CP}-{platform}"), built.project, built.content)


def _lock(every: list[Wheel], names: dict[str, str]) -> str:
    lines = []
    for name, version in names.items():
        module = name.replace("-", "_")
        files = [each for each in every if each.name.startswith(f"{module}-{version}-")]
        hashes = "".join(f" --hash=sha256:{hashlib.sha256(each.content).hexdigest()}" for each in files)
        lines.append(f"{name}=={version}{hashes}\n")
    return "".join(lines)


@contextmanager
def small_world(tmp_path: Path, patch: pytest.MonkeyPatch, *, cuda: str = "cpu") -> Iterator[tuple[Index, Path]]:
    """The index and the profile's file. Nothing of the user's own configuration is seen."""
    shelves = wheels()
    with Index() as index:
        for shelf, every in shelves.items():
            index.add(shelf, *every)
        for name in [each for each in os.environ if each.startswith(("UV_", "PIP_"))]:
            patch.delenv(name)
        home = tmp_path / "home"
        (home / "locks").mkdir(parents=True)
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.setenv("XDG_CONFIG_DIRS", str(home / "nothing"))
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
        patch.setenv("UV_DEFAULT_INDEX", index.url("pypi"))
        patch.setenv("ENVDOC_PYTORCH_INDEX", f"{index.root()}/{{cuda}}")
        pinned = {"huggingface-hub": "0.36.0", "filelock": "3.20.0", "numpy": "2.2.6"}
        rest = shelves["pypi"]
        (home / "locks/small-linux.txt").write_text(_lock(rest, {**pinned, "uvloop": "0.22.1"}))
        (home / "locks/small-windows.txt").write_text(_lock(rest, {**pinned, "colorama": "0.4.6"}))
        profile = home / "small.yaml"
        gpus = "null" if cuda == "cpu" else '{min: "12.0", max: "12.0"}'
        profile.write_text(PROFILE.format(id="small", gpus=gpus, minor=MINOR, cuda=cuda, cp=CP))
        yield index, profile


def tree(folder: Path) -> dict[str, str]:
    """Every file with its hash: what two states of a folder are compared by."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def manifest(folder: Path) -> dict[str, object]:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert isinstance(told, dict)
    return told
