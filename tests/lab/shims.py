"""The small DLLs and programs of `shims/`, compiled for Windows."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from lab import place

SOURCES = Path(__file__).with_name("shims")
_COMPLEX = ("creal", "crealf", "creall", "cimag", "cimagf", "cimagl")


def for_wine(system32: Path) -> None:
    """What wine 8 lacks, into its System32: `ProcessPrng` for Rust programs, complex numbers for numpy."""
    _compile("bcryptprimitives.c", system32 / "bcryptprimitives.dll", "-shared", "-ladvapi32")
    shutil.copyfile(place.WINE_DLLS / "ucrtbase.dll", system32 / "ucrtwine.dll")
    exports = system32.parent / "ucrtbase.def"
    exports.write_text(_forwarding(_exported(system32 / "ucrtwine.dll")), encoding="ascii")
    (system32 / "ucrtbase.dll").unlink(missing_ok=True)  # a link to wine's own
    no_runtime = ("-shared", "-nostdlib", "-fno-builtin", "-Wl,--entry=0", str(exports))
    _compile("ucrtbase.c", system32 / "ucrtbase.dll", *no_runtime)


def drivers(folder: Path) -> None:
    """The made-up driver's files, which `gpus` puts into System32 for as long as a test takes, and `says.exe`."""
    folder.mkdir(parents=True, exist_ok=True)
    _compile("nvml.c", folder / "nvml.dll", "-shared")
    _compile("nvml.c", folder / "nvml-old.dll", "-shared", "-DOLD")
    _compile("nvcuda.c", folder / "nvcuda.dll", "-shared")
    _compile("nvidia-smi.c", folder / "nvidia-smi.exe")
    _compile("says.c", folder / "says.exe", "-municode")


def _compile(source: str, to: Path, *options: str) -> None:
    subprocess.run([place.COMPILER, "-O2", "-s", "-o", str(to), str(SOURCES / source), *options], check=True)


def _exported(library: Path) -> tuple[str, ...]:
    r"""The names a DLL exports, of objdump's lines: `\t[2484] wmemcpy_s`."""
    done = subprocess.run([place.OBJDUMP, "-p", str(library)], capture_output=True, text=True, check=True)
    table = done.stdout.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0]
    return tuple(re.findall(r"^\t\[ *\d+\] (\S+)$", table, re.MULTILINE))


def _forwarding(names: tuple[str, ...]) -> str:
    forwarded = (f"  {name} = ucrtwine.{name}" for name in names if name not in _COMPLEX)
    return "\n".join(("LIBRARY ucrtbase.dll", "EXPORTS", *forwarded, *(f"  {name}" for name in _COMPLEX), ""))
