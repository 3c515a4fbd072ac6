"""A bug of envdoc leaves a file that can be attached to a report: redacted, with versions and the traceback."""

from __future__ import annotations

import platform
import tempfile
import traceback
from pathlib import Path

from envdoc import __version__


def write_crash_file(error: BaseException) -> str:
    """Write the file and return its path; the temporary folder always takes it, or "" says that nothing did."""
    text = "\n".join(
        (
            f"envdoc {__version__}",
            f"Python {platform.python_version()} on {platform.platform()}",
            "",
            *traceback.format_exception(error),
        )
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="envdoc-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as f:
            f.write(_redacted(text))
    except OSError:
        return ""
    return str(Path(f.name))


def _redacted(text: str) -> str:
    from envdoc.host.identity import identity_of
    from envdoc.rules.masks import anonymous
    from envdoc.workflow.context import local_host

    return anonymous(text, identity_of(local_host())).text
