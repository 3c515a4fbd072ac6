"""Let single system calls of an operation fail, or be its last, by strace; then go on, and compare.

    python tools/fault_syscalls.py --each 25 --folder /tmp/faults [--operations adopt rollback]

An undisturbed run under strace tells which calls of envdoc's own touch the environment (files opened, written,
synced, renamed, removed, made, linked, changed, read). Then each trial hits one of them: it returns EIO or ENOSPC,
or the process is killed when it comes. "done" must be true, and the next commands must bring the original or the
finished state, byte for byte. `--each 0` hits every call. Needs strace. Exit 1 if any trial differs.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import campaign_kit as kit
import campaign_parts as parts
from kill_campaign import KIT, Bench, after, before, expect, finished, prepare, prepare_parts, worlds

CALLS = (
    *("openat", "write", "fsync", "rename", "unlink", "rmdir", "mkdir", "link", "linkat", "symlink", "chmod"),
    *("fchmod", "utimensat", "ftruncate", "truncate", "sendfile", "copy_file_range", "getdents64", "read"),
)
HOWS = ("error=EIO", "error=ENOSPC", "signal=KILL")
_LINE = re.compile(r"^(?P<name>\w+)\((?P<arguments>.*)$")

Hit = tuple[str, int]  # a call's name, and which of them it is


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=25, help="trials of each operation and way; 0: every call")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--operations", nargs="+", default=["adopt", "install", "rollback", "remove"])
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)
    random.seed(chosen.seed)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with worlds(chosen.folder, chosen.operations):
        bench, calls = Bench(chosen.folder), Counter[str]()
        prepare(bench, 4)
        prepare_parts(bench, chosen.operations)
        return trials(bench, chosen, rng, calls)


def trials(bench: Bench, chosen: argparse.Namespace, rng: random.Random, calls: Counter[str]) -> int:
    """All of them; 1 if any differs."""
    for operation in chosen.operations:
        hits = touching(bench, operation)
        calls.update(f"{operation} {name}" for name, _ in hits)
        for how in HOWS:
            some = hits if chosen.each == 0 else rng.sample(hits, min(chosen.each, len(hits)))
            for hit in some:
                trial(bench, operation, how, hit)
            print(f"{operation} {how}: {len(some)} of {len(hits)} calls, {len(bench.failures)} failures", flush=True)
    for what, count in sorted((calls | bench.told).items()):
        print(f"{count:6} {what}")
    print(f"{sum(bench.told.values())} trials, {len(bench.failures)} failures")
    print("\n".join(bench.failures[:40]))
    return 1 if bench.failures else 0


def strace(bench: Bench, operation: str, *options: str) -> tuple[int, str]:
    """envdoc alone is traced, not its engine: its calls are counted in one order, that of its main thread."""
    work = [sys.executable, str(KIT), operation, str(bench.root), str(bench.wheels), str(bench.folder / "cache")]
    done = subprocess.run(["strace", *options, *work], capture_output=True, timeout=600)
    return done.returncode, done.stderr.decode(errors="replace")


def touching(bench: Bench, operation: str) -> list[Hit]:
    """The calls of an undisturbed run that name something in the environment, by name and number."""
    does = before(bench, operation)
    log = bench.folder / "strace.log"
    code, err = strace(bench, does, "-y", "-s", "4096", "-o", str(log), "-e", f"trace={','.join(CALLS)}")
    if code:
        sys.exit(f"undisturbed {operation} ended with {code}: {err[-500:]}")
    return list(_hits(log, str(bench.root)))


def _hits(log: Path, root: str) -> Iterator[Hit]:
    seen = Counter[str]()
    for line in log.read_text(errors="replace").splitlines():
        # openat(AT_FDCWD</tmp>, "/tmp/env/.envdoc/lock", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 5</tmp/env/.envdoc/lock>
        found = _LINE.match(line)
        if found is None:
            continue
        seen[found["name"]] += 1
        if root in found["arguments"]:
            yield found["name"], seen[found["name"]]


def trial(bench: Bench, operation: str, how: str, hit: Hit) -> None:
    """One call hit, and what comes after it."""
    does = before(bench, operation)
    name, number = hit
    code, err = strace(bench, does, "-qq", "-e", f"trace={name}", "-e", f"inject={name}:{how}:when={number}")
    ended = "done" if code == 0 else "killed" if code in (-9, 137) else "failed"
    bench.told[f"{operation} {how} {ended}"] += 1
    where = f"{operation}: {name} number {number} with {how}, {ended}"
    if "Traceback" in err and "OSError" not in err.rsplit("\n", 2)[-2]:
        bench.failures.append(f"{where}: {err[-400:]}")
    if ended == "done":
        _is_done(bench, operation, where)
    after(bench, operation, does, where)


def _is_done(bench: Bench, operation: str, where: str) -> None:
    """It said so: then it is."""
    if operation in parts.ROADS:
        end = parts.ROADS[operation][1]
        bench.root.mkdir(exist_ok=True)
        expect(bench, end, f"{where}, a false one")
        bench.failures += parts.whole_bundle(bench.root) if end == "bundle" else []
    elif operation in ("rollback", "remove"):
        expect(bench, {"rollback": "theirs", "remove": "removed"}[operation], f"{where}, a false one")
    elif operation == "adopt":
        now, then = (kit.picture(root, times=False, own=bench.root) for root in (bench.root, bench.ready("adopted")))
        found = kit.differences(now, then)
        if found:
            bench.failures.append(f"{where}, a false one: {found[:6]}")
    else:
        finished(bench, operation, f"{where}, a false one")


if __name__ == "__main__":
    if shutil.which("strace") is None:
        sys.exit("needs strace")
    sys.exit(main())
