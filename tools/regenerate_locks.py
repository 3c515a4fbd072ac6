#!/usr/bin/env python3
"""Make the locks of the profiles anew: exact pins of the whole Python stack but torch's own.

    python tools/regenerate_locks.py                       all locks, from today's index
    python tools/regenerate_locks.py linux-x86_64-cp312    one
    python tools/regenerate_locks.py --check               say which would change; exit 1 if one would

The inputs are tools/locks/stack.in and tools/locks/overrides.in. torch, torchvision, torchaudio, triton and
NVIDIA's packages are left out of the pins: envdoc chooses them for each machine. After a change install one set
for real (`pytest -m real tests/knowledge`) before it is committed.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import subprocess
import sys
from pathlib import Path

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
TORCHS = re.compile(r"(torch|torchvision|torchaudio|triton|triton-windows|nvidia-.*|cuda-.*)==")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(TARGETS)}")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if a lock would change")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(TARGETS))
    if unknown:
        parser.error(f"unknown lock {unknown[0]}; known: {', '.join(TARGETS)}")
    stale = [name for name in options.names or TARGETS if not regenerate(name, write=not options.check)]
    return 1 if options.check and stale else 0


def regenerate(name: str, *, write: bool) -> bool:
    """Make one lock; whether its pins are what the file had."""
    path = LOCKS / f"{name}.txt"
    old = pins(path.read_text(encoding="utf-8")) if path.is_file() else []
    new = pins(compile_lock(name))
    same = old == new
    if write and not same:
        path.write_text(header(name) + "\n".join(new) + "\n", encoding="utf-8")
    print(f"{name}: {len(new)} pins, {'unchanged' if same else 'changed'}")
    for line in sorted(set(old) ^ set(new)) if old and not same else ():
        print(f"  {'-' if line in old else '+'} {line}")
    return same


def compile_lock(name: str) -> str:
    """What `uv pip compile` answers for the lock's platform and Python."""
    from uv import find_uv_bin

    platform, python = TARGETS[name]
    command = [find_uv_bin(), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--upgrade"]
    command += ["--python-platform", platform, "--python-version", python]
    # everything from wheels; deepspeed is a pure-Python sdist on Linux (with DS_BUILD_OPS=0)
    command += ["--only-binary", ":all:", *(["--no-binary", "deepspeed"] if "linux" in platform else [])]
    command += ["--override", str(INPUTS / "overrides.in"), str(INPUTS / "stack.in")]
    macos = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}  # bitsandbytes has wheels from macOS 14 on
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=macos)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip()}")
    return done.stdout


def pins(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#") and not TORCHS.match(line)]


def header(name: str) -> str:
    platform, python = TARGETS[name]
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return (
        f"# Exact pins for {name}, without torch's own packages. Made by tools/regenerate_locks.py on {today}:\n"
        f"# uv pip compile --python-platform {platform} --python-version {python}\n"
        "#   --override tools/locks/overrides.in tools/locks/stack.in\n"
    )


if __name__ == "__main__":
    sys.exit(main())
