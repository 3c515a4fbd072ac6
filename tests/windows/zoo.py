r"""The Pythons that a Windows may have, as folders and registry values: each with the files that tell it apart.

None of them is started: `python.exe` is the head of a program and nothing else.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from lab import registry

AMD64, I386 = 0x8664, 0x14C


def program(machine: int = AMD64) -> bytes:
    """A PE file's head: `MZ`, the offset of the second header at 0x3c, `PE\\0\\0`, the machine."""
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80) + b"\0" * 0x40 + b"PE\0\0" + struct.pack("<H", machine)


@dataclass(frozen=True)
class Place:
    """One Python: where it is below the user's home, its files beside python.exe, and what must be told of it."""

    folder: str
    version: str
    kind: str
    bits: int = 64
    headers: bool | None = True
    threaded: bool = False
    files: tuple[str, ...] = ()
    exe: str = "python.exe"
    machine: int = AMD64

    @property
    def path(self) -> str:
        return rf"{self.folder}\{self.exe}"


def whole(minor: int) -> tuple[str, ...]:
    return (f"python3{minor}.dll", r"include\Python.h", rf"libs\python3{minor}.lib")


_UV = r"AppData\Roaming\uv\python"
APPS = r"AppData\Local\Microsoft\WindowsApps"
STUB = Place(APPS, "", "store-stub", headers=None)
EMBED = Place("embed", "3.12", "embedded", headers=False, files=("python312.dll", "python312._pth"))
COMFY = Place(
    r"ComfyUI_windows_portable\python_embeded",
    "3.12.10",
    "embedded",
    headers=True,
    files=(*whole(12), "python312._pth", r"include\patchlevel.h=3.12.10"),
)
RUNTIME = Place(r"GPT-SoVITS\runtime", "3.9", "path", headers=False, files=("python39.dll",))
USER = Place(
    r"AppData\Local\Programs\Python\Python311",
    "3.11.9",
    "launcher",
    files=(*whole(11), r"include\patchlevel.h=3.11.9"),
)
SYSTEM = Place("Program Files\\Python313", "3.13.2", "launcher", files=(*whole(13), r"include\patchlevel.h=3.13.2"))
OLD32 = Place(
    "Python310-32", "3.10.11", "launcher", bits=32, machine=I386, files=(*whole(10), r"include\patchlevel.h=3.10.11")
)
ANACONDA = Place("anaconda3", "3.12.4", "conda", files=(*whole(12), r"conda-meta\python-3.12.4-h1_0.json"))
CONDA_ENV = Place(
    r"anaconda3\envs\train", "3.11.9", "conda", files=(*whole(11), r"conda-meta\python-3.11.9-h1_0.json")
)
PYENV = Place(r".pyenv\pyenv-win\versions\3.12.1", "3.12.1", "pyenv", files=whole(12))
UV = Place(rf"{_UV}\cpython-3.12.9-windows-x86_64-none", "3.12.9", "uv", files=whole(12))
FREE = Place(
    rf"{_UV}\cpython-3.14.0+freethreaded-windows-x86_64-none",
    "3.14.0",
    "uv",
    threaded=True,
    files=("python314t.dll", r"include\Python.h", r"libs\python314t.lib"),
)
VENV = Place(r"训练 env\Scripts", "3.11.9", "venv")
ALL = (STUB, EMBED, COMFY, RUNTIME, USER, SYSTEM, OLD32, ANACONDA, CONDA_ENV, PYENV, UV, FREE, VENV)
ON_PATH = (STUB, EMBED, COMFY, RUNTIME)


def build(home: Path) -> None:
    for each in ALL:
        exe = home / each.path
        exe.parent.mkdir(parents=True, exist_ok=True)
        exe.write_bytes(b"" if each is STUB else program(each.machine))
        for file in each.files:
            name, _, version = file.partition("=")
            path = home / each.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#define PY_VERSION "{version}"\n' if version else "", encoding="ascii")
    told = f"home = {home / USER.folder}\nversion = 3.11.9\n"
    (home / VENV.folder).parent.joinpath("pyvenv.cfg").write_text(told, encoding="utf-8")
    listed = "\n".join(str(home / each.folder) for each in (ANACONDA, CONDA_ENV))
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(listed, encoding="utf-8")


def registered(home: Path) -> registry.Keys:
    """What the installers write (PEP 514): per user, for all users, 32-bit, Anaconda's own; one that is gone."""

    def key(root: str, company: str, tag: str) -> str:
        return rf"{root}\Python\{company}\{tag}\InstallPath"

    user, everybody = r"HKCU\SOFTWARE", r"HKLM\SOFTWARE"
    return {
        key(user, "PythonCore", "3.11"): {"": f"{home / USER.folder}\\", "ExecutablePath": str(home / USER.path)},
        key(user, "PythonCore", "3.8"): {"": r"Q:\gone", "ExecutablePath": r"Q:\gone\python.exe"},
        key(everybody, "PythonCore", "3.13"): {"": f"{home / SYSTEM.folder}\\"},
        key(rf"{everybody}\WOW6432Node", "PythonCore", "3.10-32"): {"": f"{home / OLD32.folder}\\"},
        key(user, "ContinuumAnalytics", "Anaconda3-64"): {"": str(home / ANACONDA.folder)},
    }
