"""Running the command line in this process, and as a process of its own."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from envdoc.cli.app import run

# What the script `envdoc` runs; `python -m envdoc` would stand in the commands that it prints.
SCRIPT = "from envdoc.__main__ import start; start()"


@dataclass(frozen=True)
class Ran:
    code: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def envdoc(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`envdoc("check", "--list")` in this process; `encoding` is what stdout and stderr can write."""

    def call(*argv: str, encoding: str = "utf-8") -> Ran:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n") for _ in range(2))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        code = run(argv)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode(encoding))  # type: ignore[attr-defined]
        return Ran(int(code), *texts)

    return call


def process(
    *argv: str, env: Mapping[str, str] | None = None, cwd: str | None = None
) -> subprocess.CompletedProcess[str]:
    """`envdoc ...` as a user starts it."""
    import os

    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *argv],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        check=False,
    )
