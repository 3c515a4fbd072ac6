"""Conditions of streams, folders and memory, times commands. Data for `test_streams` and `tools/streams_table.py`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SNAPSHOT = Path(__file__).parents[1] / "machines" / "linux-h200-580.json"
LOG = "RuntimeError: CUDA error: no kernel image is available for execution on the device\n机器\n"

# Commands by name, with the exit code that they have when nothing is wrong. `{log}` and `{machine}` are files.
COMMANDS: dict[str, tuple[list[str], int]] = {
    "--version": (["--version"], 0),
    "--help": (["--help"], 0),
    "check": (["check", "--machine", "{machine}"], 0),
    "check --format json": (["check", "--machine", "{machine}", "--format", "json"], 0),
    "resolve": (["resolve", "--machine", "{machine}", "--profile", "hopper"], 0),
    "facts": (["facts", "torch", "--format", "json"], 0),
    "explain": (["explain", "torch-cpu-build", "--format", "json"], 0),
    "profiles list": (["profiles", "list"], 0),
    "diff": (["diff", "{machine}", "{machine}"], 0),
    "diagnose": (["diagnose", "{log}"], 1),
    "report": (["report", "{log}", "--machine", "{machine}"], 0),
    "a file that is not there": (["check", "--machine", "{machine}.机器", "--format", "json"], 2),
}

Start = Callable[[list[str], str, dict[str, str]], "Ended"]


@dataclass(frozen=True)
class Ended:
    code: int
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True)
class Condition:
    """`lost`: the result of a command cannot be written, which makes 0 a 1."""

    name: str
    said: str
    shell: str = '"$@"'  # how the command is started by sh
    env: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    lost: bool = False
    encoding: str = "utf-8"


CONDITIONS = (
    Condition("pipe", "both streams are pipes"),
    Condition("reader gone", "`envdoc … | true`: nobody reads", shell='"$@" | true; exit "${PIPESTATUS[0]}"'),
    Condition(
        "head", "`envdoc … | head -n 1`: the reader leaves early", shell='"$@" | head -n 1; exit "${PIPESTATUS[0]}"'
    ),
    Condition("stdout full", "stdout is on a full disk", shell='"$@" >/dev/full', lost=True),
    Condition("stderr full", "stderr is on a full disk", shell='"$@" 2>/dev/full'),
    Condition("both full", "both are on a full disk", shell='"$@" >/dev/full 2>/dev/full', lost=True),
    Condition("stdout closed", "`>&-`", shell='"$@" >&-'),
    Condition("stderr closed", "`2>&-`", shell='"$@" 2>&-'),
    Condition("all closed", "`<&- >&- 2>&-`", shell='"$@" <&- >&- 2>&-'),
    Condition(
        "ascii", "a locale without letters beyond ASCII", env=(("PYTHONIOENCODING", "ascii"),), encoding="ascii"
    ),
    Condition("gbk", "a Chinese code page", env=(("PYTHONIOENCODING", "gbk"),), encoding="gbk"),
    Condition("cp1252", "a Western code page", env=(("PYTHONIOENCODING", "cp1252"),), encoding="cp1252"),
    Condition(
        "no home",
        "neither HOME nor USER nor a cache folder",
        without=("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    ),
    Condition(
        "no folder", "the working directory was deleted", shell='d=$(mktemp -d) && cd "$d" && rmdir "$d" && "$@"'
    ),
    Condition("signals off", "started by `nohup`", shell='nohup "$@"'),
)


def run(condition: Condition, command: str, folder: Path) -> Ended:
    """The command under the condition, as a process of its own."""
    log = folder / "train.log"
    if not log.exists():
        log.write_text(LOG, encoding="utf-8")
    argv = [word.format(log=log, machine=SNAPSHOT) for word in COMMANDS[command][0]]
    env = {name: value for name, value in os.environ.items() if name not in condition.without}
    env |= {"PYTHONUTF8": "0", **dict(condition.env)}
    done = subprocess.run(
        ["bash", "-c", condition.shell, "sh", sys.executable, "-m", "envdoc", *argv],
        capture_output=True,
        env=env,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
        cwd=folder,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def expected(condition: Condition, command: str) -> int:
    code = COMMANDS[command][1]
    return 1 if condition.lost and code == 0 else code


def wrong(condition: Condition, command: str, ended: Ended) -> str:
    """What is wrong with how it ended; "" where all is well."""
    if ended.code != expected(condition, command):
        return f"exit {ended.code}, not {expected(condition, command)}: {ended.stderr[-300:]!r}"
    if b"Traceback" in ended.stderr or b"Exception ignored" in ended.stderr:
        return f"a traceback: {ended.stderr[-300:]!r}"
    whole = "closed" not in condition.name and not condition.lost and condition.name not in ("reader gone", "head")
    if whole and "json" in command.split() + COMMANDS[command][0]:
        try:
            json.loads(ended.stdout.decode(condition.encoding))
        except ValueError as error:
            return f"no document: {error}: {ended.stdout[:200]!r}"
    if whole and not ended.stdout and command != "a file that is not there":
        return "no output"
    return ""


def table() -> str:
    """The documented table, in Markdown."""
    names = list(COMMANDS)
    lines = ["| condition | " + " | ".join(f"`{name}`" for name in names) + " |", "|---|" + "---|" * len(names)]
    for condition in CONDITIONS:
        codes = " | ".join(str(expected(condition, name)) for name in names)
        lines.append(f"| {condition.name}: {condition.said} | {codes} |")
    return "\n".join(lines) + "\n"


def all_of_them() -> int:
    """Every condition with every command; prints what is wrong and returns how many are."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for condition in CONDITIONS:
            for command in COMMANDS:
                told = wrong(condition, command, run(condition, command, Path(folder)))
                bad += bool(told)
                if told:
                    print(f"{condition.name} | {command} | {told}", flush=True)
    print(f"{len(CONDITIONS)} conditions x {len(COMMANDS)} commands: {bad} wrong")
    return bad
