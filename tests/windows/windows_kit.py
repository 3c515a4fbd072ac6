r"""What the tests of Windows share: envdoc as a program of its own, and environments of small made-up packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from loopback import Wheel

_SYSTEM = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "COMSPEC", "PATHEXT", "PROCESSOR_ARCHITECTURE")
_SYSTEM += ("USERPROFILE", "APPDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMDATA", "ENVDOC_LAB_GPUS")

# What the script `envdoc` runs; `python -m envdoc` would stand in the commands that it prints.
SCRIPT = "from envdoc.__main__ import start; start()"


# As its own script calls it: the commands that it prints then begin with `envdoc`, and not with `python -m envdoc`.
ENVDOC = (sys.executable, "-P", "-c", "from envdoc.__main__ import start; start()")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def variables(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a plain Windows, with a cache of its own; nothing of whoever runs the tests."""
    kept = {name: os.environ[name] for name in _SYSTEM if name in os.environ}
    system = rf"{os.environ['SYSTEMROOT']}\System32"
    own = {"PATH": f"{system};{Path(sys.executable).parent}", "LOCALAPPDATA": str(home), "PYTHONIOENCODING": "utf-8"}
    return {**kept, **own, **(more or {})}


def envdoc(
    home: Path, *argv: str, env: Mapping[str, str] | None = None, timeout: float = 300, cwd: Path | None = None
) -> Ran:
    """envdoc with these words, run to its end."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *argv],
        env=variables(home, env),
        cwd=cwd or home,
        input=b"",
        capture_output=True,
        timeout=300,
        check=False,
    )
    out, err = (stream.decode("utf-8", "replace").replace("\r\n", "\n") for stream in (done.stdout, done.stderr))
    return Ran(done.returncode, out, err)


def make_environment(folder: Path, *wheels: Wheel) -> Path:
    """A virtual environment with the wheels' files in it, as an installer leaves them."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    for each in wheels:
        unpack(folder, each)
    return folder


def unpack(folder: Path, wheel: Wheel) -> None:
    with zipfile.ZipFile(BytesIO(wheel.content)) as archive:
        archive.extractall(folder / "Lib" / "site-packages")


def settled(text: str, folder: Path) -> str:
    """The output without what differs from machine to machine: paths, sizes, times, the version of Windows."""
    text = text.replace(str(folder), "ENV").replace(str(Path(sys.executable).parent), "PYTHON")
    text = re.sub(r"^on .*? x86_64$", "on WINDOWS x86_64", text, flags=re.MULTILINE)
    text = re.sub(r" in \d+\.\d\d s$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<![.\d])\d+ GiB( free)?\b", r"N GiB\1", text)
    text = re.sub(r"(main memory|page file): \d+ MiB", r"\1: N MiB", text)
    return re.sub(r"envdoc \d+\.\d+\.\d+\S*", "envdoc VERSION", re.sub(r"Python 3\.\d+\.\d+", "Python 3.x", text))
