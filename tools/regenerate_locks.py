#!/usr/bin/env python3
"""Make the locks of the profiles anew: exact pins of the whole Python stack but torch's own, with hashes.

    python tools/regenerate_locks.py                       all locks, from today's index
    python tools/regenerate_locks.py linux-x86_64-cp312    one
    python tools/regenerate_locks.py --keep                the pins as they are, their hashes anew
    python tools/regenerate_locks.py --check               say which would change; exit 1 if one would

The inputs are tools/locks/stack.in and tools/locks/overrides.in. torch, torchvision, torchaudio, triton and
NVIDIA's libraries are left out of the pins: envdoc chooses them for each machine. After a change install one set
for real (`pytest -m real tests/knowledge`) before it is committed.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from envdoc.knowledge import locks

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ROOT / "tools" / "locks"
LOCKS = ROOT / "profiles" / "locks"

# name of the lock: uv's name of the platform, Python
TARGETS = {
    **{f"linux-x86_64-cp3{minor}": ("x86_64-manylinux_2_28", f"3.{minor}") for minor in (11, 12, 13, 14)},
    **{f"linux-aarch64-cp3{minor}": ("aarch64-manylinux_2_28", f"3.{minor}") for minor in (11, 12, 13)},
    **{f"darwin-aarch64-cp3{minor}": ("aarch64-apple-darwin", f"3.{minor}") for minor in (11, 12, 13)},
    **{f"windows-x86_64-cp3{minor}": ("x86_64-pc-windows-msvc", f"3.{minor}") for minor in (11, 12, 13, 14)},
}

# torch's own stack, which a lock must not pin
TORCHS = re.compile(r"torch|torchvision|torchaudio|triton|triton-windows|nvidia-(?!ml-py).*|cuda-.*")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(TARGETS)}")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if a lock would change")
    parser.add_argument("--keep", action="store_true", help="keep the pins that are there, fetch their hashes anew")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(TARGETS))
    if unknown:
        parser.error(f"unknown lock {unknown[0]}; known: {', '.join(TARGETS)}")
    stale = [name for name in options.names or TARGETS if not regenerate(name, options)]
    return 1 if options.check and stale else 0


def regenerate(name: str, options: argparse.Namespace) -> bool:
    """Make one lock; whether its pins and hashes are what the file had."""
    path = LOCKS / f"{name}.txt"
    old = [locked.line for locked in locks.read(str(path))] if path.is_file() else []
    new = compile_lock(name, locks.pins_of(old) if options.keep else ())
    lines = [locked.line for locked in new]
    if not options.check and old != lines:
        path.write_text(header(name) + "".join(map(written, new)), encoding="utf-8")
    print(f"{name}: {len(new)} pins, {sum(len(each.hashes) for each in new)} hashes, ", end="")
    print("unchanged" if old == lines else "changed")
    before, after = set(locks.pins_of(old)), set(locks.pins_of(lines))
    for line in sorted(before ^ after) if old else ():
        print(f"  {'-' if line in before else '+'} {line}")
    return old == lines


def compile_lock(name: str, keep: tuple[str, ...] = ()) -> list[locks.Locked]:
    """What `uv pip compile` answers for the lock's platform and Python: pins, and the hashes of the files that it
    would take there (PEP 751 names them all)."""
    from uv import find_uv_bin

    platform, python = TARGETS[name]
    command = [find_uv_bin(), "pip", "compile", "--quiet", "--no-header", "--upgrade", "--format", "pylock.toml"]
    command += ["--python-platform", platform, "--python-version", python]
    # everything from wheels; deepspeed is a pure-Python sdist on Linux (with DS_BUILD_OPS=0)
    command += ["--only-binary", ":all:", *(["--no-binary", "deepspeed"] if "linux" in platform else [])]
    command += ["--override", str(INPUTS / "overrides.in"), str(INPUTS / "stack.in"), "--constraint", "-"]
    macos = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}  # bitsandbytes has wheels from macOS 14 on
    held = "\n".join(keep)
    done = subprocess.run(command, input=held, capture_output=True, text=True, check=False, env=macos)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip()}")
    packages = tomllib.loads(done.stdout)["packages"]
    return [locked(each) for each in packages if not TORCHS.fullmatch(each["name"])]


def locked(package: dict[str, Any]) -> locks.Locked:
    """One package of a pylock: `wheels` or `sdist`, each with its hashes."""
    files = package.get("wheels") or [package["sdist"]]
    hashes = sorted({f"sha256:{each['hashes']['sha256']}" for each in files})
    return locks.Locked(package["name"], package["version"], "", tuple(hashes))


def written(locked: locks.Locked) -> str:
    """As it stands in the file: a hash a line."""
    return " \\\n    ".join((locked.pin, *(f"--hash={each}" for each in locked.hashes))) + "\n"


def header(name: str) -> str:
    platform, python = TARGETS[name]
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return (
        f"# Exact pins for {name}, without torch's own packages, with the hashes of the files that may be taken.\n"
        f"# Made by tools/regenerate_locks.py on {today}:\n"
        f"# uv pip compile --python-platform {platform} --python-version {python} --format pylock.toml\n"
        "#   --override tools/locks/overrides.in tools/locks/stack.in\n"
    )


if __name__ == "__main__":
    sys.exit(main())
