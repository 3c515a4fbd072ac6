"""What an attack on the way back found: each as a test of its kind."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from installer_kit import World, plan_of, write_dist
from layer import Killed
from test_adopt_rollback import adopting, theirs

import links
from envdoc import installer
from envdoc.errors import EnvdocError, Interrupted, UsageError
from envdoc.installer import journal, lock, orphans, restore, trash, written
from envdoc.installer.folder import Folder
from envdoc.model.plan import Plan, Prove

POSIX = pytest.mark.skipif(os.name == "nt", reason="names and modes of POSIX")


def picture(root: Path) -> dict[str, tuple[object, ...]]:
    """Every path outside envdoc's own folder: kind, mode, time, content."""
    out: dict[str, tuple[object, ...]] = {}
    for parent, folders, files in os.walk(root):
        for path in (Path(parent) / name for name in (*folders, *files)):
            relative = path.relative_to(root).as_posix()
            if relative.split("/")[0].startswith(".envdoc"):
                continue
            told = path.lstat()
            content: object = None
            if stat.S_ISLNK(told.st_mode):
                content = path.readlink()
            elif stat.S_ISREG(told.st_mode):
                content = path.read_bytes()
            out[relative] = (stat.S_IFMT(told.st_mode), stat.S_IMODE(told.st_mode), told.st_mtime_ns, content)
    return out


def killed(*_: object, **__: object) -> None:
    raise Killed


# A rollback that is cut short


