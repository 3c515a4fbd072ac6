"""Start the ranks of a training without torchrun, watch them, and end them all together.

    python ranks.py --ranks 2 --llamafactory train.yaml
    python ranks.py --ranks 2 -- train.py --any --words
    python ranks.py --ranks 2 -- -m a.module --any --words

Each rank is this Python with the words behind `--`, and with the variables of torch's `env://` meeting. Exit code:
that of the first rank that failed, 0 where all ended well, 130 after Ctrl-C. Standard library only: it runs in the
target environment.
"""

from __future__ import annotations

import argparse
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time

Event = tuple[int, "bytes | int"]  # a rank's number, and a line that it said or its exit code
GRACE = 5.0  # seconds for the others to end by themselves, once one has failed or Ctrl-C was pressed
# LLaMA-Factory's own start calls torchrun as soon as it sees two GPUs; what torchrun would run is this.
LLAMAFACTORY = "from llamafactory.train.tuner import run_exp; run_exp()"


def arguments(argv: list[str]) -> argparse.Namespace:
    cut = argv.index("--") if "--" in argv else len(argv)
    own, words = argv[:cut], argv[cut + 1 :]
    parser = argparse.ArgumentParser(prog="ranks.py", description="Start the ranks of a training without torchrun.")
    parser.add_argument("--ranks", type=int, required=True, help="how many: one for each GPU")
    parser.add_argument("--port", type=int, default=0, help="where they meet on this machine; a free one by itself")
    parser.add_argument("--llamafactory", metavar="FILE", help="a training file of LLaMA-Factory")
    asked = parser.parse_args(own)
    if asked.ranks < 1:
        parser.error("--ranks: at least 1")
    if bool(asked.llamafactory) == bool(words):
        parser.error("name either --llamafactory FILE or a program behind `--`")
    asked.words = ["-c", LLAMAFACTORY, asked.llamafactory] if asked.llamafactory else words
    return asked


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def variables(rank: int, ranks: int, port: int) -> dict[str, str]:
    """What a rank is told, beside the variables of this terminal."""
    told = {
        **os.environ,
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(ranks),
        "LOCAL_WORLD_SIZE": str(ranks),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    if sys.platform == "win32":
        told["USE_LIBUV"] = "0"  # heeded on the `env://` road; from torch 2.7 on it is the default there
    return told


class Rank:
    """One rank, its number and its process; its lines go into `events`, its exit code after them."""

    def __init__(self, number: int, words: list[str], env: dict[str, str], events: queue.SimpleQueue[Event]) -> None:
        self.number = number
        self.process = subprocess.Popen(
            [sys.executable, *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **_with_us(),  # type: ignore[call-overload]
        )
        threading.Thread(target=self._relay, args=(events,), daemon=True).start()

    def _relay(self, events: queue.SimpleQueue[Event]) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            events.put((self.number, line))
        events.put((self.number, self.process.wait()))


def _with_us() -> dict[str, object]:
    """How to start a rank so that it ends when this process ends, however that happens."""
    if sys.platform != "linux":
        return {}
    import ctypes

    libc = ctypes.CDLL(None)
    return {"preexec_fn": lambda: libc.prctl(1, signal.SIGTERM)}  # PR_SET_PDEATHSIG


def _hold_all() -> None:
    """Windows: a job around this process, which ends every rank when this process ends."""
    if sys.platform == "win32":
        import winjob

        winjob.around(-1)  # -1: this process itself


def run(asked: argparse.Namespace) -> int:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    port = asked.port or free_port()
    ranks = [Rank(n, asked.words, variables(n, asked.ranks, port), events) for n in range(asked.ranks)]
    try:
        return watch(ranks, events)
    except KeyboardInterrupt:
        end(ranks)
        return 130


def watch(ranks: list[Rank], events: queue.SimpleQueue[Event]) -> int:
    """Hand on what the ranks say until all have ended; once one has failed, end the others."""
    running, code, until = len(ranks), 0, 0.0
    while running:
        try:
            number, told = events.get(timeout=0.2)
        except queue.Empty:
            if until and time.monotonic() > until:
                end(ranks)
                until = 0.0
            continue
        if isinstance(told, bytes):
            say(number, told, len(ranks))
            continue
        running -= 1
        if told and not code:
            code, until = told if told > 0 else 128 - told, time.monotonic() + GRACE
            print(f"rank {number} ended with {told}; the others are ended", file=sys.stderr, flush=True)
    return code


def say(number: int, line: bytes, ranks: int) -> None:
    """One line of a rank; of several ranks each line says whose it is."""
    mark = f"[rank {number}] ".encode() if ranks > 1 else b""
    sys.stdout.buffer.write(mark + line)
    sys.stdout.buffer.flush()


def end(ranks: list[Rank]) -> None:
    """End every rank that still runs: asked politely first where the system can."""
    left = [rank.process for rank in ranks if rank.process.poll() is None]
    for process in left:
        process.terminate()
    until = time.monotonic() + GRACE
    for process in left:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    _hold_all()
    sys.exit(run(arguments(sys.argv[1:])))
