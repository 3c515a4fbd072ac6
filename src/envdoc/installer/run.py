"""One run of a plan: what every step needs, and the one way to start a tool and keep what it says."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from envdoc.host.base import Completed, Host
from envdoc.installer import child, faults, held, journal, safefile
from envdoc.installer.engines import ENGINES
from envdoc.installer.engines.base import Call, Engine
from envdoc.installer.events import Event, StepLine
from envdoc.installer.folder import Folder
from envdoc.installer.options import Options
from envdoc.installer.outcome import Outcome
from envdoc.installer.secrets import mask
from envdoc.installer.tools import find_uv
from envdoc.model.finding import Finding
from envdoc.model.plan import Plan
from envdoc.model.results import ProofResult
from envdoc.model.value import replace
from envdoc.rules.masks import LineMasker

__all__ = ["Explainer", "Outcome", "Prover", "Run", "said"]

Prover = Callable[[str, tuple[str, ...]], tuple[ProofResult, ...]]
Explainer = Callable[[str], tuple[Finding, ...]]


@dataclass(slots=True)
class Run:
    """The plan being executed."""

    plan: Plan
    host: Host
    options: Options
    folder: Folder
    on_event: Callable[[Event], None]
    prove: Prover
    explain_log: Explainer
    entries: list[journal.Entry] = field(default_factory=list)
    proofs: tuple[ProofResult, ...] = ()
    base_python: str = ""  # the interpreter that the environment is made with

    @property
    def engine(self) -> Engine:
        return ENGINES[self.options.engine]

    def tool(self) -> str:
        """The engine's own program; "" where it is the environment's Python."""
        return find_uv(self.host) if self.options.engine != "pip" else ""

    def note(self, entry: journal.Entry) -> None:
        """Add to the journal, on disk before this returns."""
        self.entries.append(journal.append(self.folder.journal, entry))

    def log_path(self, step_id: str) -> str:
        path = self.folder.log(step_id)
        return str(path) if path.exists() else ""

    def install(self, step_id: str, call: Call) -> Completed:
        """From the engine's cache where everything is there (no network, a third of the time), else as usual."""
        cached = self.engine.from_cache(call)
        if cached is not None:
            done = self._start(step_id, cached, None)
            if done.ok:
                with self._log(step_id) as log:
                    keep = _Keeper(step_id, log, self.on_event)
                    keep.command(cached.argv)
                    for line in (done.stdout + done.stderr).splitlines():
                        keep.line(line)
                return done
        return self.call(step_id, call)

    def call(self, step_id: str, call: Call) -> Completed:
        """Write the call's files, start it in the step's folder, and keep its lines in the step's log."""
        with self._log(step_id) as log:
            keep = _Keeper(step_id, log, self.on_event)
            keep.command(call.argv)
            return self._start(step_id, call, keep.line)

    def _start(self, step_id: str, call: Call, on_line: Callable[[str], None] | None) -> Completed:
        for path, text in call.files.items():
            safefile.write_whole(path, text)
        where = safefile.make_folder(self.folder.step(step_id))
        for told in (call.result, call.answer):
            if told is not None:
                told.unlink(missing_ok=True)
        done = self.host.run(
            call.argv,
            timeout=self.options.timeout,
            env=self._variables({**self._configured(), **call.env, **call.secret}),
            cwd=str(where),
            on_line=on_line,
        )
        return done if call.result is None else _by_result(done, call.result)

    def answer(self, call: Call) -> str:
        """What a question found out. It is taken away: an address in it may have been told with credentials."""
        if call.answer is None:
            return ""
        told = safefile.read(call.answer) or b""
        safefile.remove(call.answer)
        return told.decode("utf-8", "replace")

    def _log(self, step_id: str) -> TextIO:
        handle = safefile.open_append(self.folder.log(step_id))
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace", newline="\n")

    def failure(self, step_id: str, done: Completed) -> tuple[Finding, ...]:
        """Why a call failed: the installer's own finding first, then what the log's rules add."""
        first = faults.why(step_id, done, log=self.log_path(step_id), timeout=self.options.timeout)
        first = held.named(first, said(done))
        told = self.explain_log(mask(said(done)))
        return (first, *(each for each in told if each.code != first.code))

    def ask(self, argv: tuple[str, ...], *, timeout: float = 60.0, env: Mapping[str, str] | None = None) -> Completed:
        """A short question to a tool; not logged."""
        return self.host.run(argv, timeout=timeout, env=self._variables(env or {}))

    def _variables(self, more: Mapping[str, str]) -> dict[str, str]:
        return child.variables(str(self.folder.root), more, self.host.environ)

    def _configured(self) -> dict[str, str]:
        """What the user's configuration files say, where no variable of theirs says it."""
        told = self.options.variables.items()
        return {name: value for name, value in told if not self.host.environ.get(name)}


@dataclass(slots=True)
class _Keeper:
    """Masks a tool's lines, writes them to the log and tells them on. A full disk ends the log, not the run."""

    step_id: str
    log: TextIO
    on_event: Callable[[Event], None]
    full: bool = False
    masker: LineMasker = field(default_factory=LineMasker)

    def command(self, argv: tuple[str, ...]) -> None:
        self._write("$ " + mask(" ".join(argv)))

    def line(self, text: str) -> None:
        shown = self.masker.line(text.rstrip())
        self._write(shown)
        self.on_event(StepLine(self.step_id, shown))

    def _write(self, text: str) -> None:
        if self.full:
            return
        try:
            self.log.write(text + "\n")
            self.log.flush()
        except OSError:
            self.full = True


def _by_result(done: Completed, result: Path) -> Completed:
    """The call as its written result says it ended; without one it failed, whatever its exit code."""
    told = safefile.json_of(safefile.read(result))
    if isinstance(told, dict) and told.get("ok") is True:
        return replace(done, returncode=0)
    error = str(told.get("error", "")) if isinstance(told, dict) else "it wrote no result"
    return replace(done, returncode=done.returncode or 1, stderr=f"{done.stderr}\nerror: {error}")


def said(done: Completed) -> str:
    """All that a tool printed, or why it did not run."""
    return "\n".join(part for part in (done.stdout, done.stderr, done.detail) if part)
