"""A LLaMA-Factory of a few lines: its command, and the training function that the launcher's ranks call.

Two ranks meet as torch's `env://` does: rank 0 listens on MASTER_PORT, the other connects. What the training file is
called says how it goes: in `fails.yaml` rank 1 fails once both have met, in `hangs.yaml` nobody ever ends.
"""

from __future__ import annotations

from loopback import Wheel, wheel

_RUN_EXP = """\
import os, socket, sys, time


def meet(rank):
    place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
    if rank == 0:
        with socket.create_server(place) as server:
            server.settimeout(60)
            other, _ = server.accept()
            with other:
                return other.recv(64).decode()
    for _ in range(600):
        try:
            with socket.create_connection(place, 1) as other:
                other.sendall(b"rank 1")
                return "rank 0"
        except OSError:
            time.sleep(0.1)
    raise SystemExit("nobody to meet")


def run_exp():
    rank, ranks = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    file = os.path.basename(sys.argv[-1])
    seen = {name: os.environ.get(name) for name in ("CUDA_VISIBLE_DEVICES", "LOCAL_RANK", "USE_LIBUV")}
    print("trains", file, "rank", rank, "of", ranks, *(f"{name}={value}" for name, value in seen.items() if value))
    if ranks == 2:
        print("met", meet(rank))
    sys.stdout.flush()
    if file in ("fails.yaml", "hangs.yaml"):
        with open(f"{file}-{rank}", "w") as mark:
            mark.write(str(os.getpid()))
        if file == "fails.yaml" and rank == 1:
            sys.exit(3)
        time.sleep(600)
"""
_CLI = "def main():\n    from llamafactory.train.tuner import run_exp\n\n    run_exp()\n"


def factory(version: str, *, requires: tuple[str, ...] = ()) -> Wheel:
    """The wheel, with the command `llamafactory-cli`."""
    files = {
        "llamafactory/train/tuner.py": _RUN_EXP,
        "llamafactory/train/__init__.py": "",
        "llamafactory/cli.py": _CLI,
    }
    command = {"llamafactory-cli": "llamafactory.cli:main"}
    return wheel("llamafactory", version, files, requires=requires, scripts=command)