def half_deleted(path: Path) -> None:
    """As a kill leaves a folder in the midst of its deletion: the first half of its files is gone."""
    every = sorted(each for each in path.rglob("*") if each.is_file())
    for each in every[: len(every) // 2]:
        each.unlink()
    raise Killed


def test_killed_while_the_copy_is_deleted_the_next_adoption_is_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs(world.root)
    before = picture(world.root)
    world.execute(adopting(world.root))
    with monkeypatch.context() as patch:
        patch.setattr(trash, "_delete", half_deleted)
        with pytest.raises(Killed):
            installer.rollback(world.host, str(world.root))
    assert picture(world.root) == before
    assert world.execute(adopting(world.root)).usable
    assert picture(world.root) != before
    installer.rollback(world.host, str(world.root))
    assert picture(world.root) == before
    assert not [path for path in (world.root / ".envdoc").iterdir() if path.name.startswith("gone-")]


@pytest.mark.parametrize("event", ["install", "rollback", "adopt", "fix"])
def test_an_installation_after_a_cut_rollback_begins_from_what_was_theirs(
    world: World, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    theirs(world.root)
    before = picture(world.root)
    world.execute(adopting(world.root))
    with monkeypatch.context() as patch:
        patch.setattr(restore, "put_back", killed)
        with pytest.raises(Killed):
            installer.rollback(world.host, str(world.root))
    if event == "install":  # made for an environment of its own: it was given back, so it is refused
        with pytest.raises(UsageError) as caught:
            world.execute(plan_of(world.root))
        assert caught.value.code == "environment-not-ours"
    elif event == "rollback":
        installer.rollback(world.host, str(world.root))
    else:
        assert world.execute(adopting(world.root)).usable
        installer.rollback(world.host, str(world.root))
    assert picture(world.root) == before


def test_what_a_cut_rollback_wanted_to_take_away_is_not_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script in bin is known by its RECORD only, which goes first."""
    theirs(world.root)
    before = picture(world.root)
    world.execute(adopting(world.root))
    site = world.root / "lib/python3.12/site-packages"
    (world.root / "bin/run-trl").write_text("#!\n")
    (world.root / "share/trl").mkdir(parents=True)
    (world.root / "share/trl/notes.txt").write_text("notes")
    with (site / "trl-1.0.dist-info/RECORD").open("a") as record:
        record.write("../../../bin/run-trl,,\n../../../share/trl/notes.txt,,\n")
    with monkeypatch.context() as patch:
        patch.setattr(restore, "put_back", killed)
        with pytest.raises(Killed):
            installer.rollback(world.host, str(world.root))
    assert not (site / "trl-1.0.dist-info").exists()
    installer.rollback(world.host, str(world.root))
    assert picture(world.root) == before


# A copy that cannot be trusted


@pytest.mark.parametrize("harm", ["no mark", "no manifest", "cut manifest", "another line", "mark is nonsense"])
def test_a_copy_without_its_mark_is_none(world: World, harm: str) -> None:
    theirs(world.root)
    world.execute(adopting(world.root))
    kept = world.root / ".envdoc/backup"
    manifest = (kept / "manifest.jsonl").read_bytes()
    if harm == "no mark":
        (kept / "complete.json").unlink()
    elif harm == "no manifest":
        (kept / "manifest.jsonl").unlink()
    elif harm == "mark is nonsense":
        (kept / "complete.json").write_text("[" * 100_000)
    else:
        (kept / "manifest.jsonl").write_bytes(
            manifest[:-30] if harm == "cut manifest" else manifest.replace(b"torch", b"tarch", 1)
        )
    changed = picture(world.root)
    with pytest.raises(UsageError) as caught:
        installer.rollback(world.host, str(world.root))
    assert caught.value.code == "nothing-to-roll-back"
    assert "is no whole copy" in caught.value.message
    plan = adopting(world.root)
    with pytest.raises(EnvdocError) as again:
        world.execute(Plan(plan.environment, "another", (*plan.steps[:-1], Prove(("import:numpy",)))))
    assert again.value.code == "backup-changed"
    assert picture(world.root) == changed
    assert kept.is_dir()


def test_what_stands_in_the_place_of_a_first_copy_is_moved_aside(world: World) -> None:
    theirs(world.root)
    left = world.root / ".envdoc/backup/files"
    left.mkdir(parents=True)
    (left / "only copy").write_text("x")
    before = picture(world.root)
    assert world.execute(adopting(world.root)).usable
    installer.rollback(world.host, str(world.root))
    assert picture(world.root) == before
    assert (world.root / ".envdoc/backup.unmarked-1/files/only copy").is_file()


@POSIX
def test_paths_that_changed_their_kind_modes_and_times_come_back(world: World) -> None:
    theirs(world.root)
    site = world.root / "lib/python3.12/site-packages"
    (site / "a_link").symlink_to("loose.py")
    (site / "loose.py").chmod(0o640)
    before = picture(world.root)
    world.execute(adopting(world.root))
    (site / "loose.py").unlink()
    (site / "loose.py").mkdir()
    (site / "loose.py/inside").write_text("x")
    (site / "a_link").unlink()
    (site / "a_link").mkdir()
    shutil.rmtree(site / "numpy/core")
    (site / "numpy/core").write_text("a file now")
    (site / "of_mine/__init__.py").chmod(0o777)
    (site / "of_mine").chmod(0o700)
    result = installer.rollback(world.host, str(world.root))
    assert result.findings == ()
    assert picture(world.root) == before


def test_a_kept_file_that_is_lost_is_named(world: World) -> None:
    theirs(world.root)
    world.execute(adopting(world.root))
    for place in (".envdoc/backup/files", ""):
        (world.root / place / "lib/python3.12/site-packages/numpy/core/old.py").unlink()
    result = installer.rollback(world.host, str(world.root))
    assert [finding.evidence for finding in result.findings] == [
        ("lib/python3.12/site-packages/numpy/core/old.py: gone",)
    ]


def test_what_of_the_users_a_rollback_takes_away_is_told_before(world: World) -> None:
    theirs(world.root)
    world.execute(adopting(world.root))
    assert installer.takes_away(world.host, str(world.root)) == ()
    site = world.root / "lib/python3.12/site-packages"
    write_dist(site, "wandb", "0.1")
    (site / "notebook_helper.py").write_text("mine")
    shutil.rmtree(site / "of_mine-0.1.dev0.dist-info")
    assert installer.takes_away(world.host, str(world.root)) == (
        "wandb 0.1",
        "of-mine 0.1.dev0 (removed since, comes back)",
        "lib/python3.12/site-packages/notebook_helper.py",
    )


# Odd names


@POSIX
@pytest.mark.parametrize(
    "name", [b"a\xc2\x85b.py", b"a\xe2\x80\xa8b.py", b"caf\xe9.txt", b"line\nbreak", b'"quoted"', b"\xff\xfe"]
)
def test_any_name_that_the_file_system_holds_is_given_back(world: World, name: bytes) -> None:
    theirs(world.root)
    site = world.root / "lib/python3.12/site-packages"
    odd = site / os.fsdecode(name)
    odd.write_text("odd")
    (site / "link to it").symlink_to(os.fsdecode(name))
    before = picture(world.root)
    assert world.execute(adopting(world.root)).usable
    odd.unlink()
    result = installer.rollback(world.host, str(world.root))
    assert result.findings == ()
    assert picture(world.root) == before


@POSIX
@pytest.mark.parametrize("name", [b"a\xc2\x85b", b"a\xe2\x80\xa8b", b"caf\xe9"])
def test_an_environment_under_any_name_is_made_used_and_removed(tmp_path: Path, name: bytes) -> None:
    from installer_kit import FakeHost, fake_uv

    root = tmp_path / os.fsdecode(name)
    world = World(root, FakeHost(fake_uv(root)))
    assert world.execute().usable
    world.host.answers = []
    assert set(world.statuses().values()) == {"unchanged"}
    installer.remove(world.host, str(root))
    assert not os.path.lexists(root)


def test_one_line_is_one_value_however_it_is_spelled(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    odd = "a\u0085b\u2028c\nd\udcff"  # the last is a byte of a name that is no UTF-8
    journal.append(path, journal.Entry(journal.DONE, odd, data={odd: odd}))
    (entry,) = journal.read(path)
    assert (entry.step, entry.data) == (odd, {odd: odd})
    assert path.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    "line", [b"[" * 200_000, b'{"event":' + b"9" * 10_000 + b"}", b'{"event": "done", "data": {"a": {}}}', b"\xff"]
)
def test_a_hostile_line_of_the_journal_is_left_out_or_plain(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(line + b"\n")
    assert [entry.data for entry in journal.read(path)] in ([], [{}])


# What is removed


USERS = ("bin/deploy.sh", "lib/mine.py", "share/data.csv", "etc/app.conf", "include/my.h", "man/page.1", "notes.md")


def test_remove_takes_only_what_envdoc_wrote(world: World) -> None:
    world.execute()
    site = world.root / "lib/python3.12/site-packages"
    users = {*USERS, "lib/python3.12/site-packages/helper.py", "lib/python3.12/site-packages/wandb/__init__.py"}
    for name in users:
        (world.root / name).parent.mkdir(parents=True, exist_ok=True)
        (world.root / name).write_text("mine")
    (world.root / ".gitignore").write_text("mine\n")
    (site / "numpy/__pycache__").mkdir()
    (site / "numpy/__pycache__/__init__.cpython-312.pyc").write_text("")
    result = installer.remove(world.host, str(world.root))
    left = {path.relative_to(world.root).as_posix() for path in world.root.rglob("*") if not path.is_dir()}
    assert left == {*users, ".gitignore"}
    assert result.steps[0].detail == (
        "kept what envdoc did not make: .gitignore, bin/deploy.sh, etc, include, lib/mine.py, "
        "lib/python3.12/site-packages/helper.py, lib/python3.12/site-packages/wandb, man, notes.md, share"
    )


def test_a_killed_step_counts_and_later_files_of_the_user_do_not(world: World) -> None:
    good = list(world.host.answers)

    def cut(argv: tuple[str, ...], env: dict[str, str]) -> None:
        dict(good)["uv pip install"](argv, env)
        raise KeyboardInterrupt

    world.host.answers = [("steps/stack", cut), *good]  # type: ignore[list-item]
    with pytest.raises(Interrupted):
        world.execute()
    (world.root / "lib/mine.py").write_text("mine")
    (world.root / "bin/mine.sh").write_text("mine")
    installer.remove(world.host, str(world.root))
    left = {path.relative_to(world.root).as_posix() for path in world.root.rglob("*") if not path.is_dir()}
    assert left == {"lib/mine.py", "bin/mine.sh"}


def test_an_environment_of_an_earlier_version_has_no_record_and_keeps_the_users(world: World) -> None:
    world.execute()
    (world.root / ".envdoc/written.jsonl").unlink()
    (world.root / "lib/mine.py").write_text("mine")
    installer.remove(world.host, str(world.root))
    assert [path.name for path in world.root.rglob("*") if not path.is_dir()] == ["mine.py"]


@links.NEEDED
@pytest.mark.parametrize("place", ["bin", "lib/python3.12/site-packages"])
def test_nothing_is_removed_through_a_link(world: World, tmp_path: Path, place: str) -> None:
    world.execute()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(world.root / place, elsewhere)
    shutil.rmtree(world.root / place)
    (world.root / place).symlink_to(elsewhere)
    before = picture(elsewhere)
    installer.remove(world.host, str(world.root))
    assert picture(elsewhere) == before


def test_an_installation_after_a_cut_removal_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.execute()
    with monkeypatch.context() as patch:
        patch.setattr(written, "_unlink", killed)
        with pytest.raises(Killed):
            installer.remove(world.host, str(world.root))
    assert world.execute().usable
    assert world.journal().count(("started", "environment")) == 2


def test_the_lock_of_a_removal_outlives_its_last_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.execute()
    seen = []
    unlink, delete = written._unlink, trash._delete

    def busy() -> bool:
        try:
            with lock.hold(world.root / ".envdoc/lock"):
                return False
        except EnvdocError:
            return True

    monkeypatch.setattr(written, "_unlink", lambda path: (seen.append(busy()), unlink(path)))
    monkeypatch.setattr(trash, "_delete", lambda path: (seen.append((world.root / ".envdoc").exists()), delete(path)))
    installer.remove(world.host, str(world.root))
    if not trash.OPEN_STAYS:
        assert seen.pop() is False  # the journal goes only once `.envdoc` has another name
    assert set(seen) == {True}
    assert not (world.root / ".envdoc").exists()


@pytest.mark.skipif(trash.OPEN_STAYS, reason="Windows takes no open file away")
def test_a_lock_file_that_was_taken_away_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / ".envdoc/lock"
    with lock.hold(path):
        (tmp_path / ".envdoc").rename(tmp_path / "gone")
        with lock.hold(path):
            pass


def test_a_lock_file_that_cannot_be_made_is_held_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows calls a name that is too long "not found" (2, 206)."""

    def refused(_: Path) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("envdoc.installer.lock.safefile.open_append", refused)
    with pytest.raises(FileNotFoundError), lock.hold(tmp_path / ".envdoc/lock"):
        pass


def test_the_removal_of_a_mount_point_ends_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.execute()
    real = Path.rmdir

    def rmdir(path: Path) -> None:
        if path == world.root:
            raise OSError(16, "Device or resource busy")
        real(path)

    monkeypatch.setattr(Path, "rmdir", rmdir)
    result = installer.remove(world.host, str(world.root))
    assert [step.status.value for step in result.steps] == ["done"]
    assert list(world.root.iterdir()) == []


# `.envdoc` as a trap


PLANTED = ("lock", "journal.jsonl", "state.json", "state.json.new", "written.jsonl", "theirs.json",
           "theirs.json.new", "installed.json", "variables.json", "logs", "steps", "logs/torch.log", "steps/torch",
           "backup.new", "wish.json", "steps/torch/pyproject.toml", "steps/torch/pyproject.toml.new", "going.json",
           "putting-back")  # fmt: skip


@links.NEEDED
@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("work", ["install", "adopt and roll back"])
def test_links_planted_in_its_folder_are_never_followed(world: World, tmp_path: Path, name: str, work: str) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "diary").write_text("mine")
    if work != "install":
        theirs(world.root)
    place = world.root / ".envdoc" / name
    place.parent.mkdir(parents=True)
    folder = name in ("logs", "steps", "steps/torch", "backup.new")
    place.symlink_to(victim if folder else victim / "diary")
    before = picture(victim)
    plan = plan_of(world.root) if work == "install" else adopting(world.root)
    codes = []
    try:
        world.execute(plan)
        if work != "install":
            installer.rollback(world.host, str(world.root))
    except EnvdocError as error:
        codes.append(error.code)
    assert codes in ([], ["envdoc-folder-unsafe"])
    assert picture(victim) == before


@links.NEEDED
def test_a_folder_of_its_own_that_is_a_link_is_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    world.root.mkdir()
    (world.root / ".envdoc").symlink_to(tmp_path / "victim")
    with pytest.raises(EnvdocError) as caught:
        world.execute()
    assert caught.value.code == "envdoc-folder-unsafe"
    assert list((tmp_path / "victim").iterdir()) == []


def test_a_file_with_a_second_name_is_not_appended_to(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".envdoc").mkdir()
    os.link(tmp_path / "mine", tmp_path / ".envdoc/journal.jsonl")
    with pytest.raises(EnvdocError):
        journal.append(tmp_path / ".envdoc/journal.jsonl", journal.Entry(journal.BEGIN))
    assert (tmp_path / "mine").read_text() == "mine"


@POSIX
def test_its_files_are_the_users_own(world: World) -> None:
    world.execute()
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (world.root / ".envdoc").iterdir() if path.is_file()
    }
    shared = {name for name, mode in modes.items() if mode & 0o077}
    assert shared <= {"state.json", "installed.json", "variables.json"}
    assert stat.S_IMODE((world.root / ".envdoc/logs/torch.log").stat().st_mode) == 0o600


