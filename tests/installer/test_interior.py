"""What an environment is, asked of its files and of its own Python: real ones, made here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoc import installer
from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.installer import interior
from envdoc.installer.folder import Folder, folder_of
from envdoc.model.machine import System

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and scripts of POSIX")
MINOR = f"python{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    root = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    return root


def linked(path: Path, elsewhere: Path) -> None:
    """Move a folder out of the environment and leave a link to it."""
    shutil.move(str(path), elsewhere)
    path.symlink_to(elsewhere)


def site(root: Path) -> Path:
    return root / "lib" / MINOR / "site-packages"


def wrapper(root: Path, _: Path) -> None:
    python = root / "bin/python"
    python.unlink()
    python.write_text(f'#!/bin/sh\ntouch {root}/started\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)


def torch_link(root: Path, elsewhere: Path) -> None:
    elsewhere.mkdir()
    (site(root) / "torch").symlink_to(elsewhere)


def deep_link(root: Path, elsewhere: Path) -> None:
    elsewhere.mkdir()
    (site(root) / "nvidia").mkdir()
    (site(root) / "nvidia/cublas").symlink_to(elsewhere)


def conda_with_a_linked_python(root: Path, _: Path) -> None:
    (root / "pyvenv.cfg").unlink()
    (root / "conda-meta").mkdir()


def no_home(root: Path, _: Path) -> None:
    """A venv's marker without what it stands for."""
    (root / "pyvenv.cfg").unlink()
    (root / "conda-meta").mkdir()
    (root / "bin/python").unlink()
    (root / "bin/python").symlink_to(sys.executable)


CASES: dict[str, tuple[Callable[[Path, Path], None], str, str]] = {
    "lib": (lambda root, out: linked(root / "lib", out), "environment-elsewhere", "lib -> "),
    "lib/python3": (lambda root, out: linked(root / "lib" / MINOR, out), "environment-elsewhere", f"lib/{MINOR} -> "),
    "site-packages": (lambda root, out: linked(site(root), out), "environment-elsewhere", "site-packages -> "),
    "bin": (lambda root, out: linked(root / "bin", out), "environment-elsewhere", "bin -> "),
    "include": (lambda root, out: linked(root / "include", out), "environment-elsewhere", "include -> "),
    "torch": (torch_link, "environment-elsewhere", "torch -> "),
    "nvidia/cublas": (deep_link, "environment-elsewhere", "nvidia/cublas -> "),
    "wrapper": (wrapper, "system-interpreter", "is a script that starts another Python"),
    "conda-meta": (conda_with_a_linked_python, "system-interpreter", "its Python belongs to"),
    "no home": (no_home, "system-interpreter", "its Python belongs to"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_leads_out_is_refused_by_name_and_untouched(env: Path, tmp_path: Path, name: str) -> None:
    change, code, words = CASES[name]
    change(env, tmp_path / "elsewhere")
    with pytest.raises(UsageError) as caught:
        installer.adopt(LocalHost(), str(env))
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.hint
    assert not (env / ".envdoc").exists()
    assert not (env / "started").exists()


def test_a_base_prefix_with_a_stray_marker_is_refused(tmp_path: Path) -> None:
    """As /usr/local with an empty pyvenv.cfg: a Python whose prefix is its own base."""
    base = tmp_path / "usr"
    (base / "lib").mkdir(parents=True)
    (base / "bin").mkdir()
    real = Path(sys.base_prefix)
    (base / "lib" / MINOR).symlink_to(real / "lib" / MINOR)
    shutil.copy2(Path(sys.executable).resolve(), base / "bin/python")
    (base / "pyvenv.cfg").write_text("")
    with pytest.raises(UsageError) as caught:
        installer.adopt(LocalHost(), str(base))
    assert caught.value.code in ("system-interpreter", "environment-elsewhere")
    assert not (base / ".envdoc").exists()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"prefix": "/usr"}, "its Python belongs to /usr"),
        ({"base": "ROOT"}, "its Python is a base interpreter, which others build on"),
        ({"purelib": "/usr/lib/x", "platlib": "/usr/lib/x"}, "its Python installs into /usr/lib/x"),
        ({"scripts": "/usr/bin"}, "its Python installs into /usr/bin"),
        ({"platlib": "ROOT/lib64/x"}, "its Python has two package folders, ROOT/site and ROOT/lib64/x"),
        ({}, ""),
    ],
)
def test_what_its_python_says_decides(tmp_path: Path, told: dict[str, str], why: str) -> None:
    base = {"executable": "ROOT/bin/python", "prefix": "ROOT", "base": "/b", "purelib": "ROOT/site"}
    every = {**base, "platlib": "ROOT/site", "scripts": "ROOT/bin", "data": "ROOT", **told}
    answer = interior.Told(**{name: text.replace("ROOT", str(tmp_path)) for name, text in every.items()})
    assert interior._why_not(Folder(tmp_path), answer) == why.replace("ROOT", str(tmp_path))


def test_an_environment_of_its_own_is_adopted_under_any_road_to_it(env: Path, tmp_path: Path) -> None:
    (env / "lib" / "python3.1").symlink_to(MINOR)  # as conda's Pythons have it
    if not (env / "lib64").exists():
        (env / "lib64").symlink_to("lib")
    (site(env) / "a.py").symlink_to(Path(sys.executable))  # a link to a file is replaced, never written through
    way = tmp_path / "way"
    way.symlink_to(env)
    assert folder_of(str(way), System.LINUX).site_packages == way / "lib" / MINOR / "site-packages"
    installer.adopt(LocalHost(), str(way))
    assert (env / ".envdoc/backup/complete.json").is_file()


def test_packages_of_a_conda_environment_are_taken_away_again(tmp_path: Path) -> None:
    from installer_kit import make_environment, write_dist

    from envdoc.installer import backup, restore

    root = tmp_path / "conda"
    packages = make_environment(root)
    (root / "lib/python3.1").symlink_to("python3.12")
    folder = Folder(root)
    assert folder.site_packages == packages
    backup.take(folder)
    write_dist(packages, "newpkg", "9")
    assert restore.restore(folder).differs == ()
    assert [path.name for path in packages.iterdir()] == []


def test_asking_runs_no_pth_and_no_sitecustomize(env: Path) -> None:
    proof = env / "was run"
    line = f"import pathlib; pathlib.Path({str(proof)!r}).touch()\n"
    (site(env) / "evil.pth").write_text(line)
    (site(env) / "sitecustomize.py").write_text(line)
    (site(env) / "usercustomize.py").write_text(line)
    interior.check(LocalHost(), Folder(env))
    assert not proof.exists()


def test_a_python_that_hangs_is_given_up(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (env / "bin/python").unlink()
    sleep = shutil.which("sleep") or pytest.skip("no sleep")
    (env / "bin/python").symlink_to(sleep)
    monkeypatch.setattr(interior, "_TIMEOUT", 0.5)
    with pytest.raises(UsageError, match="does not say where it keeps its packages"):
        interior.check(LocalHost(), Folder(env))


def test_a_package_folder_that_became_a_link_stops_an_environment_that_envdoc_made(tmp_path: Path) -> None:
    from installer_kit import FakeHost, World, fake_uv, plan_of

    root = tmp_path / "env"
    world = World(root, FakeHost(fake_uv(root)))
    world.execute()
    linked(root / "lib/python3.12/site-packages/torch", tmp_path / "elsewhere")
    with pytest.raises(UsageError) as caught:
        world.execute(plan_of(root, torch="2.8.0+cu128"))
    assert caught.value.code == "environment-elsewhere"
