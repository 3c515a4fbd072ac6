"""What the campaigns do beyond packages: a tree fetched and built by cmake and a package, added and taken away in
place, in an environment of envdoc's own and in an adopted one; a bundle made, and installed without a network; an
environment by conda. Everything is small and made here; nothing asks a network.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import campaign_kit as kit
import pytest

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.dists import damage, installed
from envdoc.model.builds import CmakeBuild, FetchTree, Origin, TakeAway
from envdoc.model.plan import AdoptEnvironment, InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython, Step
from envdoc.model.resolution import Wish
from envdoc.model.results import ProofResult, ProofStatus

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "installer"))

# Each operation, where it begins ("" nothing is there), and what it leads to; names are those of prepared folders.
ROADS = {
    "with": ("made", "made-with"),
    "without": ("made-with", "without"),
    "adopt-with": ("theirs", "adopted-with"),
    "rollback-with": ("adopted-with", "theirs"),
    "remove-with": ("made-with", "removed-with"),
    "bundle": ("", "bundle"),
    "offline": ("", "offline"),
    "conda": ("", "conda"),
    "remove-conda": ("conda", "removed-conda"),
}
PLAIN = {"rollback-with": "rollback", "remove-with": "remove", "remove-conda": "remove"}
# What may be asked for instead of the same again, and what that leads to.
INSTEAD = {"with": ("without", "without"), "without": ("with", "made-with")}
PART = "big-c==1.0"

_SOURCES = {
    "tiny/CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.14)
project(tiny C)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_library(part STATIC part.c)
add_executable(hello hello.c)
target_link_libraries(hello part)
""",
    "tiny/part.c": "int part(void) { return 0; }\n",
    "tiny/hello.c": "int part(void);\nint main(void) { return part(); }\n",
    "tiny/notes/readme.txt": "notes\n",
}


def sources(path: Path) -> None:
    """The archive of the tree."""
    with tarfile.open(path, "w:gz") as out:
        for name, text in _SOURCES.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(text), 1_760_000_000
            out.addfile(member, io.BytesIO(text.encode()))


def _part(folder: Path, held: tuple[str, ...]) -> tuple[Step, ...]:
    """As a component's steps are: its package, its tree, its build."""
    fetch = FetchTree(
        *("tiny-source", "Get tiny", ".envdoc/build/tiny/source", Origin.ARCHIVE),
        *(str(folder.parent / "tiny.tar.gz"), "tiny", ("CMakeLists.txt", "hello.c")),
    )
    build = CmakeBuild(
        *("tiny", "Build tiny", "tiny", fetch.into, ("-DCMAKE_BUILD_TYPE=Release",), ("hello",)),
        *(("bin/*",), ("bin/hello",), "tiny"),
    )
    return (InstallPackages("add-big-c", "Add big-c", (PART,), held, kit.source(folder)), fetch, build)


def perform(operation: str, root: Path, folder: Path, cache: Path) -> int:
    """One operation, as the command line would do it."""
    host = LocalHost()
    if operation == "bundle":
        return _bundle(root, folder)
    options = Options("conda" if operation == "conda" else "uv", cache=str(cache), offline=True)
    result = installer.execute(
        _plan(operation, root, folder), host, options, on_event=lambda _: None, prove=_prover(operation, root)
    )
    for finding in result.findings:
        print(finding.code, finding.summary, *finding.evidence[:3], file=sys.stderr)
    return 0 if result.usable else 1


def _plan(operation: str, root: Path, folder: Path) -> Plan:
    prove = Prove(("whole",))
    if operation == "offline":
        return _from_bundle(root, folder)
    if operation == "conda":
        packages = kit.plan_of("install", root, folder).steps[2:4]
        begin = (ProvidePython(kit.MINOR), MakeEnvironment(str(root)))
        return Plan(str(root), "campaign", (*begin, *packages, prove))
    if operation == "without":
        gone = TakeAway("take-away-tiny", "Take tiny away", "tiny", ("big-c",), ("tiny", ".envdoc/build/tiny"))
        return Plan(str(root), "campaign", (gone, prove))
    if operation == "adopt-with":
        return Plan(str(root), "campaign", (AdoptEnvironment(str(root)), *_part(folder, kit.OLD), prove))
    return Plan(str(root), "campaign", (*_part(folder, kit.NEW), prove))


