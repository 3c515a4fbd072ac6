"""The `torch` table: release lines and builds are written apart and joined here.

A line (2.8) has its patches, Pythons and C++ ABI; a build (cu128 on Linux x86_64) has its compute capabilities
and the lines that were published with it. `pypi` names, for each platform, the build on the Python package index.
"""

from __future__ import annotations

from typing import Any

from envdoc.knowledge import table
from envdoc.knowledge.rows import TorchRow


def rows(data: dict[str, Any]) -> tuple[TorchRow, ...]:
    """Every published build of every line, lines in the file's order."""
    lines = {version: table.worded(TorchRow, line) for version, line in data["lines"].items()}
    builds = [
        (table.words(fields.pop("lines")), table.worded(TorchRow, fields)) for fields in table.flatten(data["builds"])
    ]
    return tuple(
        TorchRow(version=version, **{**_of_line(line, build), **build})
        for version, line in lines.items()
        for versions, build in builds
        if version in versions
    )


def _of_line(line: dict[str, Any], build: dict[str, Any]) -> dict[str, Any]:
    """What a build has of its line."""
    platform = f"{build['os']}-{build['arch']}"
    default = line.get("pypi", {}).get(platform) == build["cuda"]
    fields = {"patches": line["patches"], "python": line["python"], "pypi_default": default}
    if build["os"] == "linux":
        fields["glibc"] = line.get("glibc", "")
        fields["cxx11_abi"] = line["cxx11_abi"]
    if default:
        fields["download_mib"] = line.get("download_mib", {}).get(platform, 0)
    return fields
