"""Kill `envdoc install` at random moments, run it again, and compare with an installation that nobody disturbed.

    python tools/kill_install.py --kills 10 --folder /tmp/kills -- --profile cpu --yes

What stands behind `--` goes to `envdoc install`; `--env` is added. Each round makes a fresh environment, kills the
whole process group with SIGKILL after a random part of the reference's time (or of its first `--within` seconds),
runs the same command again to its end, and compares every file (path, SHA-256) with the reference environment.
Exit 1 if any round differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# Differs between any two installations: compiled at run time, written by envdoc, or absolute paths.
_LEFT_OUT = (".envdoc", "__pycache__", ".lock")


def main() -> int:
    arguments = parse()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    reference = arguments.folder / "reference"
    began = time.monotonic()
    if install(arguments, reference).wait() != 0:
        print("the undisturbed installation failed; see its output above")
        return 1
    whole = time.monotonic() - began
    print(f"reference: {whole:.1f} s, {len(manifest(reference))} files", flush=True)
    results = [one_round(arguments, reference, number, whole) for number in range(1, arguments.kills + 1)]
    print(f"{sum(results)} of {len(results)} equal the undisturbed installation")
    return 0 if all(results) else 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--within", type=float, default=0, help="Kill in the first so many seconds; 0: in all of it.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    arguments.rest = [each for each in arguments.rest if each != "--"]
    random.seed(arguments.seed)
    return arguments


def install(arguments: argparse.Namespace, environment: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "envdoc", "install", "--env", str(environment), *arguments.rest]
    log = (arguments.folder / f"{environment.name}.log").open("ab")
    return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def one_round(arguments: argparse.Namespace, reference: Path, number: int, whole: float) -> bool:
    environment = arguments.folder / f"killed-{number}"
    shutil.rmtree(environment, ignore_errors=True)
    moment = random.uniform(0.02, 0.98) * min(whole, arguments.within or whole)
    running = install(arguments, environment)
    time.sleep(moment)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    where = last_line(environment)
    began = time.monotonic()
    code = install(arguments, environment).wait()
    same = code == 0 and differences(reference, environment) == []
    again = time.monotonic() - began
    print(
        f"round {number}: killed after {moment:.1f} s ({where}), again {again:.1f} s, exit {code}, equal {same}",
        flush=True,
    )
    for each in differences(reference, environment)[:5] if not same else []:
        print(f"    {each}")
    shutil.rmtree(environment, ignore_errors=True)
    return same


def last_line(environment: Path) -> str:
    journal = environment / ".envdoc" / "journal.jsonl"
    return journal.read_text(encoding="utf-8").splitlines()[-1][:80] if journal.exists() else "no journal yet"


def differences(one: Path, other: Path) -> list[str]:
    a, b = manifest(one), manifest(other)
    return [
        f"{path}: {a.get(path, 'absent')} / {b.get(path, 'absent')}"
        for path in sorted(a | b)
        if a.get(path) != b.get(path)
    ]


def manifest(environment: Path) -> dict[str, str]:
    """Content hashes by relative path; the environment's own path inside files counts as equal."""
    own = str(environment).encode()
    out = {}
    for path in environment.rglob("*"):
        relative = path.relative_to(environment)
        if path.is_dir() or any(part in _LEFT_OUT for part in relative.parts):
            continue
        if path.is_symlink():
            out[str(relative)] = str(path.readlink())
        else:
            out[str(relative)] = digest(path, own)
    return out


def digest(path: Path, own: bytes) -> str:
    """SHA-256 of the content, the environment's own path counting as equal; of RECORD only the files it lists,
    because scripts that hold that path have other hashes."""
    if path.name == "RECORD":
        names = sorted(line.rsplit(",", 2)[0] for line in path.read_text(encoding="utf-8").splitlines())
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    if path.stat().st_size < 1 << 20:
        return hashlib.sha256(path.read_bytes().replace(own, b"ENV")).hexdigest()[:16]
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
