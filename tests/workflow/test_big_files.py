"""Files of 160 MB where some kilobytes are usual: refused, or read in bounded memory, and soon."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="resource")
SIZE, MEBIBYTES = 160 << 20, 120  # a command that reads nothing has 40 to 60
MACHINE = Path(__file__).parent.parent / "machines" / "linux-1080ti-580.json"
SHIPPED = Path(__file__).parents[2] / "profiles" / "cpu.yaml"
BEGIN = (
    '{"event": "begin", "kind": "made", "environment": "/e", "profile": "cpu", "time": "2026-11-26T10:00:00+00:00"}\n'
)
CODE = """
import re, sys
from pathlib import Path
from envdoc.cli.app import run
code = run(sys.argv[1:])
# not getrusage: a child begins with the size that its parent had when it forked
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10
print(code, peak, file=sys.stderr)
"""
SITE = "env/lib/python3.12/site-packages/torch-2.8.0.dist-info"
# Which file is big, how it begins, the command, and its exit codes.
CASES = {
    "a profile": ("own.yaml", SHIPPED.read_text(encoding="utf-8"), "resolve --no-gpu --profile {}", (2,)),
    "a profile, validated": ("own.yaml", "id: x\n", "profiles validate {}", (2,)),
    "a lock": ("locks/linux-x86_64-cp311.txt", "six==1.0\n", "profiles validate {folder}/own.yaml", (2,)),
    "a snapshot": ("m.json", "{", "check --machine {}", (2,)),
    "a log": ("train.log", "RuntimeError: CUDA error: no kernel image is available\n", "diagnose {}", (0, 1)),
    "a log, reported": ("train.log", "x\n", f"report {{}} --machine {MACHINE}", (0, 1)),
    "a training file": ("t.yaml", "model_name_or_path: x\n", f"check --train {{}} --machine {MACHINE}", (1, 2)),
    "a launched one": ("t.yaml", "model_name_or_path: x\n", "launch {}", (2,)),
    "a model's configuration": ("model/config.json", "{", "memory {folder}/model --method lora", (2,)),
    "a list of data sets": ("data/dataset_info.json", "{", "data check {folder}/data", (1, 2)),
    "a journal": ("env/.envdoc/journal.jsonl", BEGIN, "history --env {folder}/env", (0,)),
    "a journal, rolled back": ("env/.envdoc/journal.jsonl", BEGIN, "rollback --yes --env {folder}/env", (1, 2)),
    "a state": ("env/.envdoc/state.json", "{", "rollback --yes --env {folder}/env", (2,)),
    "variables": ("env/.envdoc/variables.json", "{", "env --env {folder}/env", (2,)),
    "a mark of a venv": (
        "env/pyvenv.cfg",
        "home = /usr/bin\n",
        "check --env {folder}/env --only torch-build",
        (0, 1),
    ),
    "metadata": (f"{SITE}/METADATA", "Name: torch\n", "check --env {folder}/env --only torch-build", (0, 1)),
    "a list of files": (
        f"{SITE}/RECORD",
        "torch/__init__.py,,\n",
        "check --env {folder}/env --only torch-build",
        (0, 1),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_of_160_mb(tmp_path: Path, name: str) -> None:
    place, head, command, codes = CASES[name]
    prepared(tmp_path)
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(head.encode())
        file.truncate(SIZE)  # a hole, which reads as zeros
        file.seek(0, 2)
        file.write(b"\n" + head.encode())
    argv = command.format(path, folder=tmp_path).split()
    done = subprocess.run(
        [sys.executable, "-c", CODE, *argv], capture_output=True, text=True, timeout=120, check=False
    )
    code, used = map(int, done.stderr.splitlines()[-1].split())
    assert code in codes, done.stderr
    assert used < MEBIBYTES


def prepared(folder: Path) -> None:
    """A profile with its locks, and an environment that looks like one of ours."""
    (folder / "locks").mkdir()
    (folder / "own.yaml").write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    for lock in (SHIPPED.parent / "locks").iterdir():
        (folder / "locks" / lock.name).write_bytes(lock.read_bytes())
    for each in ("env/bin", "env/.envdoc", SITE):
        (folder / each).mkdir(parents=True)
    (folder / "env/bin/python").symlink_to("/bin/true")
    (folder / "env/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    (folder / SITE / "METADATA").write_text("Name: torch\nVersion: 2.8.0\n")
    (folder / "env/.envdoc/journal.jsonl").write_text(BEGIN)
    (folder / "env/.envdoc/state.json").write_text(json.dumps({"schema": "1", "kind": "made"}))
