"""Feed envdoc broken profiles, locks, snapshots, journals, state files, logs and arguments, and see how it ends;
and what `fuzz_rooms` adds: listings, bundles, training files, data sets, answers of other machines, raw snapshots.

    python tools/fuzz_inputs.py --minutes 15 --seed 1 --folder /tmp/fuzz

Each round takes a good file, breaks it (bytes or structure), and runs one command on it in this process. What counts
as a fault: exit 3, an exception that leaves `run`, a traceback on stderr, more than 10 s of the processor (or five
minutes in all: a busy machine is no fault), a process that grows beyond 1 GiB, an exit code that is none of ours, a
raw terminal escape. Exit 1 if there was any; each is printed and kept.
"""

from __future__ import annotations

import argparse
import collections
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MACHINES = sorted((ROOT / "tests" / "machines").glob("*.json"))
PROFILES = sorted((ROOT / "profiles").glob("*.yaml"))
SECONDS, IN_ALL, MEBIBYTES = 10, 300, 1024
_RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

NASTY_TEXT = (
    "",
    " ",
    "\x1b[31mred",
    "\u202e\u2066x",
    "\udcff",
    "\x00",
    "a" * 5000,
    "9" * 5000,
    "-1",
    "nan",
    "1:2:3",
    "../../etc/passwd",
    "$(touch x)",
    "`x`",
    "'\"",
    "💥",
    "é" * 300,
    "{",
    "[",
    "- " * 200,
    "!!python/object/apply:os.system ['x']",
    "&a [*a]",
    "%s%s%s",
    "\r\n",
    "~",
    "null",
    "true",
    "1e999",
    "0x10",
    "2026-13-45",
    ">=",
    "==",
    "torch",
    "cu128",
    "12.0",
    "<1",
    "3.12",
    "*",
    "https://[::1",
    "file:///",
    "C:\\x",
    "\\\\srv\\x",
    "/dev/full",
    "/dev/null",
    "/",
)
NASTY_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1 << 62,
    1 << 200,
    1e308,
    -0.0,
    [],
    {},
    [[]],
    {"": ""},
    [None],
    "",
    *NASTY_TEXT[:24],
)
NASTY_BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"{" * 500,
    b"[" * 100_000,
    b"9" * 5000,
    b"\n" * 50,
    b"\t",
    b": ",
    b"- ",
    b'"',
    b"'",
    b"NaN",
    b"-Infinity",
    b"1e9999",
    b"!!int x",
    b"&a",
    b"*a",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\r",
    b"\\u0000",
    b"\\ud800",
    b"%",
    b"#",
)


class TooLong(BaseException):
    """The time of one round is over; nothing of envdoc's catches it."""


@dataclass
class Tally:
    rounds: collections.Counter[str] = field(default_factory=collections.Counter)
    codes: collections.Counter[str] = field(default_factory=collections.Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=0, help="stop after so many; 0: only by time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", help="only these inputs", default=[])
    chosen = parser.parse_args()
    tally = fuzz(chosen.folder, chosen.seed, minutes=chosen.minutes, rounds=chosen.rounds, kinds=chosen.kinds)
    report(tally)
    return int(bool(tally.faults))


def report(tally: Tally) -> None:
    print(f"{sum(tally.rounds.values())} rounds: {dict(tally.rounds)}")
    print(f"exit codes: {dict(sorted(tally.codes.items()))}")
    print(f"the slowest took {tally.slowest:.1f} s; {mebibytes()} MiB at most")
    print(f"{len(tally.faults)} faults")
    for each in tally.faults[:40]:
        print(f"  {each}")


