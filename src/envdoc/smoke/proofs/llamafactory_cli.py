"""`llamafactory-cli ...` of this environment ends well and prints what it should."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    arguments = kit.args["arguments"]
    command = f"`llamafactory-cli {' '.join(arguments)}`"
    # `-h` asks torchrun for every GPU when several are there; help and version need none.
    environ = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [kit.lib("programs").beside_python(kit, "llamafactory-cli"), *arguments],
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
