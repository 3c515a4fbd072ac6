"""Bundles, made of a loopback index by the real uv, and installed by the real uv and pip without any index."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from bundle_kit import CP, LINUX, MINOR, WINDOWS, manifest, small_world, tree
from loopback import Index, wheel

from envdoc import installer
from envdoc.cli import app
from envdoc.host.base import Host
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.bundle.job import RefusedError
from envdoc.installer.bundle.make import Extras, Made
from envdoc.installer.dists import versions
from envdoc.model.facts import Fact
from envdoc.model.plan import InstallPackages, ProvidePython
from envdoc.model.resolution import Wish
from envdoc.model.results import InstallResult, ProofResult, ProofStatus
from envdoc.model.value import replace
from envdoc.workflow import bundle, offline
from envdoc.workflow.install import _Prover as Prover
from envdoc.workflow.machine import obtain
from envdoc.workflow.resolve import Resolved
from envdoc.workflow.wishes import InstallWish, MachineWish, WhatIf

pytestmark = pytest.mark.real


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Index, Path]]:
    with small_world(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def gpu_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Index, Path]]:
    with small_world(tmp_path, monkeypatch, cuda="cu128") as made:
        yield made


def made_of(
    world: tuple[Index, Path],
    out: Path,
    *,
    system: str = "linux",
    gpus: tuple[str, ...] = (),
    host: Host | None = None,
    **extras: str,
) -> Made:
    """A bundle by the very functions that the command calls, with a made-up envdoc wheel and no Python."""
    own = out.parent / "envdoc_gpu-0.1.0-py3-none-any.whl"
    own.write_bytes(wheel("envdoc-gpu", "0.1.0").content)
    target = WhatIf(gpus, not gpus, "", system, "x86_64", MINOR)
    wish = bundle.BundleWish(Wish(profile=str(world[1]), python=MINOR), target, str(out))
    planned = bundle.plan(LocalHost(), wish)
    assert planned.manifest is not None, planned.resolved.resolution.findings
    more = Extras(**{"python": "none", "envdoc_wheel": str(own), **extras})
    return bundle.make(host or LocalHost(), planned, more, lambda _: None)


def decided(folder: Path, root: Path, **more: Any) -> Resolved:
    return offline.from_bundle(LocalHost(), InstallWish(Wish(), str(root), offline=str(folder), **more))


def installed(resolved: Resolved, engine: str = "uv") -> InstallResult:
    assert resolved.plan is not None, resolved.resolution.findings

    def prove(python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        done = LocalHost().run([python, "-c", "import huggingface_hub, torch.version"], timeout=60)
        status = ProofStatus.PASSED if done.ok else ProofStatus.FAILED
        return (ProofResult(proofs[0], "import", status, reason=done.stderr),)

    options = Options(engine=engine, offline=True)
    return installer.execute(resolved.plan, LocalHost(), options, on_event=lambda _: None, prove=prove)


def codes(resolved: Resolved) -> list[str]:
    return [each.code for each in resolved.resolution.findings]


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "wheels").iterdir()}


def test_a_bundle_holds_what_the_target_needs_and_not_what_this_python_would(
    world: tuple[Index, Path], tmp_path: Path
) -> None:
    made_of(world, tmp_path / "linux")
    made_of(world, tmp_path / "windows", system="windows")
    common = {"filelock-3.20.0-py3-none-any.whl", "huggingface_hub-0.36.0-py3-none-any.whl"}
    common |= {"torchvision-0.23.0+cpu-py3-none-any.whl", "torchaudio-2.8.0+cpu-py3-none-any.whl"}
    assert names(tmp_path / "linux") == common | {
        f"numpy-2.2.6-{CP}-{CP}-{LINUX}.whl",
        f"torch-2.8.0+cpu-{CP}-{CP}-{LINUX}.whl",
        f"uvloop-0.22.1-{CP}-{CP}-{LINUX}.whl",
    }
    assert names(tmp_path / "windows") == common | {
        f"numpy-2.2.6-{CP}-{CP}-{WINDOWS}.whl",
        f"torch-2.8.0+cpu-{CP}-{CP}-{WINDOWS}.whl",
        "colorama-0.4.6-py3-none-any.whl",
    }


def test_the_manifest_tells_every_file_and_holds_its_schema(world: tuple[Index, Path], tmp_path: Path) -> None:
    import jsonschema

    made = made_of(world, tmp_path / "b")
    told = manifest(tmp_path / "b")
    schema = json.loads((Path(__file__).parents[2] / "docs/schemas/bundle.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    files = {each["path"]: each for each in told["files"]}  # type: ignore[attr-defined, index]
    there = tree(tmp_path / "b")
    digest = there.pop("manifest.json")
    assert digest == made.digest
    sums = there.pop("SHA256SUMS")
    assert there == {path: each["sha256"] for path, each in files.items()}
    assert (
        sums
        == hashlib.sha256(
            "".join(f"{each['sha256']}  {path}\n" for path, each in files.items()).encode()
            + f"{digest}  manifest.json\n".encode()
        ).hexdigest()
    )
    assert files["wheels/filelock-3.20.0-py3-none-any.whl"]["hash_from"] == "lock"
    assert told["target"] == {"system": "linux", "arch": "x86_64", "python": MINOR, "glibc": "2.17"}
    assert [each.code for each in made.findings] == ["bundle-without-python"]
    assert not (tmp_path / "b/.envdoc-bundle").exists()


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_it_is_installed_without_any_index(world: tuple[Index, Path], tmp_path: Path, engine: str) -> None:
    made_of(world, tmp_path / "b")
    world[0].stop()
    root = tmp_path / "my env 环境"
    result = installed(decided(tmp_path / "b", root, engine=engine), engine)
    assert result.findings == ()
    assert result.usable
    found = versions(next(root.glob("lib/python*/site-packages")))
    found = {name: version for name, version in found.items() if name not in ("pip", "setuptools")}
    assert found == {
        "torch": "2.8.0+cpu",
        "torchvision": "0.23.0+cpu",
        "torchaudio": "2.8.0+cpu",
        "numpy": "2.2.6",
        "huggingface-hub": "0.36.0",
        "filelock": "3.20.0",
        "uvloop": "0.22.1",
    }
    again = installed(decided(tmp_path / "b", root, engine=engine), engine)
    assert again.usable
    assert not again.changed


class Cut(LocalHost):
    """A host on which somebody presses Ctrl-C in the middle of the fourth download."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 3

    def download(self, url: str, path: str, *, timeout: float, limit: int, resume: bool = False) -> Fact[str]:
        self.left -= 1
        if self.left >= 0:
            return super().download(url, path, timeout=timeout, limit=limit, resume=resume)
        Path(f"{path}.part").write_bytes(requests.get(url, timeout=10).content[:100])
        raise KeyboardInterrupt


