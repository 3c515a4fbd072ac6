"""Which programs keep an installation from a file: Windows does not replace one that is open."""

from __future__ import annotations

import re

from envdoc.host.winholders import holders
from envdoc.model.finding import Finding
from envdoc.model.value import replace

CODES = ("file-in-use", "environment-not-writable")
_MOST = 3  # files to ask for
# uv: "failed to remove file `C:\env\Lib\a.pyd`: …"; pip: "[WinError 5] Access is denied: 'C:\\env\\Lib\\a.pyd'"
_FILE = re.compile(r"[`'\"]((?:\\\\\?\\|\\\\\\\\\?\\\\)?[A-Za-z]:\\[^`'\"\r\n]+)[`'\"]")


def named(finding: Finding, output: str) -> Finding:
    """The finding with the programs that hold the files which `output` names; as it is where none is known."""
    if finding.code not in CODES:
        return finding
    found = tuple(who for path in files(output) for who in holders(path))
    lines = tuple(f"held open by {who}" for who in dict.fromkeys(found))
    return replace(finding, evidence=(*finding.evidence, *lines)) if lines else finding


def files(output: str) -> tuple[str, ...]:
    r"""The files of a Windows that a tool's words name, `C:\env\Lib\a.pyd`; pip doubles the backslashes."""
    told = (match[1].replace("\\\\", "\\") for match in _FILE.finditer(output))
    return tuple(dict.fromkeys(path.removeprefix("\\?\\").removeprefix("\\\\?\\") for path in told))[:_MOST]
