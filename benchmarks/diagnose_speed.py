"""`envdoc diagnose` against `grep -c -F -f` with as many fixed strings, over logs of 100 MB.

    python benchmarks/diagnose_speed.py [MEGABYTES]

Three kinds of log: a training's (it repeats itself, digits aside), a mixed one, and prose that never repeats a line.
Prints CPU seconds of both (the better of three), the ratio, and the peak memory of diagnose. The contract is 5 x.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from envdoc.diagnose.match import anchors
from envdoc.diagnose.rules import load

WORDS = [
    *"loading checkpoint shards step loss learning_rate epoch tokens INFO transformers trainer".split(),  # noqa: SIM905
    *"parser model config torch_dtype bfloat16 auto saving cache snapshot gradient norm batch rank".split(),  # noqa: SIM905
]
RUN = "import sys; from envdoc.diagnose import diagnose_stream; diagnose_stream(open(sys.argv[1], 'rb'))"
LIMIT = 5.0


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


KINDS = {"training": training, "mixed": mixed, "prose": prose}


def write(path: Path, kind: str, size: int) -> None:
    """A log of about `size` bytes that ends in a failure."""
    rng = random.Random(kind)
    with path.open("w") as out:
        count = written = 0
        while written < size:
            written += out.write(KINDS[kind](rng, count))
            count += 1
        out.write("\nRuntimeError: CUDA error: no kernel image is available for execution on the device\n")


def cpu_seconds(argv: list[str]) -> tuple[float, int]:
    """CPU time of a command, the better of three runs, and its peak memory in MiB."""
    best, memory = 1e9, 0
    for _ in range(3):
        quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=quiet)
        _, _, usage = os.wait4(pid, 0)
        best = min(best, usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss // 1024)
    return best, memory


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    strings = anchors(load())
    version = subprocess.run(["grep", "-V"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"{size} MB, {len(strings)} fixed strings; {version}")
    print(f"{'log':<10} {'grep':>8} {'diagnose':>9} {'ratio':>7} {'memory':>9}")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        patterns = Path(folder) / "strings"
        patterns.write_text("\n".join(strings) + "\n", encoding="utf-8")
        for kind in KINDS:
            log = Path(folder) / "log"
            write(log, kind, size * 1_000_000)
            grep, _ = cpu_seconds(["grep", "-c", "-F", "-f", str(patterns), str(log)])
            ours, memory = cpu_seconds([sys.executable, "-c", RUN, str(log)])
            worst = max(worst, ours / grep)
            print(f"{kind:<10} {grep:>7.2f}s {ours:>8.2f}s {ours / grep:>6.1f}x {memory:>5} MiB", flush=True)
    print(f"worst {worst:.1f} x, contract {LIMIT:.0f} x")
    sys.exit(0 if worst <= LIMIT else 1)


if __name__ == "__main__":
    main()
