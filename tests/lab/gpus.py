r"""Made-up GPUs on a Windows: real DLLs in System32 and a real nvidia-smi.exe, which read a small table.

They are put there for as long as a test takes. Under wine that harms nobody; on a real Windows only where
`ENVDOC_LAB_FILES` names the folder of the compiled files, which says that the machine may be written to.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DLLS = ("nvml.dll", "nvcuda.dll")
SMI = "nvidia-smi.exe"
MARK = b"ENVDOC_LAB_GPUS"  # in each file that is ours: those of `shims/` read the variable of this name


@dataclass(frozen=True)
class Card:
    name: str
    capability: str
    memory_mib: int
    lost: bool = False

    def line(self) -> str:
        return f"gpu={self.capability}|{self.memory_mib}|{self.name}|{'lost' if self.lost else ''}"


RTX_5060_TI = Card("NVIDIA GeForce RTX 5060 Ti", "12.0", 16311)
RTX_4090 = Card("NVIDIA GeForce RTX 4090", "8.9", 24564)
RTX_4060_LAPTOP = Card("NVIDIA GeForce RTX 4060 Laptop GPU", "8.9", 8188)
RTX_3060 = Card("NVIDIA GeForce RTX 3060", "8.6", 12288)
GTX_1080 = Card("NVIDIA GeForce GTX 1080", "6.1", 8192)


@dataclass(frozen=True)
class Driver:
    """A driver, what its libraries answer, and the files that it brought."""

    version: str
    cuda: int
    cards: tuple[Card, ...]
    nvml_init: int = 0
    cu_init: int = 0
    smi: str = "answers"
    nvml: str = "nvml.dll"  # or nvml-old.dll, which lacks newer functions
    files: tuple[str, ...] = (*DLLS, SMI)
    content: bytes = b""  # what stands in the files instead of a program, with the mark

    def table(self) -> str:
        told = (("driver", self.version), ("cuda", self.cuda), ("nvml_init", self.nvml_init))
        told += (("cu_init", self.cu_init), ("smi", self.smi))  # type: ignore[assignment]
        return "\n".join((*(f"{name}={value}" for name, value in told), *(card.line() for card in self.cards), ""))


def why_not() -> str:
    """Why no driver can be made up here; "" where one can."""
    folder = os.environ.get("ENVDOC_LAB_FILES", "")
    if not folder:
        return "ENVDOC_LAB_FILES names no folder with the made-up driver: `python tools/windows_lab.py run` sets it"
    if not (Path(folder) / "nvml.dll").exists():
        return f"no compiled driver files in {folder}"
    return ""


@contextlib.contextmanager
def installed(driver: Driver, folder: Path) -> Iterator[None]:
    """This driver in System32, its table in `folder`, and ENVDOC_LAB_GPUS naming it, until the block ends.

    For a test that is marked `whole_windows`. What a killed one left is taken away; no driver but ours is touched.

    Raises:
        RuntimeError: this Windows has a driver of its own.
    """
    clear()
    table = folder / "gpus.txt"
    table.write_text(driver.table(), encoding="latin-1")  # any byte can stand in a name
    files = Path(os.environ["ENVDOC_LAB_FILES"])
    try:
        for name in driver.files:
            _put(driver, files / (driver.nvml if name == "nvml.dll" else name), system32() / name)
        os.environ["ENVDOC_LAB_GPUS"] = str(table)
        yield
    finally:
        os.environ.pop("ENVDOC_LAB_GPUS", None)
        clear()


def _put(driver: Driver, source: Path, to: Path) -> None:
    if driver.content:
        to.write_bytes(driver.content)
    else:
        shutil.copyfile(source, to)


def system32() -> Path:
    return Path(os.environ["SYSTEMROOT"]) / "System32"


def clear() -> None:
    """System32 without a made-up driver."""
    for path in (system32() / name for name in (*DLLS, SMI)):
        if path.exists() and MARK not in path.read_bytes():
            raise RuntimeError(f"this Windows has a driver of its own: {path.name}")
        remove(path)


def remove(path: Path) -> None:
    """Take a file away that a process which is just ending may still hold; one that stays loaded is moved aside."""
    until = time.monotonic() + 20
    while True:
        try:
            path.unlink(missing_ok=True)
        except PermissionError:
            if time.monotonic() > until:
                path.rename(Path(tempfile.gettempdir()) / f"{path.name}.{time.time_ns()}.gone")
                return
            time.sleep(0.2)
        else:
            return
