"""A small real host and a made-up NVML for the tests of smoke."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from envdoc.host.base import Completed
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System


class FakeNvml:
    """NVML of a machine with the GPUs named; none: no library."""

    def __init__(self, names: Sequence[str] = (), error: str = "", lost: int | None = None) -> None:
        self.names, self.error, self.lost = names, error, lost

    def init(self) -> Fact[str]:
        if self.error:
            return missing(Why.FAILED, "nvml", self.error, self.error)
        return known("13.580", "nvml") if self.names else missing(Why.ABSENT, "nvml", "libnvidia-ml.so.1")

    def count(self) -> Fact[int]:
        return known(len(self.names), "nvml")

    def device(self, index: int, name: str, *args: int) -> Fact[Any]:
        if index == self.lost:
            return missing(Why.FAILED, "nvml", "NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_GPU_IS_LOST")
        return known(self.names[index]) if name == "Name" else missing(Why.UNSUPPORTED)


class ProcessHost:
    """The part of a Host that smoke uses, over real processes."""

    def __init__(self, nvml: FakeNvml | None = None, environ: Mapping[str, str] | None = None) -> None:
        self.nvml = nvml or FakeNvml()
        self.environ = {**os.environ, **(environ or {})}
        self.system = System(sys.platform if sys.platform in ("linux", "darwin") else "windows")
        self.runs: list[tuple[str, ...]] = []

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: str | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Completed:
        self.runs.append(tuple(argv))
        environ = {key: value for key, value in {**self.environ, **(env or {})}.items() if value}
        start = time.monotonic()
        try:
            process = subprocess.Popen(
                argv, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, start_new_session=True,
            )  # fmt: skip
        except FileNotFoundError as error:
            return Completed(tuple(argv), None, why=Why.ABSENT, detail=str(error))
        timer = threading.Timer(timeout, lambda: os.killpg(process.pid, signal.SIGKILL))
        timer.start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(stdin or "")
        process.stdin.close()
        lines = []
        for line in process.stdout:
            lines.append(line)
            if on_line:
                on_line(line.rstrip("\n"))
        process.stdout.close()
        code = process.wait()
        late = not timer.is_alive()
        timer.cancel()
        seconds = time.monotonic() - start
        if late:
            return Completed(tuple(argv), None, "".join(lines), why=Why.TIMED_OUT, seconds=seconds)
        return Completed(tuple(argv), code, "".join(lines), seconds=seconds)
