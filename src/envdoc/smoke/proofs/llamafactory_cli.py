"""`llamafactory-cli ...` of this environment ends well and prints what it should."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    arguments = kit.args["arguments"]
    command = f"`llamafactory-cli {' '.join(arguments)}`"
    # `-h` asks torchrun for every GPU when several are there; help and version need none.
    environ = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [_program(kit), *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    print(ended.stdout[-2000:], ended.stderr[-2000:], file=sys.stderr)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()] or ["no output"]
        kit.fail("command-failed", f"{command} ended with exit code {ended.returncode}: {lines[-1].strip()}")
    if kit.args["expect"] not in ended.stdout:
        kit.fail("command-failed", f"{command} ended well but did not print `{kit.args['expect']}`")
    return f"{command} ended well"


def _program(kit: Kit) -> str:
    """The command that stands beside this Python: PATH may lead to another environment's."""
    name = "llamafactory-cli" + (".exe" if os.name == "nt" else "")
    programs = [Path(folder) / name for folder in (Path(sys.executable).parent, sysconfig.get_path("scripts"))]
    found = [str(program) for program in programs if program.exists()]
    if not found:
        kit.fail("command-failed", "`llamafactory-cli` is not in the environment though `llamafactory` is")
    return found[0]
