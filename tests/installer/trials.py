"""Every call of an operation that writes: the last one, failed, the one before the power goes, or with Ctrl-C in it.

python tests/installer/trials.py FOLDER [STRIDE [MODE…]]        all of them, with counts; exit 1 if any trial differs
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from installer_kit import FakeHost, World, fake_uv, make_environment, plan_of, write_dist
from layer import Killed, Layer
from reorder import Reordered

from envdoc import installer
from envdoc.errors import EnvdocError, Interrupted
from envdoc.installer import backup, journal
from envdoc.installer.folder import Folder
from envdoc.model.plan import AdoptEnvironment, InstallPackages, Plan, Prove

MODES = ("kill", "fault", "power", "signal", "reorder 1.0", "reorder 0.5", "reorder 0.1", "reorder 0")
Picture = dict[str, object]


def picture(root: Path) -> Picture:
    """Every path but envdoc's own: kind, mode, time of files, content."""
    out: Picture = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".envdoc"):
            continue
        told = path.lstat()
        content = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        out[name] = (told.st_mode, content)
    return out


def theirs(root: Path) -> None:
    site = make_environment(root)
    write_dist(site, "torch", "2.3.0+cu121")
    write_dist(site, "numpy", "1.26.4", {"numpy/core/old.py": "old = 1\n"})
    (site / "loose.py").write_text("mine = 1\n")
    (root / "lib64").symlink_to("lib")


def adopting(root: Path) -> Plan:
    lock = ("torch==2.7.1+cu128", "numpy==2.2.6", "trl==1.0")
    steps = (AdoptEnvironment(str(root)), InstallPackages("all", "Install", lock, lock), Prove(("import:torch",)))
    return Plan(str(root), "test", steps)


def world(root: Path) -> World:
    return World(root, FakeHost(fake_uv(root)))


def install(root: Path) -> bool:
    return world(root).execute(plan_of(root)).usable


def adopt(root: Path) -> bool:
    return world(root).execute(adopting(root)).usable


def rollback(root: Path) -> bool:
    installer.rollback(FakeHost(fake_uv(root)), str(root))
    return True


def remove(root: Path) -> bool:
    installer.remove(FakeHost(fake_uv(root)), str(root))
    return True


class Bench:
    """Prepared environments, and what each operation makes of them undisturbed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "env"
        self.before: dict[str, Path] = {}
        self.finished: dict[str, Picture] = {}
        self.original: Picture = {}
        self.told: Counter[str] = Counter()
        self.failures: list[str] = []
        theirs(self.root)
        self.original = picture(self.root)
        self._keep("adopt", adopt)
        self._keep("rollback", rollback)
        shutil.rmtree(self.root)
        self._keep("install", install)
        (self.root / "lib/mine.py").write_text("mine")
        self._keep("remove", remove)

    def _keep(self, name: str, work: Callable[[Path], bool]) -> None:
        self.before[name] = self.folder / f"before {name}"
        if self.root.exists():
            copy(self.root, self.before[name])
        assert work(self.root)
        self.finished[name] = picture(self.root)

    def begin(self, name: str) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        if self.before[name].exists():
            copy(self.before[name], self.root)


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


WORK = {"adopt": adopt, "rollback": rollback, "install": install, "remove": remove}


def _layer(bench: Bench, host: FakeHost, mode: str, at: int) -> Layer:
    """`reorder 0.5`: the power goes, and half of what was done to folders since their last sync is lost."""
    name, _, share = mode.partition(" ")
    return Reordered(host, at, bench.root, float(share)) if name == "reorder" else Layer(host, mode, at)


def disturbed(bench: Bench, name: str, mode: str, at: int) -> tuple[str, int]:
    """The operation with its call number `at` hit: how it ended ("done", "failed", "killed"), and how many calls."""
    host = FakeHost(fake_uv(bench.root))
    how = "failed"
    with _layer(bench, host, mode, at) as layer:
        try:
            if name in ("install", "adopt"):
                plan = plan_of(bench.root) if name == "install" else adopting(bench.root)
                how = "done" if World(bench.root, host).execute(plan).usable else "failed"
            else:
                getattr(installer, name)(host, str(bench.root))
                how = "done"
        except Interrupted:
            how = "interrupted"
        except (EnvdocError, OSError):
            how = "failed"
        except Killed:
            how = "killed"
        except KeyboardInterrupt:
            how = "interrupted"
    return how, layer.count


def trial(bench: Bench, name: str, mode: str, at: int) -> None:
    """One disturbed operation, and the ones that come after it."""
    bench.begin(name)
    how, _ = disturbed(bench, name, mode, at)
    bench.told[f"{name} {mode} {how}"] += 1
    where = f"{name}, {mode} at call {at}, {how}"
    if how == "interrupted" and journal.is_open(journal.read(Folder(bench.root).journal)):
        bench.failures.append(f"{where}: the journal does not say where it stopped")
    if how == "done" and picture(bench.root) != bench.finished[name]:
        bench.failures.append(f"{where}: it says done and is not")
    try:
        went_on(bench, name)
    except (EnvdocError, OSError, AssertionError) as error:
        bench.failures.append(f"{where}: going on ended with {error!r}")
        return
    wanted = bench.original if name in ("adopt", "rollback") else bench.finished[name]
    now = picture(bench.root)
    if now != wanted:
        differs = sorted(path for path in now.keys() | wanted.keys() if now.get(path) != wanted.get(path))
        bench.failures.append(f"{where}: then {differs[:5]}")


def went_on(bench: Bench, name: str) -> None:
    """The same command again to its end; what was adopted is then given back."""
    if name == "rollback":
        if backup.exists(Folder(bench.root)):
            rollback(bench.root)
    elif name == "remove":
        if (bench.root / ".envdoc").exists():
            remove(bench.root)
    else:
        assert WORK[name](bench.root)
        if name == "adopt":
            assert picture(bench.root) == bench.finished["adopt"]
            rollback(bench.root)


def campaign(folder: Path, stride: int = 1, modes: Sequence[str] = MODES) -> Bench:
    """All trials, or one in `stride` of them with the last calls."""
    bench = Bench(folder)
    for name in WORK:
        bench.begin(name)
        _, total = disturbed(bench, name, "", 0)
        bench.told[f"{name} calls"] = total
        for place, mode in enumerate(modes):
            some = range(1 + place, total + 1, stride) if stride > 1 else range(1, total + 1)
            for at in sorted({*some, *range(max(total - (stride == 1) * 2, 1), total + 1)}):
                trial(bench, name, mode, at)
            print(f"{name} {mode}: {total} calls, {len(bench.failures)} failures", flush=True)
    return bench


def main(folder: str, stride: str = "1", *modes: str) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    bench = campaign(Path(folder), int(stride), modes or MODES)
    for what, count in sorted(bench.told.items()):
        print(f"{count:5} {what}")
    print(f"{len(bench.failures)} failures")
    print("\n".join(bench.failures[:40]))
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
