"""Whether the judged Python suits the stack: its kind, version, headers and owner."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import env_python, on_linux, packages, python
from envdoc.doctor.picks import install_command
from envdoc.doctor.words import finding, found, listed, passed
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Python, PythonKind, TargetKind
from envdoc.rules.commands import command

_DOWNLOAD = "https://www.python.org/downloads/"


@check(
    "python-kind",
    "Python is one that wheels exist for",
    codes=("python-32bit", "python-free-threaded", "python-not-cpython", "python-embedded", "python-store"),
)
def python_kind(case: Case) -> Outcome:
    who = _started(case)
    problems = {
        "python-32bit": (who.bits == 32, Severity.ERROR, "is 32-bit: torch has only 64-bit wheels"),
        "python-not-cpython": (
            who.implementation not in ("cpython", ""),
            Severity.ERROR,
            f"is {who.implementation}: torch has wheels for CPython only",
        ),
        "python-free-threaded": (
            who.free_threaded,
            Severity.WARNING,
            "is a free-threaded build: few packages of the stack have wheels for it",
        ),
        "python-embedded": (
            who.kind is PythonKind.EMBEDDED,
            Severity.WARNING,
            "is the embedded one: it has no pip, no venv and no headers",
        ),
        "python-store": (
            who.kind is PythonKind.STORE,
            Severity.INFO,
            "is from the Microsoft Store: its long paths and redirected folders break source builds",
        ),
    }
    bad = [
        _of_kind(case, code, severity, f"Python {who.version} {what}")
        for code, (is_so, severity, what) in problems.items()
        if is_so
    ]
    return found(*bad, seen=f"{who.implementation} {who.version}, {who.bits}-bit")


def _started(case: Case) -> Python:
    who = python(case)
    if not who.version:
        raise NotCheckedError("no Python that starts")
    return who


def _of_kind(case: Case, code: str, severity: Severity, summary: str) -> Finding:
    return finding(
        severity,
        code,
        summary,
        evidence=(env_python(case),),
        fix="Use a 64-bit CPython; `envdoc install` finds or brings one",
        commands=install_command(case) if severity is not Severity.INFO else (),
        links=(_DOWNLOAD,),
    )


@check("python-version", "Python version", codes=("python-too-new", "python-too-old"))
def python_version(case: Case) -> Outcome:
    who = _started(case)
    if case.profile is None and case.machine.target.torch.known:
        return passed(f"Python {who.version}; torch is installed for it")
    allowed, by = _allowed(case)
    if who.minor in allowed:
        return passed(f"Python {who.version}; {by} takes {allowed[0]} to {allowed[-1]}")
    have = version_tuple(who.minor)
    new = have > version_tuple(allowed[-1])
    made = case.machine.target.torch.known
    return found(
        finding(
            # An environment that is still to be made gets a Python of its own
            Severity.ERROR if made else Severity.INFO,
            "python-too-new" if new else "python-too-old",
            f"Python {who.version} is too {'new' if new else 'old'} for {by}, which takes {listed(allowed)}",
            evidence=(env_python(case),),
            fix="Make an environment with a Python that fits",
            commands=install_command(case),
            links=(_DOWNLOAD,),
        )
    )


def _allowed(case: Case) -> tuple[tuple[str, ...], str]:
    """Python minors in order, and who says so: the profile, else every torch in the table."""
    if case.profile is not None:
        return tuple(sorted(case.profile.python.allow, key=version_tuple)), f"profile `{case.profile.id}`"
    system = case.machine.os.system.value
    minors = {minor for row in case.knowledge.torch if row.os == system for minor in row.python}
    if not minors:
        raise NotCheckedError(f"the table has no torch for {system}")
    return tuple(sorted(minors, key=version_tuple)), "torch"


@check("python-headers", "Python headers for Triton", codes=("python-headers-missing",), applies=on_linux, gpu=True)
def python_headers(case: Case) -> Outcome:
    who = _started(case)
    if "triton" not in packages(case):
        raise NotCheckedError("triton is not installed")
    if who.headers.value is None:
        raise NotCheckedError(f"Python.h: {who.headers.reason()}")
    if who.headers.value:
        return passed("Python.h is there")
    return found(
        finding(
            Severity.WARNING,
            "python-headers-missing",
            f"Python {who.minor} has no headers (Python.h): Triton compiles a stub at its first kernel and will fail",
            evidence=(who.path,),
            fix="Install the headers of this Python, or use one of uv's, which brings them",
            commands=command("sudo", "apt-get", "install", f"python{who.minor}-dev", system=case.machine.os.system),
            links=("https://github.com/triton-lang/triton",),
        )
    )


@check("python-managed", "Environment may be changed", codes=("shared-python",))
def python_managed(case: Case) -> Outcome:
    who = _started(case)
    if case.machine.target.kind is not TargetKind.SYSTEM:
        return passed(case.machine.target.kind.value)
    why = "its owner forbids pip (PEP 668)" if who.externally_managed else "other programs may rely on it"
    return found(
        finding(
            Severity.INFO,
            "shared-python",
            f"This Python is no environment of its own, and {why}: envdoc never installs into it",
            evidence=(who.path,),
            fix="Install into an environment of its own",
            commands=install_command(case),
            links=("https://packaging.python.org/en/latest/specifications/externally-managed-environments/",),
        )
    )
