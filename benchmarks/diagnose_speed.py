"""`envdoc diagnose` against `grep -c -F -f` with as many fixed strings, over logs of 100 MB.

    python benchmarks/diagnose_speed.py [MEGABYTES]

Four kinds of log: a training's (it repeats itself, digits aside), a mixed one, prose that never repeats a line, and
one that warns in every line. Prints CPU seconds of both (the better of three), the ratio, and the peak memory of
diagnose; the contract is 5 x. Then what loading the rules takes: the contract is 15 ms. Both with the rules compiled,
as they are in a wheel. grep counts into a file: into /dev/null GNU grep stops at its first match.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from envdoc.diagnose import rules
from envdoc.diagnose.match import anchors

WORDS = [
    *"loading checkpoint shards step loss learning_rate epoch tokens INFO transformers trainer".split(),  # noqa: SIM905
    *"parser model config torch_dtype bfloat16 auto saving cache snapshot gradient norm batch rank".split(),  # noqa: SIM905
]
RUN = "import sys; from envdoc.diagnose import diagnose_stream; diagnose_stream(open(sys.argv[1], 'rb'))"
LOAD = """
import time, envdoc.diagnose
from envdoc.diagnose.rules import gates, load
began = time.process_time()
load(), gates()
print(1000 * (time.process_time() - began))
"""
LIMIT, LOAD_LIMIT = 5.0, 15.0


def training(rng: random.Random, n: int) -> str:
    kind = n % 4
    if kind == 0:
        return f"{{'loss': {rng.random():.4f}, 'grad_norm': {rng.random():.6f}, 'epoch': {n / 1000:.2f}}}\n"
    if kind == 1:
        stamp = f"2026-11-24 12:{n % 60:02d}:{n * 7 % 60:02d},{n % 1000:03d}"
        return f"[INFO|trainer.py:{n % 3000}] {stamp} >> {WORDS[n % 5]} {WORDS[n % 7]} {n}\n"
    if kind == 2:
        return f" {n % 100}%|#####     | {n % 1000}/1000 [{n % 60:02d}:{n % 59:02d}<00:10, {rng.random():.2f}it/s]\r"
    return f"[rank{n % 8}]: step {n} of 100000, {rng.random() * 9000:.1f} tokens/s, memory {n % 80}.{n % 9} GiB\n"


def prose(rng: random.Random, n: int) -> str:
    return f"{n:x} " + " ".join(rng.choices(WORDS, k=14)) + "\n"


def mixed(rng: random.Random, n: int) -> str:
    return prose(rng, n) if n % 5 == 0 else training(rng, n)


def warning(rng: random.Random, n: int) -> str:
    """Words that also stand in failures, in every line."""
    name = rng.choice(WORDS)
    return f"[WARNING|trainer.py:{n % 900}] {name} is not found in version {n % 7}, error {n} failed {name}\n"


KINDS = {"training": training, "mixed": mixed, "prose": prose, "warnings": warning}


def write(path: Path, kind: str, size: int) -> None:
    """A log of about `size` bytes that ends in a failure."""
    rng = random.Random(kind)
    with path.open("w") as out:
        count = written = 0
        while written < size:
            written += out.write(KINDS[kind](rng, count))
            count += 1
        out.write("\nRuntimeError: CUDA error: no kernel image is available for execution on the device\n")


def cpu_seconds(argv: list[str], folder: Path) -> tuple[float, int]:
    """CPU time of a command, the better of three runs, and its peak memory in MiB."""
    best, memory = 1e9, 0
    env = {**os.environ, "PYTHONPATH": str(folder)}
    for _ in range(3):
        into = [(os.POSIX_SPAWN_OPEN, 1, str(folder / "out"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
        pid = os.posix_spawnp(argv[0], argv, env, file_actions=into)
        _, _, usage = os.wait4(pid, 0)
        best = min(best, usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss // 1024)
    return best, memory


def copied(folder: Path) -> None:
    """A copy of the package that is compiled as a wheel's is."""
    source = Path(rules.FOLDER).parents[1]
    shutil.copytree(source, folder / "envdoc", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "envdoc/diagnose/rules" / rules.COMPILED).write_text(rules.compiled(), encoding="utf-8")


def loading(folder: Path) -> float:
    """Milliseconds of CPU for loading the rules."""
    argv = [sys.executable, "-c", LOAD]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    return min(float(subprocess.run(argv, env=env, capture_output=True, check=True).stdout) for _ in range(5))


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    strings = anchors(rules.load())
    version = subprocess.run(["grep", "-V"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"{size} MB, {len(strings)} fixed strings; {version}")
    print(f"{'log':<10} {'grep':>8} {'diagnose':>9} {'ratio':>7} {'memory':>9}")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        copied(Path(folder))
        patterns = Path(folder) / "strings"
        patterns.write_text("\n".join(strings) + "\n", encoding="utf-8")
        for kind in KINDS:
            log = Path(folder) / "log"
            write(log, kind, size * 1_000_000)
            grep, _ = cpu_seconds(["grep", "-c", "-F", "-f", str(patterns), str(log)], Path(folder))
            ours, memory = cpu_seconds([sys.executable, "-c", RUN, str(log)], Path(folder))
            worst = max(worst, ours / grep)
            print(f"{kind:<10} {grep:>7.2f}s {ours:>8.2f}s {ours / grep:>6.1f}x {memory:>5} MiB", flush=True)
        load = loading(Path(folder))
    print(f"worst {worst:.1f} x, contract {LIMIT:.0f} x")
    print(f"loading the rules {load:.1f} ms, contract {LOAD_LIMIT:.0f} ms")
    sys.exit(0 if worst <= LIMIT and load <= LOAD_LIMIT else 1)


if __name__ == "__main__":
    main()
