"""Find the interpreter that the environment is made with: one that truly starts and is of the wanted minor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.errors import EnvdocError
from envdoc.findings import finding, text
from envdoc.installer.folder import Folder
from envdoc.installer.outcome import Outcome
from envdoc.installer.tools import find_uv
from envdoc.model.finding import Command
from envdoc.model.plan import Plan, ProvidePython
from envdoc.model.value import dataclass

if TYPE_CHECKING:
    from envdoc.installer.run import Run

# Prints "3.12.1 64 cpython": the Windows Store stub prints nothing, a broken one does not start.
_ASK = (
    "import sys; print('%d.%d.%d' % sys.version_info[:3], 64 if sys.maxsize > 2**32 else 32, sys.implementation.name)"
)
# Where archives have it: python-build-standalone's, and Windows' NuGet package.
_INSIDE = ("python/bin/python3", "python/python.exe", "tools/python.exe", "python.exe")


@dataclass(frozen=True, slots=True)
class Answer:
    version: str  # "3.12.1"; "" where it did not start
    bits: int = 0
    why: str = ""

    def fits(self, minor: str) -> bool:
        return self.version.rpartition(".")[0] == minor and self.bits == 64

    def told(self) -> str:
        return f"is {self.version}, {self.bits}-bit" if self.version else f"does not start: {self.why}"


def ask(run: Run, path: str) -> Answer:
    """What an interpreter says of itself when it is started, isolated from the user's variables."""
    from envdoc.installer.run import said

    done = run.ask((path, "-I", "-c", _ASK))
    words = done.stdout.split()
    if not done.ok or len(words) != 3 or not words[1].isdigit():
        return Answer("", why=(said(done).strip().splitlines() or ["it printed nothing"])[-1])
    return Answer(words[0], int(words[1]))


def do(step: ProvidePython, run: Run) -> Outcome:
    """The first known interpreter that fits, else one that uv has or fetches."""
    if run.options.engine == "conda":
        return Outcome(text("install", "python-by-conda", version=step.version), changed=False)
    refused = []
    for path in step.known:
        answer = ask(run, path)
        if answer.fits(step.version):
            return Outcome(_at(answer.version, path), changed=False, data={"python": path})
        refused.append(f"{path} {answer.told()}")
    return _of_archive(step, run, refused) if step.archive else _by_uv(step, run, refused)


def _of_archive(step: ProvidePython, run: Run, refused: list[str]) -> Outcome:
    """Unpack a Python into envdoc's own folder of the environment, with which it goes away again."""
    from envdoc.installer.unpack import UnsafeArchiveError, unpack

    place = run.folder.own / "python"
    try:
        unpack(step.archive, place)
    except UnsafeArchiveError as error:
        return Outcome(failed=True, findings=(finding("archive-unsafe", file=step.archive, evidence=(str(error),)),))
    path = str(next((each for inside in _INSIDE if (each := place / inside).is_file()), place))
    answer = ask(run, path)
    if answer.fits(step.version):
        return Outcome(text("install", "python-unpacked", version=answer.version, path=place), data={"python": path})
    return _missing(step, (*refused, f"{path} {answer.told()}"))


def _by_uv(step: ProvidePython, run: Run, refused: list[str]) -> Outcome:
    from envdoc.installer.engines.base import Call

    try:
        uv = find_uv(run.host)
    except EnvdocError as error:
        return _missing(step, (*refused, error.message))
    found = _find(run, uv, step.version)
    if found:
        return Outcome(_at(step.version, found), changed=False, data={"python": found})
    more = ("--offline",) if run.options.offline else ()
    done = run.call(
        step.id, Call((uv, "python", "install", step.version, "--no-progress", "--color", "never", *more))
    )
    found = _find(run, uv, step.version) if done.ok else ""
    if found:
        return Outcome(text("install", "python-fetched", version=step.version, path=found), data={"python": found})
    cause = run.failure(step.id, done)[0]
    return _missing(step, (*refused, cause.summary, *cause.evidence))


def _at(version: str, path: str) -> str:
    return text("install", "python-at", version=version, path=path)


def _find(run: Run, uv: str, minor: str) -> str:
    done = run.ask((uv, "python", "find", minor, "--system", "--no-project", "--no-python-downloads"))
    path = done.stdout.strip()
    return path if done.ok and path and ask(run, path).fits(minor) else ""


def _missing(step: ProvidePython, evidence: tuple[str, ...]) -> Outcome:
    return Outcome(
        failed=True,
        findings=(
            finding(
                "python-missing",
                summary="in-install",
                fix="in-install-fix",
                version=step.version,
                evidence=evidence,
                commands=(Command(f"uv python install {step.version}"),),
            ),
        ),
    )


def still(step: ProvidePython, folder: Folder, whole: Plan) -> bool:
    """An environment that starts needs no other interpreter; one that does not is made anew, from this step on."""
    del step, folder, whole
    return True


def undo(folder: Folder) -> None:
    """An interpreter is not part of the environment."""
    del folder
