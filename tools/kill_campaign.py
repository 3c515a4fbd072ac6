"""Kill installer operations at random moments, by every signal, then go on: the original or the finished state.

    python tools/kill_campaign.py --rounds 60 --folder /tmp/kills [--tmpfs] [--operations with without bundle …]

Each round takes an operation (install, adopt, rollback, remove, remake, fix; or those of `campaign_parts`: a part
added and taken away in place, a bundle, conda) and a signal (KILL, TERM, INT, HUP, once or again and again), kills
the operation at a random moment of the time that it takes, half of the times kills the next one too, and then ends
with the same command or with another one. What is there afterwards must be, byte for byte, mode for mode and time for
time, what it was before or what an undisturbed operation makes. `--tmpfs` mounts one at the folder (root only), where
directories have another order. Exit 1 if any round differs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import campaign_kit as kit
import campaign_parts as parts

KIT = Path(__file__).with_name("campaign_kit.py")
OPERATIONS = ("install", "adopt", "rollback", "remove", "remake", "fix")
# What may differ: a bundle says when it was made (`whole_bundle` reads it); uv leaves a package's empty folder.
LET_BE = {"bundle": ("manifest.json", "SHA256SUMS"), "without": ("share/big_c",)}
SIGNALS = ("KILL", "TERM", "INT", "HUP")


@dataclass
class Bench:
    """One folder with its prepared environments. Every round works at the same path: scripts hold it."""

    folder: Path
    times: dict[str, float] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.folder / "env"

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    def ready(self, name: str) -> Path:
        return self.folder / "ready" / name

    def start(self, operation: str) -> subprocess.Popen[bytes]:
        argv = [sys.executable, str(KIT), operation, str(self.root), str(self.wheels), str(self.folder / "cache")]
        return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def whole(self, operation: str) -> tuple[int, str]:
        _, err = (run := self.start(operation)).communicate(timeout=300)
        return run.returncode, err.decode(errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tmpfs", action="store_true")
    parser.add_argument("--files", type=int, default=40, help="modules of each package")
    parser.add_argument("--operations", nargs="+", default=OPERATIONS, choices=(*OPERATIONS, *parts.ROADS))
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with mounted(arguments.folder, arguments.tmpfs), worlds(arguments.folder, arguments.operations):
        bench = Bench(arguments.folder)
        prepare(bench, arguments.files)
        prepare_parts(bench, arguments.operations)
        rounds(bench, arguments.rounds, arguments.operations)
    for what, count in sorted(bench.told.items()):
        print(f"{count:5} {what}")
    print(f"{bench.told['kills that hit']} kills that hit, {len(bench.failures)} failures")
    for each in bench.failures:
        print(each)
    return 1 if bench.failures else 0


def rounds(bench: Bench, wanted: int, operations: Sequence[str]) -> None:
    """So many, or until Ctrl-C; each tenth says how far it is."""
    with contextlib.suppress(KeyboardInterrupt):
        for number in range(wanted):
            name = SIGNALS[(number // len(operations)) % len(SIGNALS)]
            one_round(bench, operations[number % len(operations)], name)
            if number % 10 == 9:
                print(f"{number + 1} rounds, {len(bench.failures)} failures", flush=True)


@contextlib.contextmanager
def mounted(folder: Path, wanted: bool):  # type: ignore[no-untyped-def]
    if wanted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        if wanted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def worlds(folder: Path, operations: Sequence[str]) -> contextlib.AbstractContextManager[None]:
    """What the operations of `campaign_parts` need around them."""
    return parts.world(folder) if set(operations) & parts.ROADS.keys() else contextlib.nullcontext()


def prepare_parts(bench: Bench, operations: Sequence[str]) -> None:
    """What each of those leads to undisturbed; what one of them begins with is made by those before it."""
    if not set(operations) & parts.ROADS.keys():
        return
    for operation, (start, end) in parts.ROADS.items():
        shutil.rmtree(bench.root, ignore_errors=True)
        if start:
            kit.copy(bench.ready(start), bench.root)
        measured(bench, operation)
        if end == "theirs":
            expect(bench, "theirs", f"an undisturbed {operation}")
        else:
            bench.root.mkdir(exist_ok=True)  # a removal takes it too
            kit.copy(bench.root, bench.ready(end))


def prepare(bench: Bench, files: int) -> None:
    """Environments before each operation, and how long each takes undisturbed."""
    for name in ("env", "ready"):
        shutil.rmtree(bench.folder / name, ignore_errors=True)
    bench.ready("").mkdir(parents=True)
    kit.wheels(bench.wheels, files)
    kit.somebodys(bench.root, bench.wheels, bench.folder / "cache")
    kit.copy(bench.root, bench.ready("theirs"))
    measured(bench, "adopt")
    kit.copy(bench.root, bench.ready("adopted"))
    measured(bench, "rollback")
    expect(bench, "theirs", "an undisturbed rollback")
    shutil.rmtree(bench.root)
    measured(bench, "install")
    (bench.root / "bin/mine.sh").write_text("mine")
    (bench.root / "lib/mine.py").write_text("mine")
    kit.copy(bench.root, bench.ready("made"))
    measured(bench, "remove")
    kit.copy(bench.root, bench.ready("removed"))
    bench.times |= {"remake": bench.times["install"], "fix": bench.times["install"]}


def measured(bench: Bench, operation: str) -> None:
    began = time.monotonic()
    code, err = bench.whole(operation)
    bench.times[operation] = time.monotonic() - began
    if code:
        sys.exit(f"undisturbed {operation} ended with {code}: {err}")


def before(bench: Bench, operation: str) -> str:
    """Put the environment of an operation in its place; the plan's operation that does it."""
    shutil.rmtree(bench.root, ignore_errors=True)
    if operation in parts.ROADS:
        start = parts.ROADS[operation][0]
        if start:
            kit.copy(bench.ready(start), bench.root)
        return operation
    start = {"adopt": "theirs", "rollback": "adopted", "remove": "made", "remake": "made", "fix": "made"}.get(
        operation
    )
    if start:
        kit.copy(bench.ready(start), bench.root)
    if operation == "remake":  # as if it had been made with another Python
        cfg = bench.root / "pyvenv.cfg"
        cfg.write_text(cfg.read_text().replace("version_info = 3.", "version_info = 2."))
        (bench.root / ".envdoc/state.json").write_text("{}")
        drop_last_step(bench)
    if operation == "fix":
        shutil.rmtree(next(bench.root.glob("lib/python3*/site-packages/big_a-*.dist-info")))
    return "install" if operation in ("remake", "fix") else operation


