"""What builds share: the state of a tree of sources, and which lines of a compiler's log tell something."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer.dists import versions
from envdoc.model.digest import digest

if TYPE_CHECKING:
    from envdoc.host.base import Completed
    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding
    from envdoc.model.plan import InstallPackages

_MOST = 12
_AROUND = 2  # lines after a telling one, where a compiler shows the place
# "x.cu(12): error: …", "nvcc fatal   : …", "CMake Error at CMakeLists.txt:3", "c++: fatal error: Killed signal",
# "ninja: build stopped", "undefined reference to", MSVC's "error C1189:" and "fatal error LNK1104:"
_TELLING = re.compile(
    r"\b(fatal )?error\b\s*[A-Z]*\d*\s*:|\bfatal\s*:|CMake Error|undefined reference|cannot find -l|Killed"
    r"|No space left|No CUDA toolset|Could NOT find|No CMAKE_\w+_COMPILER",
    re.IGNORECASE,
)


def environment(run: Run, step_id: str, other: Folder) -> tuple[Finding, ...]:
    """Another environment, one of envdoc's own and of the same Python; what went wrong."""
    base = run.base_python or str(run.folder.python)
    done = run.call(step_id, run.engine.environment(run.tool(), base, str(other.root)))
    return () if done.ok else run.failure(step_id, done)


def installed(run: Run, packages: InstallPackages, other: Folder) -> tuple[Finding, ...]:
    """Packages into another environment, one of envdoc's own; what went wrong."""
    from envdoc.installer.engines.base import Request
    from envdoc.model.value import replace

    present = versions(other.site_packages)
    request = Request(str(other.python), packages, run.folder.step(packages.id), run.options, present)
    while (question := run.engine.question(run.tool(), request)) is not None:
        asked = run.call(packages.id, question)
        if not asked.ok:
            return run.failure(packages.id, asked)
        request = replace(request, answers=(*request.answers, run.answer(question)))
    for call in run.engine.install(run.tool(), request):
        done = run.install(packages.id, call)
        if not done.ok:
            return run.failure(packages.id, done)
    return ()


def no_room(run: Run, needed: int) -> Finding | None:
    """What is against a build that needs so many MiB; None where there is room, or nobody can tell."""
    usage = run.host.disk(str(run.folder.root)).value
    if usage is None or usage.free_mib >= needed:
        return None
    told = text("build-failed", "room", free=usage.free_mib, needed=needed, folder=run.folder.root)
    return finding("disk-full", evidence=(told,))


def why(step_id: str, what: str, run: Run, done: Completed) -> tuple[Finding, ...]:
    """The build's own finding with the log's telling lines, then what the rules for logs know about them."""
    from envdoc.installer import faults
    from envdoc.installer.run import said
    from envdoc.model.facts import Why
    from envdoc.rules.masks import LineMasker

    log = run.log_path(step_id)
    if done.why is Why.TIMED_OUT:
        return (faults.timed_out(step_id, run.options.timeout, log),)
    output = said(done)
    masker = LineMasker()
    evidence = (*(masker.line(line) for line in telling(output)), text("install", "whole-log", log=log))
    known = run.explain_log("\n".join(masker.line(line) for line in output.splitlines()))
    return (finding("build-failed", what=what, evidence=evidence), *known)


def telling(output: str) -> tuple[str, ...]:
    """The lines of a log that say why a build stopped, each with the next ones; the last lines where none does."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    places = [place for place, line in enumerate(lines) if _TELLING.search(line)]
    wanted = sorted({near for place in places for near in range(place, place + 1 + _AROUND) if near < len(lines)})
    chosen = [lines[place].strip() for place in wanted[:_MOST]] or [line.strip() for line in lines[-8:]]
    return tuple(line[:400] for line in chosen)


def tree_key(root: Path) -> str:
    """A short hash of the names, sizes and times of all files of a tree; "" where there is none. Version control's
    own folders do not count: looking at a history changes them."""
    rows: list[str] = []
    waiting = [str(root)]
    while waiting:
        try:
            entries = sorted(os.scandir(waiting.pop()), key=lambda each: each.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in (".git", "build", "__pycache__") and not entry.name.endswith(".egg-info"):
                    waiting.append(entry.path)
            else:
                seen = entry.stat(follow_symlinks=False)
                rows.append(f"{entry.path[len(str(root)) :]} {seen.st_size} {seen.st_mtime_ns}")
    return digest("\n".join(rows)) if rows else ""


def holding(place: Path, holds: tuple[str, ...], *, depth: int = 6) -> Path | None:
    """The uppermost folder at or below `place` that holds all these files; None where none does."""
    return next((each for each in _folders(place, depth) if all((each / name).is_file() for name in holds)), None)


def _folders(place: Path, depth: int) -> Iterator[Path]:
    """Folders level by level, links left out."""
    level = [place]
    for _ in range(depth):
        yield from level
        below = [each for above in level for each in sorted(above.iterdir())]
        level = [each for each in below if each.is_dir() and not each.is_symlink()]