def test_an_interrupted_making_goes_on_and_half_a_file_never_counts(
    world: tuple[Index, Path], tmp_path: Path
) -> None:
    out = tmp_path / "b"
    with pytest.raises(KeyboardInterrupt):
        made_of(world, out, host=Cut())
    assert not (out / "manifest.json").exists()
    assert list((out / "wheels").glob("*.part"))
    assert codes(decided(out, tmp_path / "env")) == ["bundle-incomplete"]
    assert not (tmp_path / "env").exists()
    whole = {path: path.stat().st_mtime_ns for path in (out / "wheels").glob("*.whl")}
    assert len(whole) == 3
    made_of(world, out)
    assert {path: path.stat().st_mtime_ns for path in whole} == whole  # not fetched again
    assert not list(out.rglob("*.part"))
    assert codes(decided(out, tmp_path / "env")) == []


def test_what_is_not_the_promised_file_makes_no_bundle(world: tuple[Index, Path], tmp_path: Path) -> None:
    index, name = world[0], "filelock-3.20.0-py3-none-any.whl"
    index.shelves["pypi"][name] = wheel("filelock", "3.20.0", {"filelock/other.py": "x = 1\n"})
    with pytest.raises(RefusedError) as refused:
        made_of(world, tmp_path / "b")
    assert [each.code for each in refused.value.findings] == ["bundle-file-bad"]
    assert "filelock-3.20.0" in refused.value.findings[0].summary
    assert not (tmp_path / "b/manifest.json").exists()
    assert not (tmp_path / "b/wheels" / name).exists()


