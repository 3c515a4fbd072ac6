"""An environment that envdoc did not make: refused without adopting, changed after it, given back whole."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from installer_kit import PYPI, FakeHost, World, done, fake_uv, make_environment, plan_of, write_dist

from envdoc import installer
from envdoc.errors import EnvdocError, UsageError
from envdoc.installer import restore
from envdoc.model.plan import AdoptEnvironment, InstallPackages, Plan, Prove


def theirs(root: Path) -> dict[str, str]:
    """Somebody's environment, with what can not be fetched again; returns its files by content."""
    site = make_environment(root)
    write_dist(site, "torch", "2.3.0+cu121")
    write_dist(site, "numpy", "1.26.4", {"numpy/core/old.py": "old = 1\n"})
    write_dist(site, "of-mine", "0.1.dev0", {"of_mine.pth": "/home/me/src\n"})
    (site / "loose.py").write_text("mine = 1\n")
    (root / "data").mkdir()
    (root / "data/notes.txt").write_text("notes")
    (root / "lib64").symlink_to("lib")
    return tree(root)


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): str(path.readlink())
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if ".envdoc" not in path.parts and (path.is_symlink() or path.is_file())
    }


def adopting(root: Path) -> Plan:
    lock = ("torch==2.7.1+cu128", "numpy==2.2.6", "trl==1.0")
    return Plan(
        str(root),
        "test",
        (
            AdoptEnvironment(str(root)),
            InstallPackages("all", "Install", lock, lock, (PYPI,)),
            Prove(("import:torch",)),
        ),
    )


def test_without_adopting_it_is_not_touched(world: World) -> None:
    before = theirs(world.root)
    with pytest.raises(UsageError) as caught:
        world.execute()
    assert caught.value.code == "environment-not-ours"
    assert caught.value.message == f"envdoc did not make the environment {world.root}"
    assert "--adopt" in caught.value.hint
    assert tree(world.root) == before
    assert not (world.root / ".envdoc").exists()


def test_adopted_changed_and_rolled_back_is_what_it_was(world: World) -> None:
    before = theirs(world.root)
    result = world.execute(adopting(world.root))
    assert {step.id: step.status.value for step in result.steps} == {"adopt": "done", "all": "done", "prove": "done"}
    assert result.steps[0].detail.startswith("3 packages, ")
    assert world.state()["kind"] == "adopted"
    after = tree(world.root)
    assert after != before
    (world.root / "data/new.txt").write_text("written since")
    result = installer.rollback(world.host, str(world.root))
    assert result.findings == ()
    assert not result.usable
    assert result.changed
    assert tree(world.root) == {**before, "data/new.txt": hashlib.sha256(b"written since").hexdigest()}
    assert not (world.root / ".envdoc/state.json").exists()
    assert [entry.event for entry in installer.history(str(world.root))][-2:] == ["rolling-back", "rolled-back"]


def test_adopting_alone_changes_nothing_and_a_plan_goes_on_from_there(world: World) -> None:
    before = theirs(world.root)
    installer.adopt(world.host, str(world.root))
    assert tree(world.root) == before
    assert world.state()["state"] == "adopted"
    assert all("-S" in call for call in world.host.calls)  # only its Python is asked where it keeps its packages
    assert world.statuses(adopting(world.root)) == {"adopt": "unchanged", "all": "done", "prove": "done"}


def test_after_rolling_back_it_must_be_adopted_again(world: World) -> None:
    theirs(world.root)
    world.execute(adopting(world.root))
    installer.rollback(world.host, str(world.root))
    with pytest.raises(UsageError, match="envdoc did not make"):
        world.execute()
    assert world.execute(adopting(world.root)).usable
    with pytest.raises(UsageError) as caught:
        installer.rollback(world.host, str(world.root)) and installer.rollback(world.host, str(world.root))
    assert caught.value.code == "nothing-to-roll-back"


