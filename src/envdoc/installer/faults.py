"""Why an engine's call failed, read from what it printed: one finding, the plainest cause first.

Rules are data: a code, the tools' own words, a sentence, and the way out. First match wins; the strictest
stand first, because a full disk or a lost network make later messages of other kinds.
"""

from __future__ import annotations

import re

from envdoc.host.base import Completed
from envdoc.installer.secrets import mask
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding, Remediation, Severity
from envdoc.model.value import dataclass

_AGAIN = "then run the same command again: what is done is kept"


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    words: re.Pattern[str]
    summary: str
    text: str
    commands: tuple[str, ...] = ()


_ERROR = re.compile(r"^\s*error: ", re.IGNORECASE | re.MULTILINE)


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_RULES = (
    _Rule(
        "disk-full",
        # "No space left on device (os error 28)", "[Errno 28]", Windows: "There is not enough space on the disk."
        _words(r"no space left on device", r"\[errno 28\]", r"not enough space on the disk", r"disk quota exceeded"),
        "The disk is full",
        f"Free space on the disk of the environment and on that of the engine's cache, {_AGAIN}",
        ("uv cache prune",),
    ),
    _Rule(
        "index-denied",
        # "HTTP status client error (401 Unauthorized) for url (…)", pip: "ERROR: HTTP error 403 while getting"
        _words(
            r"\b40[13] (unauthorized|forbidden)",
            r"http error 40[13]",
            r"40[13] error",
            r"status code 40[13]",
            r"\b407 proxy",
        ),
        "A package source refused access (HTTP 401, 403 or 407)",
        f"Check the user name and token of the source, or of the proxy, {_AGAIN}",
    ),
    _Rule(
        "tls-not-trusted",
        _words(r"invalid peer certificate", r"certificate[_ ]verify[_ ]failed", r"self.signed certificate"),
        "The certificate of a package source is not trusted, as behind a proxy that signs anew",
        f"Name the company's certificates in the variable `SSL_CERT_FILE`, {_AGAIN}",
    ),
    _Rule(
        "network-unreachable",
        _words(
            r"dns error",
            r"failed to lookup address",
            r"name resolution",
            r"name or service not known",
            r"getaddrinfo failed",
            r"error sending request",
            r"connection (refused|reset|closed|aborted)",
            r"failed to establish a new connection",
            r"network is unreachable",
            r"could not connect, are you offline",
            r"connection broken",
            r"timed out",
            r"http status server error",
            r"http error 5\d\d",
            r"network connectivity is disabled",
            r"error decoding response body",
        ),
        "A package source could not be reached, or went away midway",
        f"Check the network and the proxy (`HTTPS_PROXY`), or choose a mirror, {_AGAIN}",
    ),
    _Rule(
        "file-in-use",
        # Windows: "The process cannot access the file because it is being used by another process. (os error 32)"
        _words(r"used by another process", r"sharing violation", r"\(?os error 3[23]\b", r"\[winerror 3[23]\]"),
        "A program holds a file of the environment open, and Windows does not replace it meanwhile",
        f"Close the programs that use this environment (a training, a notebook, an editor), {_AGAIN}",
    ),
    _Rule(
        "environment-not-writable",
        _words(r"permission denied", r"access is denied", r"read-only file system", r"\[errno 13\]", r"os error 5\)"),
        "A file of the environment or of the cache may not be written",
        f"Choose a folder that you may write to (`--env DIR`), or close programs that use the environment, {_AGAIN}",
    ),
    _Rule(
        "path-too-long",
        _words(r"file ?name too long", r"os error 206", r"path.{0,20}too long", r"os error 36\)"),
        "A path is longer than this system allows",
        f"Choose a shorter folder with `--env DIR` (on Windows, or switch long paths on), {_AGAIN}",
    ),
    _Rule(
        "ensurepip-missing",
        _words(r"ensurepip is not available", r"no module named '?ensurepip", r"no module named '?venv"),
        "This Python has no `venv` or no `ensurepip`, so it makes no environments with pip",
        "Use the default engine (`--engine uv`), or add the missing part of Python",
        ("sudo apt install python3-venv",),
    ),
    _Rule(
        "package-not-found",
        _words(
            r"no solution found when resolving",
            r"no matching distribution found",
            r"could not find a version that satisfies",
            r"was not found in the (package registry|provided)",
            r"resolutionimpossible",
            r"there (is|are) no versions? of",
            r"no usable wheels",
        ),
        "The sources do not offer this set of packages for this Python and system",
        "See what is missing below; ask for what fits here, or name a source that has it",
        ("envdoc resolve",),
    ),
)


def explain(code_of_step: str, output: str, *, log: str = "") -> Finding:
    """The finding for a failed call. `output` is what it printed; `log` the path of the whole log."""
    for rule in _RULES:
        found = rule.words.search(output)
        if found:
            return _finding(rule, output, found.start(), log)
    shown = _tail(output)
    return Finding(
        "step-failed",
        Severity.ERROR,
        f"Step `{code_of_step}` failed" + (f": {shown[-1]}" if shown else ""),
        evidence=tuple(shown) + _log_line(log),
        remediation=Remediation(f"Read the step's log, mend its cause, {_AGAIN}"),
    )


def _finding(rule: _Rule, output: str, place: int, log: str) -> Finding:
    error = _ERROR.search(output)  # uv names the cause below its error, pip above
    start = min(output.rfind("\n", 0, place) + 1, error.start() if error else len(output))
    evidence = [line.strip() for line in output[start:].splitlines() if line.strip()][:8]
    return Finding(
        rule.code,
        Severity.ERROR,
        rule.summary,
        evidence=tuple(mask(line) for line in evidence) + _log_line(log),
        remediation=Remediation(rule.text, tuple(Command(each) for each in rule.commands)),
    )


def why(step_id: str, done: Completed, *, log: str, timeout: float) -> Finding:
    """The finding for a call that did not end well."""
    if done.why is Why.TIMED_OUT:
        return timed_out(step_id, timeout, log)
    if done.why is Why.ABSENT:
        return missing_engine(done.argv[0])
    return explain(step_id, "\n".join(part for part in (done.stdout, done.stderr, done.detail) if part), log=log)


def missing_engine(program: str) -> Finding:
    """The finding for an engine that is not there."""
    return Finding(
        "engine-missing",
        Severity.ERROR,
        f"`{program}` is not there or does not start",
        remediation=Remediation(
            "Reinstall uv beside envdoc", (Command("python -m pip install --force-reinstall uv"),)
        ),
    )


def timed_out(step_id: str, seconds: float, log: str) -> Finding:
    """The finding for a call that was stopped after its time."""
    return Finding(
        "step-timed-out",
        Severity.ERROR,
        f"Step `{step_id}` was stopped after {seconds:.0f} s",
        evidence=_log_line(log),
        remediation=Remediation(f"Look whether the network or the disk is slow, {_AGAIN}"),
    )


def _tail(output: str) -> list[str]:
    return [mask(line.strip()) for line in output.splitlines() if line.strip()][-8:]


def _log_line(log: str) -> tuple[str, ...]:
    return (f"whole log: {log}",) if log else ()