CHANGES = {
    "a byte": lambda b: _flip(b / "wheels/filelock-3.20.0-py3-none-any.whl"),
    "longer": lambda b: _append(b / "wheels/filelock-3.20.0-py3-none-any.whl"),
    "added": lambda b: (b / "wheels/evil-1-py3-none-any.whl").write_bytes(b"x"),
    "a link": lambda b: _link(b / "wheels/filelock-3.20.0-py3-none-any.whl"),
    "manifest": lambda b: _append(b / "manifest.json"),
    "starter": lambda b: _append(b / "install.sh"),
    "outside": lambda b: _names_outside(b),
}


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _link(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere.whl")
    path.symlink_to("../elsewhere.whl")


def _names_outside(folder: Path) -> None:
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    text = text.replace('"wheels/filelock-3', '"wheels/../../filelock-3')
    (folder / "manifest.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_bundle_is_refused_before_anything_is_made(
    world: tuple[Index, Path], tmp_path: Path, change: str
) -> None:
    made_of(world, tmp_path / "b")
    CHANGES[change](tmp_path / "b")
    resolved = decided(tmp_path / "b", tmp_path / "env")
    assert codes(resolved) == ["bundle-changed"]
    assert resolved.plan is None
    assert not (tmp_path / "env").exists()


def test_an_environment_is_as_it_was_after_a_bundle_was_refused(world: tuple[Index, Path], tmp_path: Path) -> None:
    made_of(world, tmp_path / "b")
    root = tmp_path / "env"
    assert installed(decided(tmp_path / "b", root)).usable
    before = tree(root)
    (tmp_path / "b/wheels/filelock-3.20.0-py3-none-any.whl").unlink()
    assert codes(decided(tmp_path / "b", root)) == ["bundle-incomplete"]
    assert tree(root) == before


def test_a_bundle_of_another_system_is_refused(world: tuple[Index, Path], tmp_path: Path) -> None:
    made_of(world, tmp_path / "b", system="windows" if sys.platform == "linux" else "linux")
    resolved = decided(tmp_path / "b", tmp_path / "env")
    assert codes(resolved) == ["bundle-foreign"]
    assert "made for" in resolved.resolution.findings[0].evidence[0]


def test_a_bundle_of_a_newer_envdoc_is_refused(world: tuple[Index, Path], tmp_path: Path) -> None:
    made_of(world, tmp_path / "b")
    file = tmp_path / "b/manifest.json"
    told = {"schema": 99, **{name: value for name, value in manifest(tmp_path / "b").items() if name != "schema"}}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert codes(decided(tmp_path / "b", tmp_path / "env")) == ["bundle-foreign"]


@pytest.mark.parametrize(("gpu", "driver"), [((), ""), (("RTX 4090",), "580"), (("RTX 5060 Ti",), "550.54.14")])
def test_a_machine_that_does_not_meet_its_conditions_is_refused(
    gpu_world: tuple[Index, Path], tmp_path: Path, gpu: tuple[str, ...], driver: str
) -> None:
    made = made_of(gpu_world, tmp_path / "b", gpus=("RTX 5060 Ti",))
    assert (made.manifest.conditions.cuda, made.manifest.conditions.gpus) == ("cu128", ("RTX 5060 Ti",))
    assert made.manifest.conditions.driver_least.startswith("57")
    resolved = decided(tmp_path / "b", tmp_path / "env", what_if=WhatIf(gpu, not gpu, driver))
    assert codes(resolved)[0] == "bundle-does-not-fit"
    assert len(codes(resolved)) > 1  # the resolver says why
    assert resolved.plan is None


def test_a_machine_that_meets_its_conditions_gets_it(gpu_world: tuple[Index, Path], tmp_path: Path) -> None:
    made_of(gpu_world, tmp_path / "b", gpus=("RTX 5060 Ti",))
    gpu_world[0].stop()
    resolved = decided(tmp_path / "b", tmp_path / "env", what_if=WhatIf(("RTX 5070",), False, "580"))
    assert installed(resolved).usable
    assert resolved.resolution.cuda == "cu128"


def test_a_bundle_of_a_users_own_profile_is_checked_where_the_profile_is_not(
    gpu_world: tuple[Index, Path], tmp_path: Path
) -> None:
    """Its lock comes with the bundle: the check after the installation proposes by it, and asks for no file."""
    made_of(gpu_world, tmp_path / "b", gpus=("RTX 5060 Ti",))
    shutil.rmtree(gpu_world[1].parent / "locks")
    resolved = decided(tmp_path / "b", tmp_path / "env", what_if=WhatIf(("RTX 5070",), False, "580"))
    assert resolved.profile is not None
    machine = obtain(LocalHost(), MachineWish(python=sys.executable))  # no torch: there is something to propose
    reasons = [
        Prover(LocalHost(), replace(resolved, locks=locks), lambda _: None)._check(machine).reason
        for locks in (resolved.locks, None)
    ]
    assert reasons == ["torch-whole was not checked", "torch-build crashed"]


def archive(path: Path, kind: str) -> Path:
    """A Python archive as they come: the starter of one interpreter that is here; or one that climbs out."""
    inner = f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n".encode()
    name = "../../climbed" if kind == "climbs" else "python/bin/python3"
    with tarfile.open(path, "w:gz") as opened:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(inner), 0o755
        opened.addfile(member, io.BytesIO(inner))
    return path


def test_the_python_of_the_bundle_is_taken_where_there_is_none(world: tuple[Index, Path], tmp_path: Path) -> None:
    made = made_of(world, tmp_path / "b", python=str(archive(tmp_path / "p.tar.gz", "standalone")))
    assert made.manifest.python_file == "python/p.tar.gz"
    assert made.findings == ()
    resolved = without_pythons(decided(tmp_path / "b", tmp_path / "env"))
    result = installed(resolved)
    assert next(step.detail for step in result.steps).endswith("/env/.envdoc/python")
    assert result.usable


def test_an_archive_that_climbs_out_of_its_folder_is_refused(world: tuple[Index, Path], tmp_path: Path) -> None:
    made_of(world, tmp_path / "b", python=str(archive(tmp_path / "p.tar.gz", "climbs")))
    before = tree(tmp_path)
    result = installed(without_pythons(decided(tmp_path / "b", tmp_path / "env")))
    assert [each.code for each in result.findings] == ["archive-unsafe"]
    ours = {name for name in tree(tmp_path) if name not in before}
    assert all(name.startswith("env/.envdoc/") for name in ours), ours
    assert not (tmp_path / "env/.envdoc/python").exists()


def without_pythons(resolved: Resolved) -> Resolved:
    assert resolved.plan is not None
    first, *rest = resolved.plan.steps
    assert isinstance(first, ProvidePython)
    return replace(resolved, plan=replace(resolved.plan, steps=(replace(first, known=()), *rest)))


def test_a_folder_of_other_things_is_not_taken(world: tuple[Index, Path], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("x")
    with pytest.raises(Exception, match="not empty"):
        made_of(world, tmp_path / "mine")
    assert tree(tmp_path / "mine") == {"thesis.txt": hashlib.sha256(b"x").hexdigest()}


def test_a_second_making_is_quick_and_takes_away_what_is_no_longer_needed(
    world: tuple[Index, Path], tmp_path: Path
) -> None:
    first = made_of(world, tmp_path / "b")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "b/wheels").iterdir()}
    (tmp_path / "b/wheels/old-1-py3-none-any.whl").write_bytes(b"old")
    second = made_of(world, tmp_path / "b")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "b/wheels").iterdir()} == times
    assert first.manifest.files == second.manifest.files


