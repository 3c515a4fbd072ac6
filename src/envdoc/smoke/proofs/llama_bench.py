"""`llama-bench` of this environment on a tiny model: that it runs, and on which backend and device it ran.

    [{"backends": "CUDA", "gpu_info": "NVIDIA H100 80GB HBM3", "n_gpu_layers": 99, "n_prompt": 32, "n_gen": 0,
      "avg_ts": 21034.5, "stddev_ts": 12.1, …}, …]                                (`-o json`, one row a test)

A program built for CUDA that misses a library, or has no code for the card, falls back to the CPU without a word. Its
`backends` are those that it was built with: where no card can be used they still say "CUDA", and `gpu_info` is empty.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_PROMPT, _ANSWER = 32, 8  # tokens


def run(kit: Kit) -> str:
    program = _program(kit)
    model = Path(kit.scratch) / "tiny.gguf"
    kit.lib("gguf").write(model)
    rows = _benched(kit, program, model)
    backend, device = _used(rows)
    kit.figures.update(backend=backend, device=device)
    for row in rows:
        kind = "prompt" if row.get("n_prompt") else "generation"
        kit.figures[f"{kind}_tokens_per_second"] = round(float(row.get("avg_ts") or 0.0), 1)
    if kit.gpu is not None and "CUDA" not in backend:
        said = f"backends {rows[0].get('backends')!r}, gpu_info {rows[0].get('gpu_info')!r}"
        kit.fail("llama-cpp-on-cpu", f"llama-bench ran on {backend}, not on the GPU", said, *_devices(program))
    speed = kit.figures.get("generation_tokens_per_second", 0.0)
    return f"llama-bench ran on {backend} ({device}), {speed} tokens per second of a tiny model"


def _used(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """The backend and the device that all rows were computed on."""
    if not all(row.get("gpu_info") for row in rows):
        return "CPU", str(rows[0].get("cpu_info") or "?")
    return ",".join(dict.fromkeys(str(row.get("backends", "?")) for row in rows)), str(rows[0]["gpu_info"])


def _program(kit: Kit) -> str:
    suffix = ".exe" if sys.platform == "win32" else ""
    path = Path(sys.prefix) / "llama.cpp" / "bin" / f"llama-bench{suffix}"
    if not path.is_file():
        kit.skip("llama.cpp is not installed in this environment")
    return str(path)


def _benched(kit: Kit, program: str, model: Path) -> list[dict[str, Any]]:
    layers = "0" if kit.gpu is None else "99"
    argv = [
        program,
        "-m",
        str(model),
        "-p",
        str(_PROMPT),
        "-n",
        str(_ANSWER),
        "-r",
        "1",
        "-ngl",
        layers,
        "-o",
        "json",
    ]
    ended = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    print(ended.stdout[-2000:], ended.stderr[-2000:], file=sys.stderr)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()] or ["no output"]
        kit.fail("command-failed", f"llama-bench ended with exit code {ended.returncode}: {lines[-1].strip()}")
    try:
        rows = json.loads(ended.stdout)
    except ValueError:
        rows = None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        kit.fail("command-failed", "llama-bench ended well, and its output is no list of results")
    return rows


def _devices(program: str) -> tuple[str, ...]:
    """What the program itself lists: nothing but the CPU where a library is missing."""
    ended = subprocess.run(
        [program, "--list-devices"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
    )
    return tuple(line.strip() for line in (ended.stdout + ended.stderr).splitlines() if line.strip())[:6]
