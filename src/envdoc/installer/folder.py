"""Where things lie in an environment: its Python, its packages, and envdoc's own folder `.envdoc`.

The installer's own files are written here, each so that a kill or a power cut leaves the old or the new
content, never half of it. Processes are started through the Host; this module starts none.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from envdoc.model.machine import System
from envdoc.model.value import dataclass

OWN = ".envdoc"


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
        """The folder of installed packages; None where the environment has none yet."""
        if self.windows:
            found = self.root / "Lib" / "site-packages"
            return found if found.is_dir() else None
        return next(iter(sorted(self.root.glob("lib/python3.*/site-packages"))), None)


def folder_of(environment: str, system: System) -> Folder:
    """The Folder of an environment given as the user wrote it (made absolute, links kept)."""
    return Folder(Path(os.path.abspath(environment)), system is System.WINDOWS)  # noqa: PTH100 - resolve() follows links


def write_whole(path: Path, text: str) -> None:
    """Replace a file by another content at once: staging file, fsync, rename, fsync of the folder.

    Raises:
        OSError: no space, no permission.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(path.name + ".new")
    with staging.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staging.replace(path)
    sync_folder(path.parent)


def write_json(path: Path, data: object) -> None:
    """`write_whole` of a JSON document, readable by people."""
    write_whole(path, json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def read_table(path: Path) -> dict[str, str]:
    """A flat JSON object of strings; {} where the file is missing or is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {str(key): value for key, value in data.items() if isinstance(value, str)}


def sync_folder(path: Path) -> None:
    """Make a rename or a new file in `path` durable. Windows has no handle for this and needs none."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