def test_a_rollback_cut_short_is_not_usable_and_can_be_run_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = theirs(world.root)
    world.execute(adopting(world.root))
    with monkeypatch.context() as patch:
        patch.setattr(restore, "put_back", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            installer.rollback(world.host, str(world.root))
    assert world.state()["state"] == "building"
    installer.rollback(world.host, str(world.root))
    assert tree(world.root) == before


def test_an_adoption_cut_short_is_taken_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = theirs(world.root)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(EnvdocError) as caught:
            world.execute(adopting(world.root))
    assert caught.value.code == "disk-full"
    assert world.execute(adopting(world.root)).usable
    installer.rollback(world.host, str(world.root))
    assert tree(world.root) == before


def test_a_file_edited_in_place_since_is_told(world: World) -> None:
    theirs(world.root)
    world.execute(adopting(world.root))
    site = next(world.root.glob("lib/python*/site-packages"))
    with (site / "loose.py").open("a") as file:
        file.write("edited = 1\n")
    result = installer.rollback(world.host, str(world.root))
    assert [(finding.code, finding.evidence) for finding in result.findings] == [
        ("backup-changed", ("lib/python3.12/site-packages/loose.py: edited in place since",))
    ]


def test_a_package_of_theirs_that_a_kill_damaged_is_put_back(world: World) -> None:
    theirs(world.root)
    site = next(world.root.glob("lib/python*/site-packages"))
    good = list(world.host.answers)

    def killed(*_: object) -> None:
        (site / "of_mine-0.1.dev0.dist-info/RECORD").unlink()
        (site / "of_mine/__init__.py").unlink()
        raise KeyboardInterrupt

    world.host.answers = [("uv pip install", killed), *good]  # type: ignore[list-item]
    with pytest.raises(EnvdocError):
        world.execute(adopting(world.root))
    world.host.answers = good
    result = world.execute(adopting(world.root))
    assert result.usable
    assert result.steps[1].detail == "3 packages installed; mended first: of-mine (no RECORD)"
    assert (site / "of_mine/__init__.py").is_file()


@pytest.mark.parametrize(("minor", "usable"), [("3.12", True), ("3.11", False)])
def test_a_plan_that_makes_never_remakes_an_adopted_one(world: World, minor: str, usable: bool) -> None:
    before = theirs(world.root)
    installer.adopt(world.host, str(world.root))
    world.host.answers.insert(
        0,
        (re.escape(f"{world.root.as_posix()}/bin/python -I"), lambda argv, _: done(argv, f"{minor}.9 64 cpython\n")),
    )
    result = world.execute()
    assert result.usable is usable
    assert [finding.code for finding in result.findings] == ([] if usable else ["environment-broken"])
    assert not any("venv" in call for call in world.host.calls)
    installer.rollback(world.host, str(world.root))
    assert tree(world.root) == before


def test_the_copy_takes_no_room(world: World) -> None:
    theirs(world.root)
    installer.adopt(world.host, str(world.root))
    kept = world.root / ".envdoc/backup/files/lib/python3.12/site-packages/numpy/core/old.py"
    assert kept.stat().st_nlink == 2


def test_systems_own_python_and_conda_base_are_never_adopted(tmp_path: Path) -> None:
    host = FakeHost()
    system, base = tmp_path / "usr", tmp_path / "miniconda3"
    (system / "bin").mkdir(parents=True)
    (base / "conda-meta").mkdir(parents=True)
    (base / "condabin").mkdir()
    for root, words in ((system, "no virtual or conda environment"), (base, "conda's base environment")):
        with pytest.raises(UsageError) as caught:
            installer.adopt(host, str(root))
        assert caught.value.code == "system-interpreter"
        assert caught.value.message == f"{root} is {words}: envdoc never changes a system's own Python"
        assert not (root / ".envdoc").exists()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_folder_with_other_things_is_refused(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "home"
    if kind == "file":
        root.write_text("a file")
    else:
        (root / "photos").mkdir(parents=True)
    with pytest.raises(UsageError) as caught:
        World(root, FakeHost()).execute()
    assert caught.value.code == "environment-not-ours"


def test_remove_takes_what_envdoc_made_and_leaves_the_rest(world: World) -> None:
    world.execute()
    (world.root / "outputs").mkdir()
    (world.root / "outputs/adapter.bin").write_text("weights")
    result = installer.remove(world.host, str(world.root))
    assert result.steps[0].detail == "kept what envdoc did not make: outputs"
    assert [path.relative_to(world.root).as_posix() for path in world.root.rglob("*")] == [
        "outputs",
        "outputs/adapter.bin",
    ]


def test_remove_of_an_environment_with_nothing_else_leaves_nothing(world: World) -> None:
    world.execute()
    installer.remove(world.host, str(world.root))
    assert not world.root.exists()


def test_remove_where_what_is_open_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows removes no open file and moves no folder that holds one: the lock goes once it is released."""
    from envdoc.installer import trash

    monkeypatch.setattr(trash, "OPEN_STAYS", True)
    renamed: list[Path] = []
    monkeypatch.setattr(trash, "_renamed", lambda path, _: renamed.append(path) or False)
    world.execute()
    installer.remove(world.host, str(world.root))
    assert not world.root.exists()
    assert world.root / ".envdoc" not in renamed
    world.execute()
    (world.root / "mine.txt").write_text("mine")
    installer.remove(world.host, str(world.root))
    assert [path.name for path in world.root.iterdir()] == ["mine.txt"]


def test_remove_and_history_refuse_what_is_not_ours(world: World) -> None:
    theirs(world.root)
    for call in (
        lambda: installer.remove(world.host, str(world.root)),
        lambda: installer.history(str(world.root)),
        lambda: installer.rollback(world.host, str(world.root)),
    ):
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.code == "environment-not-ours"
    installer.adopt(world.host, str(world.root))
    with pytest.raises(UsageError):
        installer.remove(world.host, str(world.root))


def test_a_made_environment_has_nothing_to_roll_back_to(world: World) -> None:
    world.execute()
    with pytest.raises(UsageError) as caught:
        installer.rollback(world.host, str(world.root))
    assert caught.value.code == "nothing-to-roll-back"


def test_a_half_written_package_is_installed_anew(world: World) -> None:
    good = list(world.host.answers)

    def killed(argv: tuple[str, ...], env: dict[str, str]) -> None:
        dict(good)["uv pip install"](argv, env)
        site = next(world.root.glob("lib/python*/site-packages"))
        (site / "trl/__init__.py").write_text("")  # cut short
        (site / "numpy-2.2.6.dist-info/INSTALLER").unlink()
        for left in (world.root / "bin/.tmpCn74rf", site / "trl/.tmp0aZ9bQ"):
            left.write_text("")
        raise KeyboardInterrupt

    world.host.answers = [("steps/stack", killed), *good]  # type: ignore[list-item]
    with pytest.raises(EnvdocError):
        world.execute()
    world.host.answers = good
    result = world.execute()
    assert result.usable
    assert [path.name for path in world.root.rglob(".tmp*")] == []
    details = {step.id: step.detail for step in result.steps}
    assert details["stack"] == (
        "2 packages installed; mended first: numpy (numpy-2.2.6.dist-info/INSTALLER is missing or cut short), "
        "trl (trl/__init__.py is missing or cut short)"
    )


def test_what_uv_says_is_masked(world: World) -> None:
    line = "Looking in indexes: https://me:hunter2@host/simple\n"
    world.host.answers.insert(0, ("steps/torch", lambda argv, _: done(argv, line, 2, "boom at https://t0ken@host/x")))
    result = world.execute()
    shown = repr(world.events) + repr(result) + (world.root / ".envdoc/logs/torch.log").read_text()
    assert "hunter2" not in shown
    assert "t0ken" not in shown
    assert "https://***@host/simple" in shown


def test_an_unlisted_command_fails_the_test(world: World) -> None:
    world.host.answers = fake_uv(world.root)[:1]
    with pytest.raises(AssertionError, match="a command that the test does not list"):
        world.execute(plan_of(world.root))