def fuzz(folder: Path, seed: int, *, minutes: float, rounds: int = 0, kinds: Sequence[str] = ()) -> Tally:
    """Rounds until the time is over or `rounds` were done."""
    from fuzz_rooms import ROOMS

    TARGETS.update(ROOMS)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR"):
        os.environ[name] = str(folder / name.lower())
        (folder / name.lower()).mkdir(exist_ok=True)
    os.environ.pop("ENVDOC_PROFILES", None)
    os.environ["ENVDOC_PYTORCH_INDEX"] = "http://127.0.0.1:9/whl"  # nobody listens: no round reaches a network
    tally, end = Tally(), time.monotonic() + 60 * minutes
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, _too_long)
    number = 0
    while time.monotonic() < end and (not rounds or number < rounds):
        number += 1
        rng = random.Random(seed * 1_000_003 + number)
        kind = rng.choice(kinds or list(TARGETS))
        one_round(tally, kind, rng, folder / "case", f"{seed}:{number}")
    return tally


def one_round(tally: Tally, kind: str, rng: random.Random, folder: Path, name: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    argv = TARGETS[kind](rng, folder)
    began = time.process_time()
    code, told = ended(argv)
    spent = time.process_time() - began
    tally.rounds[kind] += 1
    tally.codes[f"{kind} {code}"] += 1
    tally.slowest = max(tally.slowest, spent)
    fault = told or (f"took {spent:.1f} s" if spent > SECONDS else "")
    if not fault and mebibytes() > MEBIBYTES:
        fault = f"{mebibytes()} MiB"
    if fault:
        tally.faults.append(f"{name} {kind} {argv!r}: {fault}"[:600])
        keep = folder.parent / f"fault-{name.replace(':', '-')}"
        shutil.rmtree(keep, ignore_errors=True)
        shutil.copytree(folder, keep, symlinks=True, ignore_dangling_symlinks=True)


def ended(argv: list[str]) -> tuple[int | str, str]:
    """The exit code of a command line in this process, and what is wrong with it ("" where nothing is)."""
    from envdoc.cli.app import run

    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    signal.alarm(IN_ALL)
    signal.setitimer(signal.ITIMER_PROF, 3 * SECONDS)
    try:
        code: int | str = int(run(argv))
        fault = ""
    except TooLong:
        code, fault = "hang", f"no end in {3 * SECONDS} s of the processor, or {IN_ALL} s"
    except BaseException as error:
        code, fault = "raised", f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout, sys.stderr = before
    texts = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)]  # type: ignore[attr-defined]
    return code, fault or judged(code, *texts)


def judged(code: int | str, out: str, err: str) -> str:
    if code not in (0, 1, 2, 75):
        return f"exit {code}: {err[-300:]}"
    if "Traceback" in err:
        return f"a traceback: {err[-300:]}"
    if raw := _RAW.search(out + err):
        return f"a raw {raw[0]!r} in {(out + err)[max(0, raw.start() - 40) : raw.start() + 20]!r}"
    return ""


def _too_long(*_: object) -> None:
    raise TooLong


def mebibytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def broken(data: bytes, rng: random.Random) -> bytes:
    """The bytes with a few mistakes."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 1, 4, 40, 400)))
        how = rng.randrange(6)
        if how == 0:
            data = data[:at] + data[end:]
        elif how == 1:
            data = data[:at] + rng.choice(NASTY_BYTES) + data[at:]
        elif how == 2:
            data = data[:at] + rng.randbytes(rng.choice((1, 8))) + data[end:]
        elif how == 3:
            data = data[:at]
        elif how == 4:
            data = data[:at] + data[at:end] * rng.choice((2, 50)) + data[end:]
        else:
            data = data[:at] + rng.choice(NASTY_TEXT).encode("utf-8", "surrogateescape") + data[end:]
    return data


def restructured(data: Any, rng: random.Random) -> Any:
    """JSON data in which one or a few nodes are other ones."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        data = _changed(data, rng, rng.randrange(1, 8))
    return data


