"""llama.cpp's conversion script, in its own environment, makes a GGUF file of a tiny model written on the spot; where
`llama-bench` is there too, it runs that file."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_WINDOWS = sys.platform == "win32"
_WRITER = Path(__file__).resolve().parents[1] / "lib" / "tiny_hf.py"
_TENSORS = 3 + 2 * 9  # of the tiny model


def run(kit: Kit) -> str:
    program, python = _programs(kit)
    model, out = Path(kit.scratch) / "model", Path(kit.scratch) / "tiny.gguf"
    model.mkdir()
    _ran(kit, [str(python), str(_WRITER), str(model)])
    _ran(kit, [str(program), str(model), "--outfile", str(out), "--outtype", "f16"])
    tensors = _tensors(kit, out)
    kit.figures.update(tensors=tensors, bytes=out.stat().st_size)
    if tensors != _TENSORS:
        kit.fail("wrong-numbers", f"the GGUF file has {tensors} tensors, the model {_TENSORS}")
    if _benched(kit, out):
        return f"a model of {tensors} tensors converted to GGUF, and run by llama-bench"
    return f"a model of {tensors} tensors converted to GGUF"


def _programs(kit: Kit) -> tuple[Path, Path]:
    """The program that the user starts, and the Python behind it."""
    root = Path(sys.prefix)
    program = root / "llama.cpp-convert" / ("convert-hf-to-gguf" + (".cmd" if _WINDOWS else ""))
    inside = "Scripts/python.exe" if _WINDOWS else "bin/python"
    found = sorted((root / ".envdoc/build/llama.cpp-convert").glob(f"env-*/{inside}"))
    if not program.is_file() or not found:
        kit.skip("llama.cpp's conversion scripts are not installed in this environment")
    return program, found[-1]


def _ran(kit: Kit, argv: list[str]) -> str:
    ended = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    print(ended.stdout[-2000:], ended.stderr[-2000:], file=sys.stderr)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()] or ["no output"]
        name = Path(argv[0]).name
        kit.fail("command-failed", f"{name} ended with exit code {ended.returncode}: {lines[-1].strip()}")
    return ended.stdout


def _tensors(kit: Kit, path: Path) -> int:
    """From the head of a GGUF file: "GGUF", its version, the number of tensors."""
    head = path.read_bytes()[:16] if path.is_file() else b""
    if len(head) < 16 or head[:4] != b"GGUF":
        kit.fail("command-failed", "the script ended well, and there is no GGUF file")
    return int(struct.unpack("<Q", head[8:16])[0])


def _benched(kit: Kit, path: Path) -> bool:
    """Whether llama.cpp's own program is there, and runs it."""
    program = Path(sys.prefix) / "llama.cpp" / "bin" / f"llama-bench{'.exe' if _WINDOWS else ''}"
    if not program.is_file():
        return False
    _ran(kit, [str(program), "-m", str(path), "-p", "8", "-n", "4", "-r", "1", "-ngl", "0"])
    return True
