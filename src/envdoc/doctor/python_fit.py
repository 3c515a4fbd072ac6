"""Whether the judged Python suits the stack: its kind, version, headers and owner."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import env_python, on_linux, on_windows, packages, python
from envdoc.doctor.picks import install_command
from envdoc.doctor.words import found, listed, passed
from envdoc.findings import finding, text
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Python, PythonKind, TargetKind
from envdoc.model.value import replace
from envdoc.rules.commands import command

_TRITON = "triton-windows"


@check(
    "python-kind",
    codes=("python-32bit", "python-free-threaded", "python-not-cpython", "python-embedded", "python-store"),
)
def python_kind(case: Case) -> Outcome:
    who = _started(case)
    problems = {
        "python-32bit": who.bits == 32,
        "python-not-cpython": who.implementation not in ("cpython", ""),
        "python-free-threaded": who.free_threaded,
        "python-embedded": who.kind is PythonKind.EMBEDDED,
        "python-store": who.kind is PythonKind.STORE,
    }
    bad = [_of_kind(case, code, who) for code, is_so in problems.items() if is_so]
    return found(
        *bad, seen=text("checks", "python-kind", implementation=who.implementation, python=who.version, bits=who.bits)
    )


def _started(case: Case) -> Python:
    who = python(case)
    if not who.version:
        raise NotCheckedError(text("checks", "no-starting-python"))
    return who


def _of_kind(case: Case, code: str, who: Python) -> Finding:
    made = finding(
        code,
        version=who.version,
        implementation=who.implementation,
        evidence=(env_python(case),),
        fix=text("checks", "fix-python"),
    )
    mends = install_command(case) if made.severity is not Severity.INFO else ()
    return replace(made, remediation=replace(made.remediation, commands=mends))


@check("python-version", codes=("python-too-new", "python-too-old"))
def python_version(case: Case) -> Outcome:
    who = _started(case)
    if case.profile is None and case.machine.target.torch.known:
        return passed(text("checks", "python-torch-there", python=who.version))
    allowed, by = _allowed(case)
    if who.minor in allowed:
        return passed(text("checks", "python-taken", python=who.version, by=by, first=allowed[0], last=allowed[-1]))
    have = version_tuple(who.minor)
    new = have > version_tuple(allowed[-1])
    made = case.machine.target.torch.known
    return found(
        finding(
            "python-too-new" if new else "python-too-old",
            # An environment that is still to be made gets a Python of its own
            severity=Severity.ERROR if made else Severity.INFO,
            version=who.version,
            by=by,
            allowed=listed(allowed),
            evidence=(env_python(case),),
            commands=install_command(case),
        )
    )


def _allowed(case: Case) -> tuple[tuple[str, ...], str]:
    """Python minors in order, and who says so: the profile, else every torch in the table."""
    if case.profile is not None:
        return tuple(sorted(case.profile.python.allow, key=version_tuple)), text(
            "checks", "profile", profile=case.profile.id
        )
    system = case.machine.os.system.value
    minors = {minor for row in case.knowledge.torch if row.os == system for minor in row.python}
    if not minors:
        raise NotCheckedError(text("checks", "no-torch-for", system=system))
    return tuple(sorted(minors, key=version_tuple)), "torch"


def _compiles(case: Case) -> bool:
    """Whether what is installed compiles against Python: Triton, on Windows a distribution of another name."""
    if on_windows(case):
        return any(each.name == _TRITON for each in case.machine.target.packages.value or ())
    return on_linux(case)


@check("python-headers", codes=("python-headers-missing",), applies=_compiles, gpu=True, beyond_listings=True)
def python_headers(case: Case) -> Outcome:
    who = _started(case)
    if not on_windows(case) and "triton" not in packages(case):
        raise NotCheckedError(text("checks", "no-triton"))
    if who.headers.value is None:
        raise NotCheckedError(text("checks", "headers-why", why=who.headers.reason()))
    if who.headers.value:
        return passed(text("checks", "headers-there"))
    return found(_without_headers_on_windows(case, who) if on_windows(case) else _without_headers(case, who))


def _without_headers(case: Case, who: Python) -> Finding:
    return finding(
        "python-headers-missing",
        python=who.minor,
        evidence=(who.path,),
        commands=command("sudo", "apt-get", "install", f"python{who.minor}-dev", system=case.machine.os.system),
    )


def _without_headers_on_windows(case: Case, who: Python) -> Finding:
    """Nothing brings headers to a Python of Windows but another Python."""
    return finding(
        "python-headers-missing",
        summary=text("python-headers-missing", "windows", python=who.minor, folder=who.headers.source),
        fix=text("python-headers-missing", "windows-fix"),
        evidence=(who.path,),
        commands=install_command(case),
    )


@check("python-managed", codes=("shared-python",), beyond_listings=True)
def python_managed(case: Case) -> Outcome:
    who = _started(case)
    if case.machine.target.kind is not TargetKind.SYSTEM:
        return passed(case.machine.target.kind.value)
    why = text("shared-python", "forbidden" if who.externally_managed else "relied-on")
    return found(
        finding(
            "shared-python",
            why=why,
            evidence=(who.path,),
            commands=install_command(case),
        )
    )
