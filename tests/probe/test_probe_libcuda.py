"""Which libcuda cuInit's remembered answer depends on: its file, its place, the view of the file system."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from probe_machines import H200, h200

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why
from envdoc.probe import cuda, libcuda
from envdoc.probe.remember import Memory

LIB = "/usr/local/nvidia/lib64/libcuda.so.1"


def machine(**changes: object):  # type: ignore[no-untyped-def]
    """The H200 machine with its libcuda on LD_LIBRARY_PATH."""
    stats = {LIB: {"size": 100, "is_dir": False, "is_link": False, "mtime": 1.0, "inode": 7}}
    return h200(**{"stats": {**H200["stats"], **stats}, **changes})


def stat(path: str, **changes: object) -> dict[str, object]:
    told = {"size": 100, "is_dir": False, "is_link": False, "mtime": 1.0, "inode": 7, **changes}
    return {**H200["stats"], path: told}


@pytest.mark.parametrize(
    "changes",
    [
        {"stats": stat(LIB, size=0)},  # emptied
        {"stats": stat(LIB, mtime=2.0)},  # replaced by one of the same size
        {"stats": stat(LIB, inode=8)},  # another file in its place
        {"stats": dict(H200["stats"])},  # gone
        {"stats": {**stat(LIB), **stat("/usr/local/nvidia/lib/libcuda.so.1")}},  # another folder has one too
        {"stats": {**stat(LIB), "/proc/self/ns/mnt": stat("x", inode=4026531999)["x"]}},  # another view of the files
    ],
)
def test_another_libcuda_is_asked_again(changes: dict[str, object], tmp_path: Path) -> None:
    assert cuda.probe(machine(), Memory(str(tmp_path))).source == "libcuda"
    assert cuda.probe(machine(runs=[]), Memory(str(tmp_path))).source == "libcuda, remembered"
    assert cuda.probe(machine(runs=[], **changes), Memory(str(tmp_path))).why is Why.ABSENT


def test_candidates_in_the_loaders_order() -> None:
    host = machine(searches={"/etc/ld.so.cache": {"all": []}})
    told = libcuda.candidates(host)
    assert told[:2] == (LIB, "/usr/local/nvidia/lib/libcuda.so.1")
    assert "/usr/lib/wsl/lib/libcuda.so.1" in told


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("ldconfig") is None, reason="needs ldconfig")
def test_the_loaders_cache_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real cache, made by ldconfig from a folder with a libcuda in it."""
    folder = tmp_path / "lib"
    folder.mkdir()
    if shutil.which("gcc") is None:
        pytest.skip("no gcc")
    source = tmp_path / "cuda.c"
    source.write_text("int cuInit(unsigned flags) { return 0; }\n")
    target = folder / "libcuda.so.1"
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", target, source], check=True)
    (tmp_path / "conf").write_text(f"{folder}\n")
    cache = tmp_path / "ld.so.cache"
    subprocess.run([shutil.which("ldconfig") or "", "-f", tmp_path / "conf", "-C", cache, "-X"], check=True)
    monkeypatch.setattr(libcuda, "_CACHE", str(cache))
    host = LocalHost({})
    assert str(target) in libcuda.candidates(host)
    (line,) = [line for line in libcuda.identities(host) if line.startswith(f"{target} ")]
    assert str(target.stat().st_ino) in line


ASK = """
import sys
from envdoc.host.local import LocalHost
from envdoc.probe import cuda
print(cuda._key(LocalHost()))
"""


def _unshare() -> bool:
    tool = shutil.which("unshare")
    return bool(tool) and subprocess.run([tool, "-m", "true"], capture_output=True, check=False).returncode == 0  # type: ignore[list-item]


@pytest.mark.skipif(sys.platform != "linux" or not _unshare(), reason="no mount namespace can be made here")
def test_two_mount_namespaces_do_not_share_an_answer(tmp_path: Path) -> None:
    """The same boot, the same home: one of them sees an empty folder in libcuda's place, as a container would."""
    folder = tmp_path / "driver"
    folder.mkdir()
    (folder / "libcuda.so.1").write_bytes(b"a library")
    env = {**os.environ, "LD_LIBRARY_PATH": str(folder)}

    def key(*command: str) -> str:
        done = subprocess.run([*command], capture_output=True, text=True, env=env, check=True)
        return done.stdout.strip()

    here = key(sys.executable, "-c", ASK)
    script = f"mount -t tmpfs none {folder} && exec {sys.executable} -c '{ASK}'"
    inside = key("unshare", "-m", "sh", "-c", script)
    assert str(folder / "libcuda.so.1") in here
    assert str(folder / "libcuda.so.1") not in inside
    assert here == key(sys.executable, "-c", ASK) != inside
    same_files = key("unshare", "-m", sys.executable, "-c", ASK)
    assert same_files != here, "another view of the file system is another machine, whatever it shows now"
