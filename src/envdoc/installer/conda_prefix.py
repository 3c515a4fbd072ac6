"""conda's side of an environment: which conda is there (found by files, none is started), the prefix before it is
filled, what conda wrote into it, and the list by which `conda env list` knows it.

A prefix is filled by `install`, never by `create`: envdoc's journal lies there already, and `conda create --yes`
deletes a prefix that is there with all that is in it (conda/cli/main_create.py), while micromamba refuses one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from envdoc.host.base import Host
from envdoc.installer import safefile
from envdoc.model.machine import System

# Where installers put it, in the home folder and for everybody; the newest kinds first.
_HOME = ("miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba", ".local/share/mamba")
_EVERYBODY = ("/opt/conda", "/opt/miniforge3", "/opt/miniconda3", "/opt/anaconda3", r"C:\ProgramData\miniforge3")
_EVERYBODY_MORE = (r"C:\ProgramData\miniconda3", r"C:\ProgramData\anaconda3")
_LIMIT = 1 << 24


def find(host: Host) -> str:
    """The program of a conda, mamba or micromamba; "" where none is there. mamba first: it solves quicker."""
    every = (path for path in _candidates(host) if path and host.stat(path).known)
    return next(every, "")


def _candidates(host: Host) -> Iterator[str]:
    env, windows = host.environ, host.system is System.WINDOWS
    yield from (env.get("MAMBA_EXE", ""), env.get("CONDA_EXE", ""))
    for name in ("mamba", "conda", "micromamba"):
        found = host.which(name) or ""
        if not found.lower().endswith((".bat", ".cmd")):  # arguments of a batch file are read twice
            yield found
    home = env.get("USERPROFILE" if windows else "HOME", "")
    roots = [os.path.join(home, each) for each in _HOME] if home else []  # noqa: PTH118 - maybe not this system's
    for root in (*roots, *_EVERYBODY, *_EVERYBODY_MORE):
        for name in ("mamba", "conda"):
            yield f"{root}\\Scripts\\{name}.exe" if windows else f"{root}/bin/{name}"


def has_rattler() -> bool:
    """Whether the extra `conda` is installed beside envdoc."""
    from importlib.util import find_spec

    try:
        return find_spec("rattler") is not None
    except ValueError:
        return False


def seed(prefix: Path) -> None:
    """Make a folder what every conda takes for an environment, with nothing in it yet."""
    history = prefix / "conda-meta" / "history"
    if not history.exists():
        safefile.write_whole(history, "", safefile.SHARED)


def files_of(prefix: Path) -> set[str]:
    """What conda linked into the prefix, by its own records: `conda-meta/NAME.json`, {"files": ["bin/python", …]}."""
    found: set[str] = set()
    for record in sorted((prefix / "conda-meta").glob("*.json")):
        told = safefile.json_of(_bytes(record))
        files = told.get("files") if isinstance(told, dict) else None
        found |= {str(each) for each in files if isinstance(each, str)} if isinstance(files, list) else set()
        found.add(f"conda-meta/{record.name}")
    if (prefix / "conda-meta").is_dir():
        found.add("conda-meta/history")
    return {each for each in found if not each.startswith(("/", "..")) and ":" not in each and "\\" not in each}


def _bytes(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT)
    except OSError:
        return None


def announce(host: Host, prefix: str) -> None:
    """Add the environment to `~/.conda/environments.txt`, where `conda env list` looks; conda itself does it too.

    Raises:
        OSError: no permission.
    """
    home = host.environ.get("USERPROFILE" if host.system is System.WINDOWS else "HOME", "")
    if not home:
        return
    file = Path(home) / ".conda" / "environments.txt"
    known = (_bytes(file) or b"").decode("utf-8", "replace").splitlines()
    if prefix not in known:
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8", newline="\n") as out:
            out.write(f"{prefix}\n")


def request(prefix: str, channel: str, specs: tuple[str, ...]) -> str:
    """What `rattler_child` reads."""
    return json.dumps({"prefix": prefix, "channels": [channel], "specs": list(specs)}, indent=1) + "\n"
