"""Provoke failures that need NVIDIA GPUs, and keep what the programs print.

    python tests/diagnose/provoke_gpu.py FOLDER [NAME…]      writes FOLDER/<code>--<name>.log

The cases are the programs in `gpu_cases`, each run in processes of its own, because most of them end their CUDA
context. The first lines of a case say what it is run with:

    # with: NCCL_SOCKET_IFNAME=nosuch0        variables
    # ranks: 2                                started by torchrun; two GPUs are needed
    // nvcc: -arch=sm_35                      CUDA C++, compiled with these options and then run

Needs torch, transformers and, for the last kind, a toolkit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CASES = Path(__file__).parent / "gpu_cases"
SECONDS = 75  # of one case
BYTES = 200_000  # of one log
_OPTION = re.compile(r"^(?:#|//) (with|ranks|nvcc): (.*)$", re.MULTILINE)


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    cases = [each for each in sorted(CASES.iterdir()) if not each.name.startswith("_")]
    chosen = [each for each in cases if not names or each.stem.partition("--")[2] in names]
    alone = [each for each in chosen if each.stem.startswith("cuda-oom--")]  # they take the whole memory
    with ThreadPoolExecutor(7) as pool:
        list(pool.map(lambda case: _kept(case, folder), [each for each in chosen if each not in alone]))
    for case in alone:
        _kept(case, folder)


def _kept(case: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        said, told = _run(case, Path(place))
    (folder / f"{case.stem}.log").write_bytes(said)
    print(f"{case.stem}: {told}, {len(said)} bytes", flush=True)


def _run(case: Path, place: Path) -> tuple[bytes, str]:
    """What the case printed, and how it ended."""
    copy = Path(shutil.copy(case, place / f"case{case.suffix}"))
    options = dict(_OPTION.findall(case.read_text(encoding="utf-8")))
    variables = dict(each.split("=", 1) for each in options.get("with", "").split())
    if case.suffix == ".cu":
        return _compiled(copy, options.get("nvcc", "").split(), variables)
    ranks = options.get("ranks", "").partition(",")[0]
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", ranks) if ranks else ()
    return _said((sys.executable, *launcher, copy.name), {**variables, "PYTHONPATH": str(CASES)}, place)


def _compiled(source: Path, options: list[str], variables: dict[str, str]) -> tuple[bytes, str]:
    nvcc, place = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc", source.parent
    said, told = _said((nvcc, *options, source.name, "-o", "case"), variables, place)
    if not (place / "case").exists():
        return said, told
    ran, told = _said((str(place / "case"),), variables, place)
    return said + ran, told


def _said(argv: Iterable[str], variables: dict[str, str], place: Path) -> tuple[bytes, str]:
    with (place / "said").open("w+b") as file:
        process = subprocess.Popen(
            [*argv],
            env={**os.environ, **variables},
            cwd=place,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            told = f"exit {process.wait(SECONDS)}"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            told = "stopped"
        file.seek(0)
        return file.read(BYTES), told


if __name__ == "__main__":
    main()
