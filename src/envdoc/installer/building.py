"""What builds share: the state of a tree of sources, and which lines of a compiler's log tell something."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from envdoc.model.digest import digest

_MOST = 12
_AROUND = 2  # lines after a telling one, where a compiler shows the place
# "x.cu(12): error: …", "nvcc fatal   : …", "CMake Error at CMakeLists.txt:3", "c++: fatal error: Killed signal",
# "ninja: build stopped", "undefined reference to", MSVC's "error C1189:" and "fatal error LNK1104:"
_TELLING = re.compile(
    r"\b(fatal )?error\b\s*[A-Z]*\d*\s*:|\bfatal\s*:|CMake Error|undefined reference|cannot find -l|Killed"
    r"|No space left|No CUDA toolset|Could NOT find|No CMAKE_\w+_COMPILER",
    re.IGNORECASE,
)


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
