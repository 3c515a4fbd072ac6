"""A virtual environment to put fake distributions into; see `probe_site.install`."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A virtual environment's empty site-packages."""
    folder = tmp_path / "环境 1" / "lib" / "python3.12" / "site-packages"
    folder.mkdir(parents=True)
    prefix = folder.parents[2]
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.3\n")
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").write_bytes(b"\x7fELF\x02")
    return folder
