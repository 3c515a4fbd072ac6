"""What hashes cost: a whole lock installed by uv from its cache, with `--require-hashes` and without, in turns.

    python benchmarks/hash_speed.py [--lock linux-x86_64-cp311] [--runs 5] [--folder DIR]

Both calls are the ones that the installer makes for its later steps: the same requirements, constraints and
overrides. Source distributions are left out.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from envdoc.installer.engines.base import Request
from envdoc.installer.engines.uv import install
from envdoc.installer.options import Options
from envdoc.knowledge import files, locks
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Source, SourceKind

MOST = 1.05


def main() -> int:
    minor = f"{sys.version_info[0]}{sys.version_info[1]}"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lock", default=f"linux-x86_64-cp{minor}")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "envdoc-hash-speed")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    every = locks.read(files.join(files.profiles_folder(), "locks", f"{arguments.lock}.txt"))
    lines = [each for each in every if each.name != "deepspeed"]
    took: dict[bool, list[float]] = {False: [], True: []}
    for number in range(arguments.runs + 1):
        for hashed in (True, False):
            seconds = once(arguments.folder, lines, hashed)
            if number:  # the first run fills the cache
                took[hashed].append(seconds)
    plain, checked = (statistics.median(took[hashed]) for hashed in (False, True))
    print(
        f"{len(lines)} packages, medians of {arguments.runs}: {checked:.2f} s with hashes, {plain:.2f} s without, ",
        end="",
    )
    print(f"ratio {checked / plain:.3f} (at most {MOST})")
    return 0


def once(folder: Path, lines: list[locks.Locked], hashed: bool) -> float:
    env = folder / "env"
    shutil.rmtree(env, ignore_errors=True)
    from uv import find_uv_bin

    uv = find_uv_bin()
    subprocess.run([uv, "venv", "-q", "--no-config", "--python", sys.executable, str(env)], check=True)
    pins = tuple(each.pin for each in lines)
    hashes = {each.pin: each.hashes for each in lines} if hashed else {}
    source = (Source("pypi", SourceKind.PYPI, "https://pypi.org/simple"),)
    step = InstallPackages("stack", "stack", pins, pins, source, hashes=hashes, hashed_only=True)
    request = Request(str(env / "bin/python"), step, folder / "step", Options())
    (call,) = install(uv, request)
    for path, text in call.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    argv = [each for each in call.argv if hashed or each != "--require-hashes"]
    began = time.perf_counter()
    subprocess.run(argv, check=True, capture_output=True, timeout=1800)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