def _changed(data: Any, rng: random.Random, depth: int) -> Any:
    if depth == 0 or not isinstance(data, (dict, list)) or not data:
        return _deep(rng) if rng.random() < 0.02 else rng.choice(NASTY_VALUES)
    if isinstance(data, list):
        at = rng.randrange(len(data))
        return [*data[:at], _changed(data[at], rng, depth - 1), *data[at + 1 :]]
    key = rng.choice(list(data))
    if rng.random() < 0.1:
        return {name: value for name, value in data.items() if name != key}
    if rng.random() < 0.05:
        return {**data, rng.choice(NASTY_TEXT): rng.choice(NASTY_VALUES)}
    return {**data, key: _changed(data[key], rng, depth - 1)}


def _deep(rng: random.Random) -> Any:
    data: Any = 1
    for _ in range(rng.choice((20, 100, 900))):
        data = [data] if rng.random() < 0.5 else {"x": data}
    return data


def dumped(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


def profile(rng: random.Random, folder: Path) -> list[str]:
    path = folder / "own.yaml"
    path.write_bytes(broken(rng.choice(PROFILES).read_bytes(), rng))
    machine = str(rng.choice(MACHINES))
    return rng.choice(
        (
            ["profiles", "validate", str(path)],
            ["resolve", "--profile", str(path), "--machine", machine],
            ["check", "--profile", str(path), "--machine", machine],
            ["profiles", "show", str(path)],
        )
    )


def lock(rng: random.Random, folder: Path) -> list[str]:
    shutil.copytree(ROOT / "profiles" / "locks", folder / "locks")
    source = rng.choice(PROFILES)
    path = folder / "own.yaml"
    path.write_bytes(source.read_bytes())
    for each in (folder / "locks").iterdir():
        each.write_bytes(broken(each.read_bytes(), rng))
    return ["resolve", "--profile", str(path), "--machine", str(rng.choice(MACHINES))]


def snapshot(rng: random.Random, folder: Path) -> list[str]:
    path, data = folder / "machine.json", rng.choice(MACHINES).read_bytes()
    whole = rng.random() < 0.7
    path.write_bytes(dumped(restructured(json.loads(data), rng)) if whole else broken(data, rng))
    log = ROOT / "README.md"
    return rng.choice(
        (
            [
                "check",
                "--machine",
                str(path),
                "--format",
                rng.choice(("text", "json", "junit", "markdown", "github")),
            ],
            ["resolve", "--machine", str(path)],
            ["resolve", "--machine", str(path), "--profile", "cpu", "--format", "json"],
            ["diff", str(path), str(rng.choice(MACHINES))],
            ["report", str(log), "--machine", str(path)],
            ["diagnose", str(log), "--machine", str(path)],
        )
    )


_JOURNAL = (
    {
        "event": "begin",
        "kind": "made",
        "environment": "/e",
        "profile": "cpu",
        "time": "2026-11-26T10:00:00.000+00:00",
        "envdoc": "0.1.0",
    },
    {"event": "started", "step": "torch", "fingerprint": "5d1f", "time": "2026-11-26T10:00:01.000+00:00"},
    {
        "event": "done",
        "step": "torch",
        "fingerprint": "5d1f",
        "time": "2026-11-26T10:00:09.000+00:00",
        "data": {"python": "/x"},
    },
    {"event": "usable", "time": "2026-11-26T10:00:10.000+00:00", "detail": "2 passed"},
)
_STATE = {
    "schema": "1",
    "state": "usable",
    "profile": "cpu",
    "environment": "/e",
    "kind": "made",
    "python": "3.12",
    "torch": "2.8.0",
    "cuda": "cpu",
    "proved": "2026-11-26T10:00:10+00:00",
}
_VARIABLES = {"HF_HOME": "/data/hf", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def environment(rng: random.Random, folder: Path) -> list[str]:
    """A folder that looks like an environment of ours, with one of its files broken."""
    env = folder / "env"
    own = env / ".envdoc"
    (env / "bin").mkdir(parents=True)
    own.mkdir()
    site = env / "lib" / "python3.12" / "site-packages" / "torch-2.8.0.dist-info"
    site.mkdir(parents=True)
    (env / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    (env / "bin" / "python").symlink_to("/bin/true")
    files = {
        own / "journal.jsonl": b"".join(dumped(each) + b"\n" for each in _JOURNAL),
        own / "state.json": dumped(_STATE),
        own / "variables.json": dumped(_VARIABLES),
        own / "installed.json": dumped({"torch": "2.8.0"}),
        own / "wish.json": dumped({"wished": {}, "plan": {"steps": []}}),
        site / "METADATA": b"Metadata-Version: 2.1\nName: torch\nVersion: 2.8.0\nRequires-Dist: numpy>=1\n",
        site / "RECORD": b"torch/__init__.py,,\n",
        env / "pyvenv.cfg": b"home = /usr/bin\nversion = 3.12.1\n",
    }
    hurt = set(rng.sample(list(files), rng.choice((1, 1, 2, 4))))
    for path, data in files.items():
        if path in hurt and path.suffix == ".json" and rng.random() < 0.5:
            data = dumped(restructured(json.loads(data), rng))
        elif path in hurt:
            data = broken(data, rng)
        path.write_bytes(data)
    place = ["--env", str(env)]
    return rng.choice(
        (
            ["history", *place],
            ["history", *place, "--format", "json"],
            ["env", *place],
            ["env", *place, "--shell", "bash"],
            ["rollback", *place, "--yes"],
            ["rollback", *place, "--yes", "--remove"],
            ["check", *place, "--only", "torch-build"],
            ["check", *place, "--format", "json"],
        )
    )


def log(rng: random.Random, folder: Path) -> list[str]:
    path = folder / "train.log"
    corpus = sorted((ROOT / "tests" / "diagnose" / "corpus").rglob("*.log")) or [ROOT / "README.md"]
    path.write_bytes(broken(rng.choice(corpus).read_bytes(), rng))
    return rng.choice(
        (
            ["diagnose", str(path)],
            ["diagnose", str(path), "--format", "json"],
            ["report", str(path), "--machine", str(MACHINES[0])],
        )
    )


_WORDS = (
    "check",
    "resolve",
    "explain",
    "facts",
    "profiles",
    "diff",
    "history",
    "env",
    "diagnose",
    "report",
    "snapshot",
    "list",
    "show",
    "validate",
    "torch",
    "--profile",
    "--env",
    "--python",
    "--machine",
    "--only",
    "--skip",
    "--format",
    "json",
    "--torch",
    "--driver",
    "--gpu",
    "--no-gpu",
    "--os",
    "--arch",
    "--with",
    "--without",
    "--mirror",
    "--lang",
    "--shell",
    "--quiet",
    "-v",
    "--strict",
    "--help",
    "--version",
    "cpu",
    "auto",
    "-o",
    "-",
    "--",
    "--timeout-factor",
    "--list",
    "hopper",
    "linux",
    "windows",
    "12.0",
    "H200",
)
_NEVER = ("install", "smoke")  # what they would do takes minutes, or a network


def _word(rng: random.Random) -> str:
    return rng.choice(_WORDS) if rng.random() < 0.6 else rng.choice(NASTY_TEXT).replace("\0", "") or "x"


def arguments(rng: random.Random, folder: Path) -> list[str]:
    """A command line of known and nasty words. What would write is sent into the folder."""
    os.chdir(folder)
    words = [rng.choice(_WORDS[:11]) if rng.random() < 0.9 else rng.choice(NASTY_TEXT)]
    words += [_word(rng) for _ in range(rng.randrange(6))]
    words = [word for word in words if word not in _NEVER]
    if "diagnose" in words:
        words = [word for word in words if word not in ("--", "-")]
        words = words[:2]
    return words


TARGETS: dict[str, Callable[[random.Random, Path], list[str]]] = {
    "profile": profile,
    "lock": lock,
    "snapshot": snapshot,
    "environment": environment,
    "log": log,
    "arguments": arguments,
}

if __name__ == "__main__":
    sys.modules.setdefault("fuzz_inputs", sys.modules["__main__"])  # what `fuzz_rooms` imports is this very module
    sys.exit(main())