def drop_last_step(bench: Bench) -> None:
    """Let the journal end in the midst of making the environment."""
    journal = bench.root / ".envdoc/journal.jsonl"
    lines = journal.read_bytes().split(b"\n")
    cut = next(place for place, line in enumerate(lines) if b'"environment"' in line and b'"started"' in line)
    journal.write_bytes(b"\n".join(lines[: cut + 1]) + b"\n")


def one_round(bench: Bench, operation: str, name: str) -> None:
    does = before(bench, operation)
    again = random.random() < 0.5
    for _ in range(2 if again else 1):
        kill(bench, does, name, bench.times[operation])
    bench.told[f"{operation} killed by {name}"] += 1
    after(bench, operation, does, name)


def kill(bench: Bench, does: str, name: str, whole: float) -> None:
    run = bench.start(does)
    repeated = random.random() < 0.3
    time.sleep(random.uniform(0.0, 1.0) * whole)
    hit = run.poll() is None
    for _ in range(4 if repeated else 1):
        with contextlib.suppress(ProcessLookupError):
            os.kill(run.pid, getattr(signal, f"SIG{name}"))
        time.sleep(0.02)
    run.communicate(timeout=300)
    bench.told["kills that hit"] += hit
    bench.told["of them repeated signals"] += hit and repeated


def after(bench: Bench, operation: str, does: str, name: str) -> None:
    """Go on by the same command or by another; what must be there then."""
    where = f"{operation}/{name} cut at [{kit.newest(bench.root)}]"
    if operation in parts.ROADS:
        after_part(bench, operation, where)
        return
    turned = operation in ("adopt", "rollback") and random.random() < 0.5
    if operation == "adopt" and turned:
        if "backup/complete.json" in own_files(bench) or "rolling" in kit.newest(bench.root):
            must(bench, "rollback", where)
        expect(bench, "theirs", where + ", then rolled back")
    elif operation == "rollback" and turned:  # an installation goes on from there, and is rolled back again
        must(bench, "adopt", where)
        must(bench, "rollback", where)
        expect(bench, "theirs", where + ", adopted and rolled back")
    elif operation == "rollback":
        if "backup/complete.json" in own_files(bench):
            must(bench, "rollback", where)
        expect(bench, "theirs", where)
    elif operation == "remove":
        if (bench.root / ".envdoc").exists():
            must(bench, "remove", where)
        expect(bench, "removed", where)
    else:
        must(bench, does, where)
        if operation == "adopt":
            must(bench, "rollback", where)
            expect(bench, "theirs", where + ", finished and rolled back")
        else:
            finished(bench, operation, where)


def after_part(bench: Bench, operation: str, where: str) -> None:
    """The same again or what undoes it, then what must be there."""
    end = parts.ROADS[operation][1]
    if operation in parts.PLAIN:
        begun = {"rollback": "backup/complete.json" in own_files(bench), "remove": (bench.root / ".envdoc").exists()}
        if begun[parts.PLAIN[operation]]:
            must(bench, operation, where)
    elif operation == "adopt-with":
        turned = random.random() < 0.5
        if not turned:
            must(bench, operation, where)
            expect(bench, end, f"{where}, finished")
        if not turned or "backup/complete.json" in own_files(bench):
            must(bench, "rollback", where)
        end = "theirs"
    else:
        again, end = parts.INSTEAD.get(operation, (operation, end)) if random.random() < 0.3 else (operation, end)
        must(bench, again, where)
        where = f"{where}, then {again}"
    if end == "bundle":
        bench.failures += [f"{where}: {told}" for told in parts.whole_bundle(bench.root)]
    bench.root.mkdir(exist_ok=True)
    expect(bench, end, where)


def own_files(bench: Bench) -> set[str]:
    own = bench.root / ".envdoc"
    return {path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file()} if own.exists() else set()


def must(bench: Bench, operation: str, where: str) -> None:
    code, err = bench.whole(operation)
    if code:
        bench.failures.append(f"{where}: {operation} ended with {code}: {err[-500:]}")


def expect(bench: Bench, name: str, where: str) -> None:
    times = name == "theirs"
    now, then = (kit.picture(root, times=times, own=bench.root) for root in (bench.root, bench.ready(name)))
    found = [path for path in kit.differences(now, then) if path not in LET_BE.get(name, ())]
    if found:
        bench.failures.append(f"{where}: differs from `{name}`: {found[:6]}")


def finished(bench: Bench, operation: str, where: str) -> None:
    made = kit.picture(bench.ready("made"), times=False, own=bench.root)
    now = kit.picture(bench.root, times=False, own=bench.root)
    ours = {path for path in made if not path.endswith(("mine.sh", "mine.py"))}
    found = [path for path in kit.differences(made, now) if operation != "install" or path in ours | now.keys()]
    if found:
        bench.failures.append(f"{where}: differs from an undisturbed one: {found[:6]}")


if __name__ == "__main__":
    sys.exit(main())