def test_credentials_of_a_mirror_are_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_world(tmp_path, monkeypatch) as world:
        world[0].user = "me:s3cr3t-t0ken"
        monkeypatch.setenv("UV_DEFAULT_INDEX", world[0].url("pypi", credentials=True))
        monkeypatch.setenv("ENVDOC_PYTORCH_INDEX", world[0].root(credentials=True) + "/{cuda}")
        made_of(world, tmp_path / "b")
        every = [path for path in (tmp_path / "b").rglob("*") if path.is_file()]
        assert every
        assert not [path for path in every if b"s3cr3t" in path.read_bytes()]


def test_wishes_that_the_bundle_has_decided_are_refused(
    world: tuple[Index, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_of(world, tmp_path / "b")
    for more in (["--torch", "2.7"], ["--profile", "cpu"], ["--mirror", "nju"], ["--with", "flash-attn"]):
        assert app.run(["install", "--offline", str(tmp_path / "b"), *more, "--yes"]) == 2
        assert "cannot be used with `--offline`" in capsys.readouterr().err


def test_the_plan_takes_everything_from_the_bundle_by_hash(world: tuple[Index, Path], tmp_path: Path) -> None:
    made_of(world, tmp_path / "b")
    plan = decided(tmp_path / "b", tmp_path / "env").plan
    assert plan is not None
    for step in plan.steps:
        if isinstance(step, InstallPackages):
            assert [source.url for source in step.sources] == [str(tmp_path / "b/wheels")]
            pinned = {re.sub(r"[-_.]+", "-", pin.partition("==")[0]) for pin in step.hashes}
            assert pinned == {re.split(r"-\d", each)[0].replace("_", "-") for each in names(tmp_path / "b")}