# Damage fails closed


@pytest.mark.parametrize("text", ["", "{}", "[]", "{", '{"numpy": "2.2.6"}', '{"numpy": 2}', "[" * 100_000])
def test_a_damaged_record_of_what_is_installed_looks_again(world: World, text: str) -> None:
    world.execute()
    site = world.root / "lib/python3.12/site-packages"
    shutil.rmtree(site / "trl-1.0.dist-info")
    (world.root / ".envdoc/installed.json").write_text(text)
    result = world.execute()
    assert result.usable
    assert {step.id: step.status.value for step in result.steps}["stack"] == "done"
    assert (site / "trl-1.0.dist-info").is_dir()


@pytest.mark.parametrize("name", ["state.json", "installed.json", "variables.json", "journal.jsonl", "written.jsonl"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"null", b"[[[[", b'{"a":1}\n'])
def test_any_damaged_file_of_its_own_is_mended_by_the_next_run(world: World, name: str, content: bytes) -> None:
    world.execute()
    (world.root / ".envdoc" / name).write_bytes(content)
    assert world.execute().usable
    world.host.answers = []
    assert set(world.statuses().values()) == {"unchanged"}


# The mark of a running engine


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which the lab's Windows sees too")
def test_its_own_mark_in_the_environment_does_not_make_it_wait(tmp_path: Path) -> None:
    """The mark stands in the environment that a process was started with: so a process of its own asks."""
    import subprocess

    ask = "import sys; from pathlib import Path; from envdoc.installer import orphans, folder; "
    ask += "print(orphans.working_in(folder.Folder(Path(sys.argv[1]))))"
    argv = [sys.executable, "-c", ask, str(tmp_path)]
    marked = {**os.environ, "ENVDOC_INSTALLS_INTO": str(tmp_path)}
    for more in ({}, {"start_new_session": True}):
        done = subprocess.run(argv, env=marked, capture_output=True, text=True, check=True, **more)  # type: ignore[call-overload]
        assert done.stdout == "()\n"
    engine = subprocess.Popen(
        [sys.executable, "-c", "input()"], env=marked, stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        assert orphans.working_in(Folder(tmp_path)) == (engine.pid,)
    finally:
        engine.communicate(b"\n")


def test_an_engine_of_a_killed_run_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.root.joinpath(".envdoc").mkdir(parents=True)
    folder = Folder(world.root)
    journal.append(folder.journal, journal.Entry(journal.STARTED, step="torch"))
    answers = [(4711,), (4711,), ()]
    monkeypatch.setattr(orphans, "working_in", lambda _: answers.pop(0))
    told: list[str] = []
    orphans.wait(world.host, folder, tell=told.append)  # type: ignore[arg-type]
    assert (answers, told) == ([], ["waiting for process 4711, begun by an earlier run, to end"])
    monkeypatch.setattr(orphans, "working_in", lambda _: (4711,))
    with pytest.raises(EnvdocError) as caught:
        orphans.wait(world.host, folder, patience=0)  # type: ignore[arg-type]
    assert caught.value.code == "environment-busy"


def test_a_lost_journal_loses_no_way_back(world: World) -> None:
    theirs(world.root)
    before = picture(world.root)
    world.execute(adopting(world.root))
    (world.root / ".envdoc/journal.jsonl").unlink()
    installer.rollback(world.host, str(world.root))
    assert picture(world.root) == before
