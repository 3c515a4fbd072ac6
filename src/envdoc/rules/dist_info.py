"""Metadata folders of installed distributions: their names, METADATA headers, WHEEL tag and RECORD, as texts."""

from __future__ import annotations

import contextlib

from envdoc.model.patterns import pattern

SUFFIX = ".dist-info"
_SINGLE = ("Name:", "Version:", "Requires-Python:")
_SIZE = pattern(r"[0-9]{1,18}")
_EXTRA = pattern(r"\bextra\s*(?:==|in)")


def of_folder(entry: str) -> tuple[str, str] | None:
    """Name (as written) and version of `flash_attn-2.8.3+cu12.dist-info`; None for other entries and for what pip
    set aside (`~lash_attn-2.8.3.dist-info`)."""
    name, dash, version = entry.removesuffix(SUFFIX).partition("-")
    if not entry.endswith(SUFFIX) or not dash or name.startswith(("~", ".")):
        return None
    return name, version


def parse_headers(text: str) -> tuple[str, str, str, tuple[str, ...]]:
    """The four kinds of header that matter, up to the blank line."""
    end = min((at for at in (text.find("\n\n"), text.find("\n\r\n")) if at >= 0), default=len(text))
    single: dict[str, str] = {}
    requires = []
    for line in text[:end].split("\n"):
        if line.startswith("Requires-Dist:"):
            if not needs_extra(line):
                requires.append(line[14:].strip())
        elif line.startswith(_SINGLE):
            name, _, value = line.partition(":")
            single.setdefault(name, value.strip())
    return single.get("Name", ""), single.get("Version", ""), single.get("Requires-Python", ""), tuple(requires)


def every_requirement(text: str) -> tuple[str, ...]:
    """The Requires-Dist lines of a METADATA, those of extras included, as written."""
    head = text.replace("\r\n", "\n").partition("\n\n")[0]
    lines = (line.partition(":") for line in head.split("\n"))
    return tuple(value.strip() for name, _, value in lines if name == "Requires-Dist")


def needs_extra(requirement: str) -> bool:
    """Whether a requirement holds only with an extra: `rich ; extra == 'cli'`."""
    return "extra" in requirement and _EXTRA.search(requirement.partition(";")[2]) is not None


def wheel_tag(text: str) -> str:
    """`cp312-cp312-manylinux_2_28_x86_64` of a WHEEL file; the first of several."""
    tail = text.partition("Tag:")[2].split(maxsplit=1)
    return tail[0] if tail else ""


def _lines(text: str) -> list[str]:
    """At line ends only: a file's name may hold other letters that some take for one (U+2028)."""
    return text.replace("\r\n", "\n").split("\n")


def record_paths(text: str) -> tuple[str, ...]:
    """The paths in a RECORD as far as it goes, as they are written."""
    import csv  # rarely asked for

    paths = []
    with contextlib.suppress(csv.Error):  # a quote without its end
        for row in csv.reader(_lines(text)):
            paths += row[:1]
    return tuple(paths)


def record(text: str) -> dict[str, int | None] | None:
    """A RECORD as path -> size in bytes (None where it is not told); None for one that is cut short or damaged.

    `torch/version.py,sha256=…,261`; paths are relative to the folder that the metadata stands in.
    """
    import csv  # rarely asked for

    try:
        rows = [row for row in csv.reader(_lines(text)) if row]
    except csv.Error:  # a quote without its end
        return None
    if any(len(row) != 3 or (row[2] and not _SIZE.fullmatch(row[2])) for row in rows):
        return None
    return {row[0].replace("\\", "/"): int(row[2]) if row[2] else None for row in rows}
