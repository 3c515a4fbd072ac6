"""Runs proofs inside the target Python: each in a process of its own, with a time limit.

Started as `python -X utf8 child.py` with the jobs as JSON on standard input; prints one line for each job that
begins and ends, after a marker. Standard library only, Python 3.9 and newer, nothing of envdoc is importable.

Importing torch costs seconds. On POSIX it is imported once here (and no GPU touched), and each proof runs in a
fork: its own process, its own memory, its own crash. On Windows, and when the import itself brings this process
down (then envdoc starts it again with `"warm": []`), each proof gets a fresh interpreter.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MARKER = "ENVDOC-PROOF "
HERE = Path(__file__).resolve()
TAIL = 4000  # characters of output kept of a proof
STOPPED: list[int] = []  # signals that ask to stop


def load(path: str | Path, name: str) -> Any:
    """A module by its file."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def kit() -> Any:
    """What proofs are handed."""
    return load(HERE.with_name("kit.py"), "envdoc_kit")


def perform(job: dict[str, Any]) -> dict[str, Any]:
    """Run one proof here, in this process, and tell how it ended."""
    os.environ.update(job.get("env", {}))
    told: dict[str, Any] = kit().perform(job, load)
    return told


def fork(job: dict[str, Any], outcome: Path, output: Path) -> int:
    """Run the proof in a fork, in its own session, its output in a file; its process id."""
    if sys.platform == "win32":
        raise NotImplementedError
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent(signal.SIGKILL)
        target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        write(outcome, perform(job))
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # no atexit: a library's clean-up must not turn a proof's end into a crash


def die_with_parent(sign: int) -> None:
    """Linux: get a signal when the process that started this one ends, however it ends (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, sign)


def stop(sign: int, _frame: object) -> None:
    """Asked to stop, or envdoc itself is gone. Only noted: an exception could fall between a proof's start and
    its place in the list of those to clean up."""
    STOPPED.append(sign)


def spawn(job: dict[str, Any], outcome: Path, output: Path) -> subprocess.Popen[bytes]:
    """Run the proof in a fresh interpreter, its output in a file."""
    argv = [sys.executable, "-X", "utf8", str(HERE), "--one", json.dumps(job), str(outcome)]
    with output.open("wb") as target:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=target, stderr=target, start_new_session=os.name == "posix"
        )


def write(path: Path, value: dict[str, Any]) -> None:
    """Write whole or not at all: a proof may die at any moment."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value), encoding="utf-8")
    part.replace(path)


class Running:
    """A proof that was started."""

    def __init__(self, job: dict[str, Any], warm: bool) -> None:
        self.job = job
        self.folder = Path(tempfile.mkdtemp(prefix="envdoc-proof-"))
        self.outcome, self.output, self.loaded = (self.folder / name for name in ("outcome", "output", "loaded"))
        scratch = self.folder / "scratch"
        scratch.mkdir()
        job = {**job, "scratch": str(scratch), "loaded": str(self.loaded)}
        self.process = None if warm else spawn(job, self.outcome, self.output)
        self.pid = self.process.pid if self.process else fork(job, self.outcome, self.output)
        winjob = None if os.name == "posix" else load(HERE.parents[1] / "host" / "winjob.py", "envdoc_winjob")
        self.job_object: Any = winjob and winjob.around(int(vars(self.process)["_handle"]))
        self.start = self.began = time.monotonic()
        self.limit: float = job["loading"]

    def is_late(self) -> bool:
        """Whether it ran past its limit: while its packages load theirs, then its own."""
        if self.began == self.start and self.loaded.exists():
            self.began, self.limit = time.monotonic(), self.job["timeout"]
        return time.monotonic() - self.began > self.limit

    def poll(self) -> int | None:
        """The exit status (negative: a signal's number), None while it runs."""
        if self.process is not None:
            return self.process.poll()
        if sys.platform == "win32":
            raise NotImplementedError
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def kill(self) -> None:
        """End the proof and everything that it started; also after its end, so that no orphan stays."""
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        elif self.job_object is not None:
            self.job_object.end()

    def discard(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ended(self, returncode: int | None) -> dict[str, Any]:
        """What is told of it. `returncode` None: it ran past its limit."""
        seconds = time.monotonic() - self.start
        self.kill()
        if returncode is None and self.process is None and sys.platform != "win32":
            os.waitpid(self.pid, 0)  # killed just now: leave no zombie behind
        told: dict[str, Any] = {}
        if self.outcome.exists():
            told = json.loads(self.outcome.read_text(encoding="utf-8"))
        with self.output.open("rb") as file:  # it may have printed without end
            file.seek(max(0, self.output.stat().st_size - TAIL))
            tail = file.read(TAIL).decode("utf-8", "replace")
        shutil.rmtree(self.folder, ignore_errors=True)
        late = {} if returncode is not None else {"limit": self.limit, "loading": self.began == self.start}
        ended = {"id": self.job["id"], "returncode": returncode, "seconds": round(seconds, 3), "tail": tail}
        return {**told, **ended, **late}


def say(event: str, **told: Any) -> None:
    print(MARKER + json.dumps({"event": event, **told}), flush=True)


def warm_up(modules: list[str], seconds: float) -> bool:
    """Import what the proofs share; False where the first fails (each proof then says so itself)."""
    if sys.platform == "win32" or not modules or kit().absent(modules[:1]):
        return False
    signal.alarm(max(1, int(seconds)))  # an import that hangs ends this process, and envdoc starts it again without
    try:
        importlib.import_module(modules[0])
        for name in modules[1:]:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    except BaseException:
        return False
    finally:
        signal.alarm(0)
    return True


def run_all(jobs: list[dict[str, Any]], warm: bool, workers: int) -> None:
    """Run the jobs in order: those marked `alone` one at a time, the others up to `workers` at once."""
    waiting, running = list(jobs), list[Running]()
    try:
        while (waiting or running) and not STOPPED:
            while waiting and may_start(waiting[0], running, workers):
                job = waiting.pop(0)
                say("start", id=job["id"])
                running.append(Running(job, warm))
            time.sleep(0.01)
            for each in list(running):
                returncode = each.poll()
                if returncode is not None or each.is_late():
                    running.remove(each)
                    say("end", **each.ended(returncode))
    finally:
        for each in running:
            each.discard()


def may_start(job: dict[str, Any], running: list[Running], workers: int) -> bool:
    if job.get("alone") or any(each.job.get("alone") for each in running):
        return not running
    return len(running) < workers


def main() -> None:
    # This script's folder is no place to import from: what a proof imports is the target's alone.
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != HERE.parent]
    if sys.argv[1:2] == ["--one"]:
        if sys.platform != "win32":
            die_with_parent(signal.SIGKILL)
        write(Path(sys.argv[3]), perform(json.loads(sys.argv[2])))
        sys.stdout.flush()
        os._exit(0)
    if sys.platform != "win32":
        die_with_parent(signal.SIGTERM)
    asked = json.load(sys.stdin)
    start = time.monotonic()
    warm = warm_up(asked["warm"], asked["loading"])
    signal.signal(signal.SIGTERM, stop)  # until here it may end this process at once: nothing runs yet
    say("warm", warm=warm, seconds=round(time.monotonic() - start, 3))
    run_all(asked["jobs"], warm, asked["workers"])


if __name__ == "__main__":
    main()