def _prover(operation: str, root: Path):  # type: ignore[no-untyped-def]
    """Every distribution is whole, and what was built runs."""

    def prove(_: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        site = next(root.glob("lib/python3*/site-packages"))
        every = installed(site)
        wrong = [f"{dist.name}: {told}" for dist in every if operation != "adopt-with" and (told := damage(dist))]
        wrong += [f"{name} twice" for name in {each.name for each in every} if sum(d.name == name for d in every) > 1]
        if operation in ("with", "adopt-with"):
            wrong += [] if subprocess.run([root / "tiny/bin/hello"]).returncode == 0 else ["hello"]
        status = ProofStatus.FAILED if wrong else ProofStatus.PASSED
        return (ProofResult(proofs[0], "whole", status, reason=", ".join(wrong[:5])),)

    return prove


def _profile(folder: Path) -> Path:
    return folder.parent / "world/home/small.yaml"


def _bundle(root: Path, folder: Path) -> int:
    from envdoc.installer.bundle.make import Extras
    from envdoc.workflow import bundle
    from envdoc.workflow.wishes import WhatIf

    target = WhatIf((), True, "", "linux", "x86_64", kit.MINOR)
    wish = bundle.BundleWish(Wish(profile=str(_profile(folder)), python=kit.MINOR), target, str(root))
    planned = bundle.plan(LocalHost(), wish)
    own = next(folder.parent.glob("world/envdoc_gpu-*.whl"))
    bundle.make(LocalHost(), planned, Extras(python="none", envdoc_wheel=str(own)), lambda _: None)
    return 0


def _from_bundle(root: Path, folder: Path) -> Plan:
    from envdoc.workflow import offline
    from envdoc.workflow.wishes import InstallWish

    wish = InstallWish(Wish(), str(root), offline=str(folder.parent / "ready/bundle"))
    found = offline.from_bundle(LocalHost(), wish)
    assert found.plan is not None, found.resolution.findings
    return found.plan


def whole_bundle(root: Path) -> list[str]:
    """What of a bundle is not as its manifest says."""
    from envdoc.installer.bundle.job import RefusedError
    from envdoc.installer.bundle.verify import verified

    try:
        verified(root)
    except RefusedError as refused:
        return [str(refused)]
    return []


@contextlib.contextmanager
def world(folder: Path) -> Iterator[None]:
    """An index on loopback for bundles, a channel for conda, an archive; the children see them by their variables."""
    from bundle_kit import small_world
    from loopback import wheel

    place = folder / "world"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    sources(folder / "tiny.tar.gz")
    (place / "envdoc_gpu-0.1.0-py3-none-any.whl").write_bytes(wheel("envdoc-gpu", "0.1.0").content)
    with pytest.MonkeyPatch.context() as patch, small_world(place, patch):
        for name in ("CONDA_EXE", "MAMBA_EXE", "CONDA_CHANNEL_ALIAS"):
            patch.delenv(name, raising=False)
        patch.setenv("RATTLER_CACHE_DIR", str(place / "rattler"))
        patch.setenv("ENVDOC_CONDA_CHANNEL", _channel(place / "channel"))
        yield


def _channel(folder: Path) -> str:
    """A channel with a Python, which is this one behind a link, and a pip; "" without the extra `conda`."""
    from test_conda import package

    try:
        from rattler.index import index_fs
    except ImportError:
        return ""
    real = Path(os.path.realpath(sys.executable))
    config = f"home = {real.parent}\nversion_info = {kit.MINOR}.0\n".encode()
    site = f"lib/python{kit.MINOR}/site-packages/README.txt"
    many = {f"lib/part_{number}.so": b"x" * 2000 for number in range(40)}
    python = {"pyvenv.cfg": config, site: b"", **many}
    package(folder / "linux-64", "python", f"{kit.MINOR}.7", python, {"bin/python": str(real)})
    package(folder / "linux-64", "pip", "25.3", {"share/pip.txt": b"pip"}, {})
    (folder / "noarch").mkdir(exist_ok=True)
    asyncio.run(index_fs(folder))
    return folder.as_uri()
