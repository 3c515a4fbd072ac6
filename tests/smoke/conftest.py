"""Target Pythons for the tests of smoke."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_python() -> str:
    """The Python of an environment with torch and LLaMA-Factory: `ENVDOC_TEST_ENV`, or skip."""
    folder = os.environ.get("ENVDOC_TEST_ENV", "/tmp/smoke-env")
    python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        pytest.skip("set ENVDOC_TEST_ENV to an environment with torch and LLaMA-Factory")
    return str(python)
