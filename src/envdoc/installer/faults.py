"""Why an engine's call failed, read from what it printed: one finding, the plainest cause first.

Rules are data: a code, the tools' own words, and what to paste; the sentences are in the catalogue. First match
wins; the strictest stand first, because a full disk or a lost network make later messages of other kinds.
"""

from __future__ import annotations

import re

from envdoc.findings import finding, text
from envdoc.host.base import Completed
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding
from envdoc.model.value import dataclass
from envdoc.rules.masks import LineMasker


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    words: re.Pattern[str]
    commands: tuple[str, ...] = ()


_ERROR = re.compile(r"^\s*error: ", re.IGNORECASE | re.MULTILINE)


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_RULES = (
    _Rule(
        "disk-full",
        # "No space left on device (os error 28)", "[Errno 28]", Windows: "There is not enough space on the disk."
        _words(r"no space left on device", r"\[errno 28\]", r"not enough space on the disk", r"disk quota exceeded"),
        ("uv cache prune",),
    ),
    _Rule(
        "pip-hash-mismatch",
        # uv: "Hash mismatch for `trl==1.0`", "no trusted hash was provided for: `six`"
        # pip: "THESE PACKAGES DO NOT MATCH THE HASHES", "Hashes are required in --require-hashes mode"
        _words(r"hash mismatch for", r"do not match the hashes", r"no trusted hash", r"hashes are required in"),
    ),
    _Rule(
        "index-denied",
        # "HTTP status client error (401 Unauthorized) for url (…)", pip: "ERROR: HTTP error 403 while getting"
        # uv behind a proxy: "cause: tunnel error: proxy authorization required"
        _words(
            r"\b40[13] (unauthorized|forbidden)",
            r"http error 40[13]",
            r"40[13] error",
            r"status code 40[13]",
            r"\b407 proxy",
            r"proxy authorization required",
        ),
    ),
    _Rule(
        "tls-not-trusted",
        _words(
            r"invalid peer certificate",
            r"certificate[_ ]verify[_ ]failed",
            r"self.signed certificate",
            r"its certificate cannot be verified",  # our own look
        ),
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
            r"http 000 connection failed",
            r"error decoding response body",
        ),
    ),
    _Rule(
        "file-in-use",
        # Windows: "The process cannot access the file because it is being used by another process. (os error 32)"
        _words(r"used by another process", r"sharing violation", r"\(?os error 3[23]\b", r"\[winerror 3[23]\]"),
    ),
    _Rule(
        "environment-not-writable",
        # a conda of the system's, whose own folder for packages is read-only: "NoWritablePkgsDirError: …"
        _words(r"nowritablepkgsdirerror", r"no writeable pkgs directories"),
        ("conda config --prepend pkgs_dirs ~/.conda/pkgs",),
    ),
    _Rule(
        "environment-not-writable",
        _words(
            r"notwritableerror",
            r"not have write permissions",
            r"permission denied",
            r"access is denied",
            r"read-only file system",
            r"\[errno 13\]",
            r"os error 5\)",
        ),
    ),
    _Rule(
        "path-too-long",
        _words(
            r"file ?name too long",
            r"os error 206",
            r"path.{0,20}too long",
            r"os error 36\)",
            r"long path support enabled",  # pip's own hint
            # Windows says "not found" (2, 3) or "wrong name" (123) of a path beyond its 260 characters
            r"[a-z]:[\\/][^\n:]{245,}:.*\(os error (2|3|123)\)",
            r"\[(errno (2|22)|winerror (2|3|123|206))\].*'[a-z]:[\\/][^\n']{245,}'",
        ),
    ),
    _Rule(
        "ensurepip-missing",
        _words(r"ensurepip is not available", r"no module named '?ensurepip", r"no module named '?venv"),
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
            r"packagesnotfounderror",
            r"cannot solve the request",
            r"nothing provides",
        ),
        ("envdoc resolve",),
    ),
)


def explain(code_of_step: str, output: str, *, log: str = "") -> Finding:
    """The finding for a failed call. `output` is what it printed; `log` the path of the whole log."""
    for rule in _RULES:
        found = rule.words.search(output)
        if found:
            return _finding(rule, output, found.start(), log)
    shown = _masked(_tail(output))
    last = shown[-1] if shown else ""
    return finding("step-failed", step=code_of_step, last=last, evidence=(*shown, *_log_line(log)))


def _finding(rule: _Rule, output: str, place: int, log: str) -> Finding:
    error = _ERROR.search(output)  # uv names the cause below its error, pip above
    start = min(output.rfind("\n", 0, place) + 1, error.start() if error else len(output))
    evidence = [line.strip() for line in output[start:].splitlines() if line.strip()][:8]
    told = (*_masked(evidence), *_log_line(log))
    return finding(rule.code, evidence=told, commands=map(Command, rule.commands))


def _masked(lines: list[str]) -> list[str]:
    """Lines without secrets, also where one names what the next tells."""
    masker = LineMasker()
    return [masker.line(line) for line in lines]


def why(step_id: str, done: Completed, *, log: str, timeout: float) -> Finding:
    """The finding for a call that did not end well."""
    if done.why is Why.TIMED_OUT:
        return timed_out(step_id, timeout, log)
    if done.why is Why.ABSENT:
        return missing_engine(done.argv[0])
    return explain(step_id, "\n".join(part for part in (done.stdout, done.stderr, done.detail) if part), log=log)


def missing_engine(program: str) -> Finding:
    """The finding for an engine that is not there."""
    command = Command("python -m pip install --force-reinstall uv")
    return finding("engine-missing", program=program, commands=(command,))


def timed_out(step_id: str, seconds: float, log: str) -> Finding:
    """The finding for a call that was stopped after its time."""
    return finding("step-timed-out", step=step_id, seconds=f"{seconds:.0f}", evidence=_log_line(log))


def _tail(output: str) -> list[str]:
    return [line.strip() for line in output.splitlines() if line.strip()][-8:]


def _log_line(log: str) -> tuple[str, ...]:
    return (text("install", "whole-log", log=log),) if log else ()
