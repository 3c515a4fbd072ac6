"""Faults made for real in small children, and what the programs then print: logs for tests/diagnose/real.

    python tools/provoke_logs.py OUT_FOLDER [--python ENV/bin/python] [--only NAME]

`--python` is an environment with torch, transformers, peft and datasets; without it those faults are left out.
Nothing but OUT_FOLDER and a temporary folder is written. Paths are normalised; each file is named after what was
provoked, and whoever adds it to the corpus puts the expected code before it (`CODE--NAME.log`) after reading it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LIMIT = 300  # seconds of one child
HERE = Path(__file__).parent / "provoke"
MARK = "#### next fault: "
# the stack takes seconds to import, so its faults share one process; each ends in its own traceback
AT_ONCE = f"""
import sys, traceback
for name, code in eval(sys.argv[1]).items():
    print("{MARK}" + name, flush=True)
    try:
        exec(compile(code, "<string>", "exec"), {{}})
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
"""
BARE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--only", default="")
    wished = parser.parse_args()
    wished.out.mkdir(parents=True, exist_ok=True)
    for name, script in scripts(HERE / "shell.txt", "# ==== ").items():
        if wished.only in name:
            keep(wished.out, name, run(["bash", "-c", script]))
    if wished.python is not None:
        pieces = scripts(HERE / "stack.txt", "# ==== ")
        told = run([str(wished.python), "-c", AT_ONCE, repr(pieces)])
        for name, _, text in (piece.partition("\n") for piece in told.split(MARK)[1:]):
            keep(wished.out, name.strip(), text)


def scripts(path: Path, mark: str) -> dict[str, str]:
    """The pieces of a file, each under a line `# ==== NAME`; what stands before the first belongs to all."""
    head, *pieces = path.read_text(encoding="utf-8").split(mark)
    named = (piece.partition("\n") for piece in pieces)
    return {name.strip(): head + body for name, _, body in named}


def run(argv: list[str]) -> str:
    """Both streams of a child in a folder of its own, as a terminal would show them."""
    with tempfile.TemporaryDirectory(prefix="provoke-") as folder:
        env = {**BARE, "PYTHON": sys.executable, "WORK": folder}
        try:
            quiet: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "timeout": LIMIT}
            done = subprocess.run(argv, cwd=folder, env=env, check=False, **quiet)
        except subprocess.TimeoutExpired as late:
            return normal((late.stdout or b"").decode("utf-8", "replace"), folder)
    return normal(done.stdout.decode("utf-8", "replace"), folder)


def normal(text: str, folder: str) -> str:
    """Without what is of this machine: the temporary folder, the environments' places, the home."""
    text = text.replace(folder, "/srv/work")
    text = re.sub(r"(?:/[\w.-]+)+/site-packages", "/srv/env/lib/python3.11/site-packages", text)
    text = re.sub(r"/(?:root|home/\w+)/\.pyenv/versions/[\w.]+", "/opt/python", text)
    text = re.sub(r"/tmp/pip-[\w-]+", "/tmp/pip-build", text)
    return text.replace(str(Path(sys.executable).parents[1]), "/srv/env").replace("/root/", "/home/user/")


def keep(out: Path, name: str, text: str) -> None:
    (out / f"{name}.log").write_text(text, encoding="utf-8")
    last = [line for line in text.splitlines() if line.strip()][-1:] or ["nothing was printed"]
    print(f"{name:<34} {last[0][:100]}")


if __name__ == "__main__":
    main()
