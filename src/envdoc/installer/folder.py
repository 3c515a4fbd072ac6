"""Where things lie in an environment: its Python, its packages, and envdoc's own folder `.envdoc`.

How files of ours are read and written is `safefile`'s. Processes are started through the Host; this module starts
none.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from envdoc.installer import safefile
from envdoc.installer.safefile import OWN
from envdoc.model.machine import System
from envdoc.model.value import dataclass

__all__ = ["OWN", "Folder", "folder_of", "minor_of", "read_table", "table_of", "write_json"]

# pyvenv.cfg: "version_info = 3.12.1" (uv, virtualenv), "version = 3.12.1" (venv)
_VERSION = re.compile(rb"^version(?:_info)?\s*=\s*(\d+\.\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one environment. `root` is absolute."""

    root: Path
    windows: bool = False

    @property
    def own(self) -> Path:
        return self.root / OWN

    @property
    def journal(self) -> Path:
        return self.own / "journal.jsonl"

    @property
    def state(self) -> Path:
        return self.own / "state.json"

    @property
    def installed(self) -> Path:
        """Names and versions as they were when the environment was proved."""
        return self.own / "installed.json"

    @property
    def variables(self) -> Path:
        return self.own / "variables.json"

    @property
    def lock(self) -> Path:
        return self.own / "lock"

    @property
    def backup(self) -> Path:
        return self.own / "backup"

    def log(self, step_id: str) -> Path:
        return self.own / "logs" / f"{step_id}.log"

    def step(self, step_id: str) -> Path:
        """The requirement files of one step, kept so that a user can see and repeat the call."""
        return self.own / "steps" / step_id

    @property
    def python(self) -> Path:
        """The environment's interpreter: a venv's, or a conda environment's on Windows (beside the root)."""
        if not self.windows:
            return self.root / "bin" / "python"
        venv = self.root / "Scripts" / "python.exe"
        conda = self.root / "python.exe"
        return conda if conda.exists() and not venv.exists() else venv

    @property
    def site_packages(self) -> Path | None:
        """The folder of installed packages; None where the environment has none yet.

        Links are no folders: conda's Pythons carry `lib/python3.1 -> python3.12`. Of several, the one of the
        Python that pyvenv.cfg names, else the newest.
        """
        if self.windows:
            found = self.root / "Lib" / "site-packages"
            return found if found.is_dir() else None
        there = [path for path in self.root.glob("lib/python3.*/site-packages") if not path.parent.is_symlink()]
        minor = minor_of(self.root)
        named = [path for path in there if path.parent.name == f"python{minor}"]
        return next(iter(named or sorted(there, key=_minor_number, reverse=True)), None)


def minor_of(root: Path) -> str:
    """`3.12`, by pyvenv.cfg; "" where there is none."""
    try:
        with (root / "pyvenv.cfg").open("rb") as file:
            text = file.read(1 << 16)
    except OSError:
        return ""
    found = _VERSION.search(text)
    return found[1].decode() if found else ""


def _minor_number(packages: Path) -> int:
    number = packages.parent.name.removeprefix("python3.").rstrip("t")
    return int(number) if number.isdigit() else -1


def folder_of(environment: str, system: System) -> Folder:
    """The Folder of an environment given as the user wrote it (made absolute, links kept)."""
    return Folder(Path(os.path.abspath(environment)), system is System.WINDOWS)  # noqa: PTH100 - resolve() follows links


def write_json(path: Path, data: object, mode: int = safefile.PRIVATE) -> None:
    """`safefile.write_whole` of a JSON document, readable by people."""
    safefile.write_whole(path, json.dumps(data, indent=2, sort_keys=True) + "\n", mode)


def read_table(path: Path) -> dict[str, str]:
    """A flat JSON object of strings; {} where the file is missing or is not one."""
    return table_of(path) or {}


def table_of(path: Path) -> dict[str, str] | None:
    """A flat JSON object of strings; None where the file is missing, damaged, or holds anything else."""
    data = safefile.json_of(safefile.read(path, safefile.TABLE))
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        return None
    return {str(key): value for key, value in data.items()}
