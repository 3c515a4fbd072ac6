r"""Starting `.bat` and `.cmd` files on Windows without giving `cmd.exe` anything to interpret.

CreateProcess hands them to `cmd.exe`, for which `torch>=2.8` is a redirection and `%PATH%` a variable; the usual
quoting does not help. The rules: quote every argument, double the quotes in it, and keep every `%` from pairing up.
Source: CVE-2024-24576 and the way Rust's std::process mends it, read 2026-11-24.
"""

from __future__ import annotations

import ntpath
import re
from collections.abc import Sequence


def is_batch(program: str) -> bool:
    return ntpath.splitext(program.rstrip(". "))[1].lower() in (".bat", ".cmd")


def command_line(argv: Sequence[str]) -> str:
    """The command line that makes `cmd.exe` run a batch file with exactly these arguments.

    Raises:
        ValueError: an argument holds a line break or a zero, which no quoting can carry.
    """
    if any(char in part for part in argv for char in "\r\n\0"):
        raise ValueError("a batch file cannot be given a line break")
    return f'cmd.exe /e:ON /v:OFF /d /s /c "{" ".join(map(_quoted, argv))}"'


def _quoted(part: str) -> str:
    part = re.sub(r'(\\+)(?="|\Z)', r"\1\1", part)  # the program behind the batch file reads `\"` as a quote
    # %cd:~,% is a slice of zero letters: it vanishes, and takes the `%` before it out of any name
    return '"' + part.replace('"', '""').replace("%", "%%cd:~,%") + '"'
