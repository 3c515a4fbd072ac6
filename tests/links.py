"""Whether symbolic links can be made here: a test that needs one must not pass where none was made."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest


@cache
def can_be_made() -> bool:
    """wine 8 says that it has made one and has not; Windows asks for a privilege or the developer mode."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder, "link")
        try:
            link.symlink_to("nowhere")
        except OSError:
            return False
        return link.is_symlink()


NEEDED = pytest.mark.skipif(not can_be_made(), reason="no symbolic links can be made here")
